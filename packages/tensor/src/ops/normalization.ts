/**
 * Normalization. All three kinds take off a mean and divide by a standard deviation; they differ in the elements that share
 * them. So they are one op, of channels: `[n, c, s]`, where the elements of each of the `c` channels share.
 *
 * Mean and variance are computed first, by `channelMoments`, as a layer keeps them; what is passed back to `x` has their
 * share in it. So they are a constant to a tape, and each gradient of the op is what it is with moments computed from `x`.
 */
import { apply } from "../apply.ts";
import {
  channelMoments as channelMomentsKernel,
  channelNormGradient as channelNormGradientKernel,
  channelNorm as channelNormKernel,
  channelNormSums as channelNormSumsKernel,
} from "../cpu/normalization.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { named } from "../named.ts";
import { define, type KernelOperation, type Result } from "../op.ts";
import { unrecorded } from "../recorder.ts";
import { type Shape, sameShape, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul, square, sub } from "./arithmetic.ts";
import { assertFloat, assertSameDType, assertSameShape, assertTensor } from "./checks.ts";
import { sqrt } from "./elementwise.ts";
import { slice, stack } from "./movement.ts";
import { mean, sum } from "./reduction.ts";
import { reshape } from "./views.ts";
import { assertRank } from "./window-options.ts";

/** What is added to the variance, where the caller says nothing: PyTorch's. */
const defaultEpsilon = 1e-5;

function assertChannels(op: string, x: Tensor): void {
  assertFloat(op, x);
  assertRank(op, x, 3, "[n, channels, length]");
}

/** Checks one number, or two, for each channel. */
function assertPerChannel(op: string, what: string, t: Tensor, x: Tensor, shape: Shape): void {
  assertSameDType(op, x, t);
  if (sameShape(t.shape, shape)) return;
  throw new ShapeError(`${op}: ${what} must be ${show(shape)} for x ${show(x.shape)}, got ${show(t.shape)}`);
}

const momentsOf = ({ dtype, shape }: Tensor): Result => ({ dtype, shape: [2, shape[1] as number] });

const momentsDefinition: KernelOperation<"channelMoments"> = {
  name: "channelMoments",
  fused: true,
  results(_, [x]) {
    assertChannels("channelMoments", x);
    return [momentsOf(x)];
  },
  kernel: channelMomentsKernel,
  derivative: (g, { inputs: [x] }) => [
    () => {
      const [ofMean, ofVariance] = [0, 1].map((row) => perChannel(slice(g, row))) as [Tensor, Tensor];
      const distances = sub(x, mean(x, [0, 2], { keepDims: true }));
      return div(add(ofMean, mul(distances, mul(ofVariance, 2))), countOf(x));
    },
  ],
};

/** How many elements share a mean. */
const countOf = ({ shape }: Tensor): number => (shape[0] as number) * (shape[2] as number);

/** A number for each channel, beside `[n, c, s]`. */
export const perChannel = (t: Tensor): Tensor => reshape(t, [1, t.size, 1]);

/** `(x − mean) / √(variance + ε)` with mean and variance computed from `x`. */
export function channelNormal(x: Tensor, epsilon: number): Tensor {
  const distances = sub(x, mean(x, [0, 2], { keepDims: true }));
  return div(distances, sqrt(add(mean(square(distances), [0, 2], { keepDims: true }), epsilon)));
}

/**
 * Mean and variance of each channel, over all else: that of the population, which divides by the number of elements.
 *
 * @param x `[n, channels, length]`, floats.
 * @returns `[2, channels]`: the means, then the variances.
 * @throws {ShapeError | DTypeError} if `x` is something else.
 * @example
 * ```ts
 * import { channelMoments, tensor } from "@dlcc/tensor";
 * console.log(await channelMoments(tensor([[[1, 3], [5, 5]]])).array()); // → [ [ 2, 5 ], [ 1, 0 ] ]
 * ```
 * @function
 */
