/**
 * What the fused ops are, in terms of the primitives: right on every backend and at any order of derivative. A backend
 * that lacks a fused op runs its composite, and the faster versions of the others are held to it.
 *
 * They stand apart from the ops, as a program on a backend that has them all, as `cpu` has, does without them. The steps
 * of the optimizers bring theirs, as a tape replays it to derive them.
 */
import { apply } from "../apply.ts";
import { tidy } from "../memory.ts";
import type { Composite } from "../op.ts";
import type { ConvolutionAttributes, FusedActivation, FusedOp } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";
import { add, div, mul, sub } from "./arithmetic.ts";
import { lessEqual } from "./comparison.ts";
import { neg } from "./elementwise.ts";
import { matmul } from "./matmul.ts";
import { stack } from "./movement.ts";
import { channelNormal, channelNormGradient, channelNormSums, perChannel } from "./normalization.ts";
import { classMask, pickLabelled } from "./one-hot.ts";
import { asImages, firstLargest, patchesOf, spread, taken } from "./patches.ts";
import { mean, sum } from "./reduction.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import { variance } from "./statistics.ts";
import { adamStep, momentumStep, sgdStep } from "./steps.ts";
import { broadcastTo, reshape, transpose, unsqueeze } from "./views.ts";
import { where } from "./where.ts";
import { fold, unfold } from "./window.ts";

/** What an activation passes back, by its output `y`: with y = σ(x), for one, dC/dx = y (1 − y) dC/dy. */
const slopes: { readonly [A in FusedActivation]: (gradient: Tensor, y: Tensor) => Tensor } = {
  relu: (gradient, y) => where(lessEqual(y, 0), 0, gradient),
  sigmoid: (gradient, y) => mul(gradient, mul(y, sub(1, y))),
  tanh: (gradient, y) => mul(gradient, sub(1, mul(y, y))),
};

/** A weight `[o, c/groups, kh, kw]` as a matrix for each group, `[groups, o/groups, c/groups·kh·kw]`. */
const kernelMatrices = (weight: Tensor, groups: number): Tensor => {
  const [outputs, inner, height, width] = weight.shape as [number, number, number, number];
  return reshape(weight, [1, groups, outputs / groups, inner * height * width]);
};

/** Channels of pixels, `[n, c, …]`, as a matrix for each image and group, `[n, groups, c/groups, pixels]`. */
const grouped = (x: Tensor, groups: number, pixels: number): Tensor => {
  const [n, channels] = x.shape as [number, number];
  return reshape(x, [n, groups, channels / groups, pixels]);
};

/** The patches of images as a matrix for each image and group, `[n, groups, c/groups·kh·kw, positions]`. */
const patchMatrices = (x: Tensor, { window, groups }: ConvolutionAttributes): Tensor => {
  const patches = apply(unfold, { window }, x);
  return grouped(patches, groups, patches.shape[2] as number);
};

/** Adds a number for each channel to `[n, channels, height, width]`. */
const addBias = (x: Tensor, bias: Tensor | undefined): Tensor =>
  bias ? add(x, reshape(bias, [1, x.shape[1] as number, 1, 1])) : x;

/**
 * The fused ops as composites of primitives, by name: for a backend that has no faster version of one.
 *
 * @example
 * ```ts
 * import { type Backend, composites, cpu, linear, tensor } from "@dlcc/tensor";
 *
 * // A backend that has the primitives alone.
 * const plain: Backend = { ...cpu, composites, kernel: (op) => (op.name in composites ? undefined : cpu.kernel(op)) };
 * const [x, weight] = [tensor([[1, 2]], { backend: plain }), tensor([[3, 4]], { backend: plain })];
 * console.log(await linear(x, weight).array()); // → [ [ 11 ] ]
 * ```
 */
