/** Convolutions as layers. A kernel's weights are shared by all places, so a layer has few of them. */
import {
  ArgumentError,
  conv1d,
  conv2d,
  convTranspose2d,
  type DType,
  type FusedActivation,
  Generator,
  generatorOf,
  named,
  type Pair,
  Parameter,
  type Tensor,
  tidy,
} from "@dlcc/tensor";
import { assertCount } from "./affine.ts";
import { fanInUniform, fansOf, type Initializer } from "./initializers.ts";
import { type LayerConfig, Module } from "./module.ts";

/** What every convolution can be told. */
interface CommonOptions {
  /** Into how many groups the channels go: each output sees its own group alone. As many as channels: depthwise. Default: 1. */
  readonly groups?: number;
  /** The same seed gives the same weights, on every JavaScript engine. Default: other weights each time. */
  readonly seed?: number;
  /** The initializer of the weights. Default: uniform between ±1/√fanIn, as PyTorch's. */
  readonly weight?: Initializer;
  /** The initializer of the biases; `false` for no biases. Default: the default of the weights. */
  readonly bias?: Initializer | false;
  /** Default: `float32`. */
  readonly dtype?: DType;
}

/** The options of a {@link Conv1d}. */
export interface Conv1dLayerOptions extends CommonOptions {
  /** How far the kernel moves. Default: 1. */
  readonly stride?: number;
  /** Zeros added at both ends; `"same"` keeps the length. Default: 0. */
  readonly padding?: number | "same";
  /** The distance between the kernel's taps. Default: 1. */
  readonly dilation?: number;
}

/** The options of a {@link Conv2d}. One number is for both directions. */
export interface Conv2dLayerOptions extends CommonOptions {
  /** How far the kernel moves. Default: 1. */
  readonly stride?: Pair;
  /** Zeros added on each side; `"same"` keeps height and width. Default: 0. */
  readonly padding?: Pair | "same";
  /** The distance between the kernel's taps. Default: 1. */
  readonly dilation?: Pair;
}

/** The options of a {@link ConvTranspose2d}. One number is for both directions. */
export interface ConvTranspose2dLayerOptions extends CommonOptions {
  /** How far the kernel moves over the result. Default: 1. */
  readonly stride?: Pair;
  /** How much is cut off on each side of the result. Default: 0. */
  readonly padding?: Pair;
  /** Rows and columns more of the result, below and on the right. Default: 0. */
  readonly outputPadding?: Pair;
  /** The distance between the kernel's taps. Default: 1. */
  readonly dilation?: Pair;
}

/** How a kernel moves, and its groups: what of the options the op takes, and a config keeps. */
const movesOf = <O extends CommonOptions>(options: O): Omit<O, "seed" | "weight" | "bias" | "dtype"> => {
  const { seed: _seed, weight: _weight, bias: _bias, dtype: _dtype, ...moves } = options;
  return moves;
};

/** Checks the channels, and that the groups divide them. */
function assertConvolution(
  layer: string,
  inChannels: number,
  outChannels: number,
  { groups = 1 }: CommonOptions,
): void {
  assertCount(layer, "inChannels", inChannels);
  assertCount(layer, "outChannels", outChannels);
  assertCount(layer, "groups", groups);
  if (inChannels % groups === 0 && outChannels % groups === 0) return;
  throw new ArgumentError(
    `${layer}: groups must divide inChannels ${inChannels} and outChannels ${outChannels}, got ${groups}`,
  );
}

/** The kernels of a shape, and a bias for each output. Both begin by what one output's inputs are: PyTorch's fan-in. */
function learned(
  shape: readonly number[],
  outChannels: number,
  options: CommonOptions,
): { readonly weight: Parameter; readonly bias: Parameter | undefined } {
  const seed = options.seed ?? generatorOf(undefined).seed;
  const rest = { ...fansOf(shape), dtype: options.dtype ?? "float32" };
  const make = (name: string, own: readonly number[], initializer: Initializer, stream: number): Parameter =>
    tidy(() => new Parameter(name, initializer({ shape: own, ...rest, generator: new Generator(seed, stream) })));
  return {
    weight: make("weight", shape, options.weight ?? fanInUniform(), 0),
    bias: options.bias === false ? undefined : make("bias", [outChannels], options.bias ?? fanInUniform(), 1),
  };
}

