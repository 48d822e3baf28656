import {
  ArgumentError,
  assertTensor,
  type DType,
  type FusedActivation,
  Generator,
  generatorOf,
  linear,
  Parameter,
  ShapeError,
  type Tensor,
  tidy,
} from "@dlcc/tensor";
import { fanInUniform, type Initializer } from "./initializers.ts";
import { type LayerConfig, Module } from "./module.ts";

/** The options of a {@link Linear}. */
export interface LinearOptions {
  /** The same seed gives the same weights, on every JavaScript engine. Default: other weights each time. */
  readonly seed?: number;
  /** The initializer of the weights. Default: uniform between ±1/√inputs, as PyTorch's. */
  readonly weight?: Initializer;
  /** The initializer of the biases; `false` for no biases. Default: the default of the weights. */
  readonly bias?: Initializer | false;
  /** Default: `float32`. */
  readonly dtype?: DType;
}

/**
 * A fully connected layer: each output is a weighted sum of all inputs plus a bias: `y = x Wᵀ + b`.
 *
 * Shapes: `[n, in] → [n, out]`; any number of leading axes, or none. The weight is `[out, in]`, as PyTorch's.
 *
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 *
 * const layer = new Linear(784, 30, { seed: 1 });
 * console.log(layer.forward(ones([10, 784])).shape); // → [ 10, 30 ]
 * ```
 */
export class Linear extends Module {
  /** How many inputs each neuron has. */
  readonly inFeatures: number;
  /** How many neurons, and so outputs, the layer has. */
  readonly outFeatures: number;
  /** `[out, in]` */
  readonly weight: Parameter;
  /** `[out]`, if the layer has a bias. */
  readonly bias: Parameter | undefined;

  /** @throws {ArgumentError} if a size is not a whole number from 1. */
  constructor(inFeatures: number, outFeatures: number, options: LinearOptions = {}) {
    super();
    for (const [name, features] of Object.entries({ inFeatures, outFeatures })) {
      if (!Number.isInteger(features) || features < 1) {
        throw new ArgumentError(`Linear: ${name} must be a whole number from 1, got ${features}`);
      }
    }
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    const seed = options.seed ?? generatorOf(undefined).seed;
    const fans = { fanIn: inFeatures, fanOut: outFeatures, dtype: options.dtype ?? "float32" };
    const make = (name: string, shape: number[], initializer: Initializer, stream: number): Parameter =>
      tidy(() => new Parameter(name, initializer({ shape, ...fans, generator: new Generator(seed, stream) })));
    this.weight = make("weight", [outFeatures, inFeatures], options.weight ?? fanInUniform(), 0);
    this.bias = options.bias === false ? undefined : make("bias", [outFeatures], options.bias ?? fanInUniform(), 1);
  }

  /**
   * `x Wᵀ + b`.
   *
   * @throws {ShapeError} if the length of the last axis of `x` is not `inFeatures`.
   */
  forward(x: Tensor): Tensor {
    return this.#apply(x);
  }

  /** `activation(x Wᵀ + b)`, in one kernel where the backend has one. */
  override forwardWith(x: Tensor, activation: FusedActivation): Tensor {
    return this.#apply(x, activation);
  }

  #apply(x: Tensor, activation?: FusedActivation): Tensor {
    const { inFeatures, outFeatures } = this;
    assertTensor("Linear", x);
    if (x.shape.at(-1) !== inFeatures) {
      const flat = x.rank > 2 && x.shape.slice(1).reduce((product, length) => product * length) === inFeatures;
      throw new ShapeError(
        `Linear(${inFeatures} → ${outFeatures}): the last axis must be ${inFeatures}, got ${x.rank > 0 ? `[${x.shape}]` : "a scalar"}${flat ? ": put a Flatten() before it" : ""}`,
      );
    }
    return tidy(() => {
      const rows = x.rank === 2 ? x : x.reshape([-1, inFeatures]);
      const y = linear(rows, this.weight.value, this.bias?.value, activation);
      return x.rank === 2 ? y : y.reshape([...x.shape.slice(0, -1), outFeatures]);
    });
  }

  override config(): LayerConfig {
    return {
      type: "Linear",
      inFeatures: this.inFeatures,
      outFeatures: this.outFeatures,
      bias: this.bias !== undefined,
    };
  }

  /** The layer that a config describes, with new weights. */
  static fromConfig({ inFeatures, outFeatures, bias }: LayerConfig): Linear {
    return new Linear(Number(inFeatures), Number(outFeatures), bias === false ? { bias: false } : {});
  }
}