export const channelMoments: ((x: Tensor) => Tensor) & KernelOperation<"channelMoments"> = /* @__PURE__ */ define(
  (x: Tensor): Tensor => apply(channelMoments, {}, x),
  momentsDefinition,
);

const normDefinition: KernelOperation<"channelNorm"> = {
  name: "channelNorm",
  fused: true,
  results(_, [x, moments, weight, bias]) {
    assertChannels("channelNorm", x);
    assertPerChannel("channelNorm", "moments", moments, x, momentsOf(x).shape);
    if (weight) assertPerChannel("channelNorm", "weight", weight, x, [x.shape[1] as number]);
    if (bias) assertPerChannel("channelNorm", "bias", bias, x, [x.shape[1] as number]);
    return [x];
  },
  kernel: channelNormKernel,
  derivative(g, { inputs: [x, moments, weight], attributes: { epsilon } }) {
    let both: Tensor | undefined;
    const sums = (): Tensor => {
      both ??= channelNormSums(g, x, moments, epsilon);
      return both;
    };
    return [
      () => channelNormGradient(g, x, moments, sums(), epsilon, weight),
      undefined,
      () => slice(sums(), 1),
      () => slice(sums(), 0),
    ];
  },
};

/** What scales and shifts each channel, or feature. */
export interface Affine {
  /** γ: what each is multiplied by. */
  readonly weight: Tensor;
  /** β: what is added to each. */
  readonly bias: Tensor;
}

/**
 * Normalizes each channel: `y = (x − μ) / √(σ² + ε) · γ + β`. Its derivative is that of the whole, with the moments computed
 * from `x`.
 *
 * @param x `[n, channels, length]`, floats.
 * @param moments μ and σ² as `channelMoments(x)` gives them, unrecorded: their share is in the derivative.
 * @param epsilon ε, what is added to the variance.
 * @param affine γ and β, both `[channels]`; left out, 1 and 0.
 * @returns Of the shape of `x`.
 * @throws {ShapeError | DTypeError} if they don't fit each other.
 * @example
 * ```ts
 * import { channelMoments, channelNorm, tensor, unrecorded } from "@dlcc/tensor";
 * const x = tensor([[[1, 3]], [[1, 3]]]);
 * const moments = unrecorded(() => channelMoments(x));
 * console.log(await channelNorm(x, moments, 0).array()); // → [ [ [ -1, 1 ] ], [ [ -1, 1 ] ] ]
 * ```
 * @function
 */
export const channelNorm: ((x: Tensor, moments: Tensor, epsilon: number, affine?: Affine) => Tensor) &
  KernelOperation<"channelNorm"> = /* @__PURE__ */ define(
  (x: Tensor, moments: Tensor, epsilon: number, affine?: Affine): Tensor =>
    affine
      ? apply(channelNorm, { epsilon }, x, moments, affine.weight, affine.bias)
      : apply(channelNorm, { epsilon }, x, moments),
  normDefinition,
);

const sumsDefinition: KernelOperation<"channelNormSums"> = {
  name: "channelNormSums",
  fused: true,
  results(_, [gradient, x, moments]) {
    assertChannels("channelNormSums", x);
    assertSameDType("channelNormSums", gradient, x);
    assertSameShape("channelNormSums", gradient, x);
    assertPerChannel("channelNormSums", "moments", moments, x, momentsOf(x).shape);
    return [momentsOf(x)];
  },
  kernel: channelNormSumsKernel,
  composite: ({ epsilon }, [gradient, x]) =>
    tidy(() => {
      const normal = channelNormal(x, epsilon);
      return [stack([sum(gradient, [0, 2]), sum(mul(gradient, normal), [0, 2])])];
    }),
};