/** A kernel's height and width. */
function sizeOf(layer: string, kernel: Pair): readonly [number, number] {
  const size = typeof kernel === "number" ? ([kernel, kernel] as const) : kernel;
  for (const length of Array.isArray(size) && size.length === 2 ? size : [kernel]) assertCount(layer, "kernel", length);
  return size;
}

/** A config without what a layer's own options don't have. */
function optionsOf<O extends CommonOptions>({
  type: _type,
  inChannels: _in,
  outChannels: _out,
  kernel: _kernel,
  bias,
  ...moves
}: LayerConfig): O {
  return { ...moves, ...(bias === false && { bias }) } as unknown as O;
}

/**
 * A convolution of sequences: each output is what a kernel, moved along the sequence, finds at each place.
 *
 * Shapes: `[n, in, length] → [n, out, positions]`. The weight is `[out, in / groups, kernel]`, as PyTorch's.
 *
 * @example
 * ```ts
 * import { Conv1d } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 * const layer = new Conv1d(2, 8, 3, { padding: "same", seed: 1 });
 * console.log(layer.forward(ones([4, 2, 10])).shape); // → [ 4, 8, 10 ]
 * ```
 */
export class Conv1d extends Module {
  /** How many channels go in. */
  readonly inChannels: number;
  /** How many channels, one for each kernel, come out. */
  readonly outChannels: number;
  /** How long a kernel is. */
  readonly kernel: number;
  /** How it moves: `stride`, `padding`, `dilation` and `groups`. */
  readonly options: Omit<Conv1dLayerOptions, "seed" | "weight" | "bias" | "dtype">;
  /** `[out, in / groups, kernel]` */
  readonly weight: Parameter;
  /** `[out]`, if the layer has a bias. */
  readonly bias: Parameter | undefined;

  /** @throws {ArgumentError} if a size is not a whole number from 1, or the groups don't divide the channels. */
  constructor(inChannels: number, outChannels: number, kernel: number, options: Conv1dLayerOptions = {}) {
    super();
    assertConvolution("Conv1d", inChannels, outChannels, options);
    assertCount("Conv1d", "kernel", kernel);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernel = kernel;
    this.options = movesOf(options);
    const { weight, bias } = learned([outChannels, inChannels / (options.groups ?? 1), kernel], outChannels, options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    return named("Conv1d", () => conv1d(x, this.weight.value, this.bias?.value, this.options));
  }

  /** `activation(forward(x))`, in one kernel where the backend has one. */
  override forwardWith(x: Tensor, activation: FusedActivation): Tensor {
    return named("Conv1d", () => conv1d(x, this.weight.value, this.bias?.value, { ...this.options, activation }));
  }

  override config(): LayerConfig {
    const { inChannels, outChannels, kernel, options, bias } = this;
    return { type: "Conv1d", inChannels, outChannels, kernel, ...options, bias: bias !== undefined };
  }

  /** The layer that a config describes, with new weights. */
  static fromConfig(config: LayerConfig): Conv1d {
    const { inChannels, outChannels, kernel } = config;
    return new Conv1d(Number(inChannels), Number(outChannels), Number(kernel), optionsOf(config));
  }
}

/**
 * A convolution of images: each output is what a kernel, moved over the image, finds at each place.
 *
 * Shapes: `[n, in, height, width] → [n, out, rows, columns]`. The weight is `[out, in / groups, kernel height, kernel width]`,
 * as PyTorch's.
 *
 * @example
 * ```ts
 * import { Conv2d, Flatten, Linear, MaxPool2d, Sequential, summary, tanh } from "@dlcc/layers";
 *
 * // LeNet-5, with today's ends. Source: LeCun et al. 1998.
 * const model = new Sequential([
 *   new Conv2d(1, 6, 5, { padding: 2 }), tanh, new MaxPool2d(2),
 *   new Conv2d(6, 16, 5), tanh, new MaxPool2d(2),
 *   new Flatten(), new Linear(400, 120), tanh, new Linear(120, 84), tanh, new Linear(84, 10),
 * ]);
 * console.log(summary(model, [1, 28, 28]).split("\n").at(-1)); // → 61,706 parameters, 416,520 multiply-adds
 * ```
 */
export class Conv2d extends Module {
  /** How many channels go in. */
  readonly inChannels: number;
  /** How many channels, one for each kernel, come out. */
  readonly outChannels: number;
  /** A kernel's height and width. */
  readonly kernel: readonly [number, number];
  /** How it moves: `stride`, `padding`, `dilation` and `groups`. */
  readonly options: Omit<Conv2dLayerOptions, "seed" | "weight" | "bias" | "dtype">;
  /** `[out, in / groups, kernel height, kernel width]` */
  readonly weight: Parameter;
  /** `[out]`, if the layer has a bias. */
  readonly bias: Parameter | undefined;