export const composites: { readonly [O in FusedOp]: Composite<O> } = {
  linear: ({ activation }, [x, weight, bias]) =>
    tidy(() => {
      const product = matmul(x, transpose(weight));
      const z = bias ? add(product, bias) : product;
      return [activation ? z[activation]() : z];
    }),
  conv2d: (attributes, [x, weight, bias]) =>
    tidy(() => {
      const { window, groups, activation } = attributes;
      const positions = windowPositions("conv2d", window, x.shape.slice(2) as [number, number]);
      const product = matmul(kernelMatrices(weight, groups), patchMatrices(x, attributes));
      const shape = [x.shape[0] as number, weight.shape[0] as number, ...positions];
      const z = addBias(reshape(product, shape), bias);
      return [activation ? z[activation]() : z];
    }),
  convTranspose2d: ({ window, groups, size }, [x, weight, bias]) =>
    tidy(() => {
      const [n, , rows, columns] = x.shape as [number, number, number, number];
      const kernels = transpose(kernelMatrices(weight, groups));
      const patches = matmul(kernels, grouped(x, groups, rows * columns));
      const [, , depth, positions] = patches.shape as [number, number, number, number];
      return [addBias(apply(fold, { window, size }, reshape(patches, [n, groups * depth, positions])), bias)];
    }),
  conv2dWeightGradient: (attributes, [x, gradient]) =>
    tidy(() => {
      const { window, groups } = attributes;
      const [, outputs, rows, columns] = gradient.shape as [number, number, number, number];
      const patches = patchMatrices(x, attributes);
      const each = matmul(grouped(gradient, groups, rows * columns), transpose(patches));
      return [reshape(sum(each, 0), [outputs, (x.shape[1] as number) / groups, ...window.kernel])];
    }),
  softmaxCrossEntropy: (_, [logits, labels]) =>
    tidy(() => [neg(pickLabelled("softmaxCrossEntropy", logSoftmax(logits), labels))]),
  activationGradient: ({ activation }, [gradient, output]) => tidy(() => [slopes[activation](gradient, output)]),
  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    tidy(() => {
      const chosen = classMask("softmaxCrossEntropyGradient", labels, logits.shape[1] ?? 0);
      const slope = sub(softmax(logits), chosen.cast(logits.dtype));
      return [mul(slope, unsqueeze(gradient, 1))];
    }),
  maxPool2d: ({ window }, [x]) => tidy(() => [taken(x, firstLargest(x, window), window)]),
  maxPool2dGradient: ({ window }, [gradient, x]) =>
    tidy(() => {
      const [n, c] = x.shape as [number, number];
      const winners = firstLargest(x, window);
      const shares = where(winners, reshape(gradient, [n, c, 1, winners.shape[3] as number]), 0);
      return [spread(shares, window, x.shape)];
    }),
  avgPool2d: ({ window }, [x]) => tidy(() => [asImages(mean(patchesOf(x, window, 0), 2), x, window)]),
  avgPool2dGradient: ({ window, size }, [gradient]) =>
    tidy(() => {
      const [n, c, rows, columns] = gradient.shape as [number, number, number, number];
      const [height, width] = window.kernel;
      const share = div(reshape(gradient, [n, c, 1, rows * columns]), height * width);
      return [spread(broadcastTo(share, [n, c, height * width, rows * columns]), window, [n, c, ...size])];
    }),
  channelMoments: (_, [x]) => tidy(() => [stack([mean(x, [0, 2]), variance(x, [0, 2])])]),
  channelNorm: ({ epsilon }, [x, , weight, bias]) =>
    tidy(() => {
      const normal = channelNormal(x, epsilon);
      return [weight && bias ? add(mul(normal, perChannel(weight)), perChannel(bias)) : normal];
    }),
  channelNormSums: channelNormSums.composite as Composite<"channelNormSums">,
  channelNormGradient: channelNormGradient.composite as Composite<"channelNormGradient">,
  sgdStep: sgdStep.composite as Composite<"sgdStep">,
  momentumStep: momentumStep.composite as Composite<"momentumStep">,
  adamStep: adamStep.composite as Composite<"adamStep">,
};