/**
 * What {@link channelNorm} passes back to its bias and its weight: `Σ gradient` and `Σ gradient · x̂` for each channel.
 *
 * @param gradient ∂C/∂y, of the shape of `x`.
 * @param x `[n, channels, length]`, floats.
 * @param moments As for {@link channelNorm}.
 * @param epsilon What is added to the variance.
 * @returns `[2, channels]`: the gradients of the bias, then those of the weight.
 * @throws {ShapeError | DTypeError} if they don't fit each other.
 * @example
 * ```ts
 * import { channelMoments, channelNormSums, tensor } from "@dlcc/tensor";
 * const [x, gradient] = [tensor([[[1, 3]]]), tensor([[[10, 30]]])];
 * console.log(await channelNormSums(gradient, x, channelMoments(x), 0).array()); // → [ [ 40 ], [ 20 ] ]
 * ```
 * @function
 */
export const channelNormSums: ((gradient: Tensor, x: Tensor, moments: Tensor, epsilon: number) => Tensor) &
  KernelOperation<"channelNormSums"> = /* @__PURE__ */ define(
  (gradient: Tensor, x: Tensor, moments: Tensor, epsilon: number): Tensor =>
    apply(channelNormSums, { epsilon }, gradient, x, moments),
  sumsDefinition,
);

const gradientDefinition: KernelOperation<"channelNormGradient"> = {
  name: "channelNormGradient",
  fused: true,
  results(_, [gradient, x, moments, sums, weight]) {
    assertChannels("channelNormGradient", x);
    assertSameDType("channelNormGradient", gradient, x);
    assertSameShape("channelNormGradient", gradient, x);
    assertPerChannel("channelNormGradient", "moments", moments, x, momentsOf(x).shape);
    assertPerChannel("channelNormGradient", "sums", sums, x, momentsOf(x).shape);
    if (weight) assertPerChannel("channelNormGradient", "weight", weight, x, [x.shape[1] as number]);
    return [x];
  },
  kernel: channelNormGradientKernel,
  composite: ({ epsilon }, [gradient, x, , , weight]) =>
    tidy(() => {
      const over = (t: Tensor): Tensor => mean(t, [0, 2], { keepDims: true });
      const distances = sub(x, over(x));
      const deviation = sqrt(add(over(square(distances)), epsilon));
      const normal = div(distances, deviation);
      const passed = sub(sub(gradient, over(gradient)), mul(normal, over(mul(gradient, normal))));
      const scaled = div(passed, deviation);
      return [weight ? mul(scaled, perChannel(weight)) : scaled];
    }),
};

/**
 * What {@link channelNorm} passes back to `x`: the gradient, less what of it the mean and the variance take away,
 * `γ / √(σ² + ε) · (g − mean(g) − x̂ · mean(g · x̂))`.
 *
 * @param gradient ∂C/∂y, of the shape of `x`.
 * @param x `[n, channels, length]`, floats.
 * @param moments As for {@link channelNorm}.
 * @param sums What {@link channelNormSums} gives.
 * @param epsilon What is added to the variance.
 * @param weight γ, `[channels]`; left out, 1.
 * @returns Of the shape of `x`.
 * @throws {ShapeError | DTypeError} if they don't fit each other.
 * @example
 * ```ts
 * import { channelMoments, channelNormGradient, channelNormSums, tensor } from "@dlcc/tensor";
 * const [x, gradient] = [tensor([[[1, 3]]]), tensor([[[10, 30]]])];
 * const moments = channelMoments(x);
 * const sums = channelNormSums(gradient, x, moments, 0);
 * console.log(await channelNormGradient(gradient, x, moments, sums, 0).array()); // → [ [ [ 0, 0 ] ] ]
 * ```
 * @function
 */
export const channelNormGradient: ((
  gradient: Tensor,
  x: Tensor,
  moments: Tensor,
  sums: Tensor,
  epsilon: number,
  weight?: Tensor,
) => Tensor) &
  KernelOperation<"channelNormGradient"> = /* @__PURE__ */ define(
  (gradient: Tensor, x: Tensor, moments: Tensor, sums: Tensor, epsilon: number, weight?: Tensor): Tensor =>
    weight
      ? apply(channelNormGradient, { epsilon }, gradient, x, moments, sums, weight)
      : apply(channelNormGradient, { epsilon }, gradient, x, moments, sums),
  gradientDefinition,
);