  /** @throws {ArgumentError} if a size is not a whole number from 1, or the groups don't divide the channels. */
  constructor(inChannels: number, outChannels: number, kernel: Pair, options: Conv2dLayerOptions = {}) {
    super();
    assertConvolution("Conv2d", inChannels, outChannels, options);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernel = sizeOf("Conv2d", kernel);
    this.options = movesOf(options);
    const shape = [outChannels, inChannels / (options.groups ?? 1), ...this.kernel];
    const { weight, bias } = learned(shape, outChannels, options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    return named("Conv2d", () => conv2d(x, this.weight.value, this.bias?.value, this.options));
  }

  /** `activation(forward(x))`, in one kernel where the backend has one. */
  override forwardWith(x: Tensor, activation: FusedActivation): Tensor {
    return named("Conv2d", () => conv2d(x, this.weight.value, this.bias?.value, { ...this.options, activation }));
  }

  override config(): LayerConfig {
    const { inChannels, outChannels, kernel, options, bias } = this;
    return { type: "Conv2d", inChannels, outChannels, kernel, ...options, bias: bias !== undefined };
  }

  /** The layer that a config describes, with new weights. */
  static fromConfig(config: LayerConfig): Conv2d {
    const { inChannels, outChannels, kernel } = config;
    return new Conv2d(Number(inChannels), Number(outChannels), kernel as Pair, optionsOf(config));
  }
}

/**
 * The way back of a {@link Conv2d}: each number puts a kernel, times itself, into a larger image.
 *
 * Shapes: `[n, in, height, width] → [n, out, rows, columns]`. The weight is `[in, out / groups, kernel height, kernel width]`,
 * as PyTorch's.
 *
 * @example
 * ```ts
 * import { ConvTranspose2d } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 * const layer = new ConvTranspose2d(8, 4, 2, { stride: 2, seed: 1 });
 * console.log(layer.forward(ones([1, 8, 7, 7])).shape); // → [ 1, 4, 14, 14 ]
 * ```
 */
export class ConvTranspose2d extends Module {
  /** How many channels go in. */
  readonly inChannels: number;
  /** How many channels come out. */
  readonly outChannels: number;
  /** A kernel's height and width. */
  readonly kernel: readonly [number, number];
  /** How it moves: `stride`, `padding`, `outputPadding`, `dilation` and `groups`. */
  readonly options: Omit<ConvTranspose2dLayerOptions, "seed" | "weight" | "bias" | "dtype">;
  /** `[in, out / groups, kernel height, kernel width]` */
  readonly weight: Parameter;
  /** `[out]`, if the layer has a bias. */
  readonly bias: Parameter | undefined;

  /** @throws {ArgumentError} if a size is not a whole number from 1, or the groups don't divide the channels. */
  constructor(inChannels: number, outChannels: number, kernel: Pair, options: ConvTranspose2dLayerOptions = {}) {
    super();
    assertConvolution("ConvTranspose2d", inChannels, outChannels, options);
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernel = sizeOf("ConvTranspose2d", kernel);
    this.options = movesOf(options);
    const shape = [inChannels, outChannels / (options.groups ?? 1), ...this.kernel];
    const { weight, bias } = learned(shape, outChannels, options);
    this.weight = weight;
    this.bias = bias;
  }

  forward(x: Tensor): Tensor {
    return named("ConvTranspose2d", () => convTranspose2d(x, this.weight.value, this.bias?.value, this.options));
  }

  override config(): LayerConfig {
    const { inChannels, outChannels, kernel, options, bias } = this;
    return { type: "ConvTranspose2d", inChannels, outChannels, kernel, ...options, bias: bias !== undefined };
  }

  /** The layer that a config describes, with new weights. */
  static fromConfig(config: LayerConfig): ConvTranspose2d {
    const { inChannels, outChannels, kernel } = config;
    return new ConvTranspose2d(Number(inChannels), Number(outChannels), kernel as Pair, optionsOf(config));
  }
}