/** The options of every normalization. */
export interface NormOptions {
  /** γ: what each channel, or feature, is multiplied by. Default: 1. */
  readonly weight?: Tensor;
  /** β: what is added to each. Default: 0. */
  readonly bias?: Tensor;
  /** ε: what is added to the variance, so that no channel is divided by 0. Default: 1e-5. */
  readonly epsilon?: number;
}

/** The options of {@link batchNorm}. */
export interface BatchNormOptions extends NormOptions {
  /** μ, `[channels]`, where it is not that of the batch: a running mean. */
  readonly mean?: Tensor;
  /** σ², `[channels]`, where it is not that of the batch: a running variance. */
  readonly variance?: Tensor;
}

function checkedEpsilon(op: string, { epsilon = defaultEpsilon }: NormOptions): number {
  if (epsilon >= 0) return epsilon;
  throw new ArgumentError(`${op}: epsilon must be a number from 0, got ${epsilon}`);
}

/** Normalizes by what `x` itself has. */
function byOwnMoments(x: Tensor, epsilon: number, affine?: Affine): Tensor {
  const moments = unrecorded(() => channelMoments(x));
  return channelNorm(x, moments, epsilon, affine);
}

/** Multiplies by the weight and adds the bias, both of a shape that they are looked at in. */
function scaled(op: string, x: Tensor, { weight, bias }: NormOptions, own: Shape, beside: Shape): Tensor {
  const fitting = (what: string, t: Tensor): Tensor => {
    assertPerChannel(op, what, t, x, own);
    return reshape(t, beside);
  };
  const y = weight ? mul(x, fitting("weight", weight)) : x;
  return bias ? add(y, fitting("bias", bias)) : y;
}

/** The axes of an input of channels: [n, c, …]. */
function assertHasChannels(op: string, x: Tensor): void {
  assertTensor(op, x);
  assertFloat(op, x);
  if (x.rank >= 2) return;
  throw new ShapeError(`${op}: x must be [n, channels] with any number of axes after them, got ${show(x.shape)}`);
}

/**
 * Batch normalization: `y = (x − μ) / √(σ² + ε) · γ + β` for each channel, with the mean and the variance of the batch, or
 * with those that are given, as in evaluation. `BatchNorm2d` of `@dlcc/layers` keeps the running ones. Source: Ioffe &
 * Szegedy 2015; as PyTorch's `batch_norm`.
 *
 * @param x `[n, channels, …]`, floats. The elements of a channel share mean and variance (of the population).
 * @param options `weight` and `bias`, and `mean` and `variance` where they are not the batch's: each `[channels]`.
 * @returns Of the shape of `x`.
 * @throws {ShapeError | DTypeError} if an option doesn't fit `x`. @throws {ArgumentError} if only one of `mean` and
 * `variance` is given, or `epsilon` is below 0.
 * @example
 * ```ts
 * import { batchNorm, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 10], [3, 30]]);
 * console.log(await batchNorm(x, { epsilon: 0 }).array()); // → [ [ -1, -1 ], [ 1, 1 ] ]
 * const running = { mean: tensor([0, 0]), variance: tensor([1, 100]), epsilon: 0 };
 * console.log(await batchNorm(x, running).array()); // → [ [ 1, 1 ], [ 3, 3 ] ]
 * ```
 */
export const batchNorm = (x: Tensor, options: BatchNormOptions = {}): Tensor =>
  named("batchNorm", () => {
    assertHasChannels("batchNorm", x);
    const epsilon = checkedEpsilon("batchNorm", options);
    const [n, channels] = x.shape as [number, number];
    const { mean: center, variance, weight, bias } = options;
    if (center && variance) {
      const beside = [channels, ...x.shape.slice(2).map(() => 1)];
      for (const [what, t] of Object.entries({ mean: center, variance })) {
        assertPerChannel("batchNorm", what, t, x, [channels]);
      }
      const distances = sub(x, reshape(center, beside));
      const normal = div(distances, sqrt(add(reshape(variance, beside), epsilon)));
      return scaled("batchNorm", normal, options, [channels], beside);
    }
    if (center || variance) {
      throw new ArgumentError("batchNorm: mean and variance must be given both, or none, got one of them");
    }
    const rows = reshape(x, [n, channels, sizeOf(x.shape.slice(2))]);
    if (weight && bias) return reshape(byOwnMoments(rows, epsilon, { weight, bias }), x.shape);
    const normal = byOwnMoments(rows, epsilon);
    return reshape(scaled("batchNorm", normal, options, [channels], [channels, 1]), x.shape);
  });

/**
 * Layer normalization: each example by the mean and the variance of its own features,
 * `y = (x − μ) / √(σ² + ε) · γ + β`. Source: Ba et al. 2016; as PyTorch's `layer_norm`.
 *
 * @param x Floats; its last axes are `shape`.
 * @param shape The axes that share mean and variance (of the population): the lengths of the last ones.
 * @param options `weight` and `bias`, of that shape, and `epsilon`.
 * @returns Of the shape of `x`.
 * @throws {ShapeError | DTypeError} if `shape`, weight or bias don't fit `x`.
 * @example
 * ```ts
 * import { layerNorm, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 3], [10, 30]]);
 * console.log(await layerNorm(x, [2], { epsilon: 0 }).array()); // → [ [ -1, 1 ], [ -1, 1 ] ]
 * ```
 */
export const layerNorm = (x: Tensor, shape: Shape, options: NormOptions = {}): Tensor =>
  named("layerNorm", () => {
    assertTensor("layerNorm", x);
    assertFloat("layerNorm", x);
    const epsilon = checkedEpsilon("layerNorm", options);
    if (!Array.isArray(shape) || shape.length === 0 || !sameShape(x.shape.slice(-shape.length), shape)) {
      throw new ShapeError(
        `layerNorm: shape must be the last axes of x ${show(x.shape)}, got ${Array.isArray(shape) ? show(shape) : String(shape)}`,
      );
    }
    const features = sizeOf(shape);
    const rows = sizeOf(x.shape.slice(0, -shape.length));
    const normal = reshape(byOwnMoments(reshape(x, [1, rows, features]), epsilon), x.shape);
    return scaled("layerNorm", normal, options, shape, shape);
  });

/**
 * Group normalization: the channels of each example in groups, each by its own mean and variance,
 * `y = (x − μ) / √(σ² + ε) · γ + β`. Source: Wu & He 2018; as PyTorch's `group_norm`.
 *
 * @param x `[n, channels, …]`, floats.
 * @param groups How many groups of equal size the channels are put into.
 * @param options `weight` and `bias`, `[channels]`, and `epsilon`.
 * @returns Of the shape of `x`.
 * @throws {ArgumentError} if the groups don't divide the channels. @throws {ShapeError | DTypeError} if an option doesn't
 * fit `x`.
 * @example
 * ```ts
 * import { groupNorm, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 3, 10, 30]]);
 * console.log(await groupNorm(x, 2, { epsilon: 0 }).array()); // → [ [ -1, 1, -1, 1 ] ]
 * ```
 */
export const groupNorm = (x: Tensor, groups: number, options: NormOptions = {}): Tensor =>
  named("groupNorm", () => {
    assertHasChannels("groupNorm", x);
    const epsilon = checkedEpsilon("groupNorm", options);
    const [n, channels, ...rest] = x.shape as [number, number, ...number[]];
    if (!Number.isInteger(groups) || groups < 1 || channels % groups !== 0) {
      throw new ArgumentError(
        `groupNorm: groups must divide the ${channels} channels of ${show(x.shape)}, got ${groups}`,
      );
    }
    const members = (channels / groups) * sizeOf(rest);
    const normal = reshape(byOwnMoments(reshape(x, [1, n * groups, members]), epsilon), x.shape);
    return scaled("groupNorm", normal, options, [channels], [channels, ...rest.map(() => 1)]);
  });
