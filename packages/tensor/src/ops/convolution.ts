/**
 * Convolution. Its three ops are closed under differentiation, as all are one form `Σ x · weight · gradient` with one of
 * the three left out: `conv2d` makes outputs of images and weights, `convTranspose2d` images of outputs and weights, and
 * `conv2dWeightGradient` weights of images and outputs. The derivative of each is the other two.
 */
import { apply } from "../apply.ts";
import {
  conv2d as conv2dKernel,
  conv2dWeightGradient as conv2dWeightGradientKernel,
  convTranspose2d as convTranspose2dKernel,
} from "../cpu/convolution.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";
import { activationGradient } from "./activations.ts";
import { assertTensor } from "./checks.ts";
import { assertBias, assertChannels, assertGradient, assertPositions, assertWeight } from "./convolution-checks.ts";
import {
  type Conv2dOptions,
  type ConvolutionOptions,
  type ConvTranspose2dOptions,
  convolutionWindow,
  transposedWindow,
} from "./convolution-options.ts";
import { pad } from "./movement.ts";
import { makeWindow } from "./window-options.ts";

const sizeOf = (images: Tensor): readonly [number, number] => images.shape.slice(2) as [number, number];

const conv2dDefinition: KernelOperation<"conv2d"> = {
  name: "conv2d",
  fused: true,
  results(attributes, [x, weight, bias]) {
    const { window, groups } = attributes;
    assertWeight("conv2d", x, weight, window);
    const [outputs, inner] = weight.shape as [number, number];
    assertChannels("conv2d", x, inner * groups, weight, groups);
    assertBias("conv2d", x, bias, outputs);
    return [
      { dtype: x.dtype, shape: [x.shape[0] as number, outputs, ...windowPositions("conv2d", window, sizeOf(x))] },
    ];
  },
  kernel: conv2dKernel,
  // y = f(x ∗ W + b). With δ = f′ · dy, db = Σ δ over examples and pixels.
  derivative(g, { inputs: [x, weight], output, attributes: { window, groups, activation } }) {
    const delta = activation ? activationGradient(activation, g, output) : g;
    return [
      () => apply(convTranspose2d, { window, groups, size: sizeOf(x) }, delta, weight),
      () => apply(conv2dWeightGradient, { window, groups }, x, delta),
      () => delta.sum([0, 2, 3]),
    ];
  },
};

/**
 * Convolution of images with kernels (strictly, their cross-correlation). For each image `n`, output `o` and pixel:
 * `y[n, o, i, j] = f(b[o] + Σ w[o, c, k, l] · x[n, c, i·stride + k·dilation − padding, j·stride + l·dilation − padding])`,
 * summed over channels `c` and the kernel's rows `k` and columns `l`; beyond its edges, `x` is 0. As PyTorch's
 * `torch.nn.functional.conv2d`.
 *
 * With groups, an output sees the channels of its own group alone; as many groups as channels are a depthwise convolution.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param weight `[outputs, channels / groups, kernel height, kernel width]`.
 * @param bias `[outputs]`; may be left out.
 * @returns `[n, outputs, rows, columns]`, with
 * `rows = ⌊(height + 2·padding − dilation·(kernel height − 1) − 1) / stride⌋ + 1`, and columns likewise.
 * @throws {ShapeError | DTypeError} if the three don't fit each other, or the kernel is larger than the padded image.
 * @throws {ArgumentError} if an option is not a whole number, or if a stride is not 1 with padding `"same"`.
 * @example
 * ```ts
 * import { arange, conv2d, ones, tensor } from "@dlcc/tensor";
 * const image = arange(9).reshape([1, 1, 3, 3]);
 * const y = conv2d(image, ones([1, 1, 2, 2]), tensor([100]));
 * console.log(await y.reshape([2, 2]).array()); // → [ [ 108, 112 ], [ 120, 124 ] ]
 * console.log(conv2d(image, ones([4, 1, 3, 3]), undefined, { padding: "same" }).shape); // → [ 1, 4, 3, 3 ]
 * ```
 * @function
 */
export const conv2d: ((x: Tensor, weight: Tensor, bias?: Tensor, options?: Conv2dOptions) => Tensor) &
  KernelOperation<"conv2d"> = /* @__PURE__ */ define(
  (x: Tensor, weight: Tensor, bias?: Tensor, options: Conv2dOptions = {}): Tensor => {
    const { window, odd } = convolutionWindow(x, weight, options);
    const attributes = { window, groups: options.groups ?? 1, activation: options.activation };
    const run = (input: Tensor): Tensor =>
      bias ? apply(conv2d, attributes, input, weight, bias) : apply(conv2d, attributes, input, weight);
    if (odd[0] === 0 && odd[1] === 0) return run(x);
    return named("conv2d", () => run(pad(x, [...[0, 0, ...odd].map((after) => [0, after] as const)])));
  },
  conv2dDefinition,
);

const transposeDefinition: KernelOperation<"convTranspose2d"> = {
  name: "convTranspose2d",
  fused: true,
  results(attributes, [x, weight, bias]) {
    const { window, groups, size } = attributes;
    assertWeight("convTranspose2d", x, weight, window);
    const [inner, outputs] = weight.shape as [number, number];
    assertChannels("convTranspose2d", x, inner, weight, groups);
    assertBias("convTranspose2d", x, bias, outputs * groups);
    assertPositions("convTranspose2d", window, size, x);
    return [{ dtype: x.dtype, shape: [x.shape[0] as number, outputs * groups, ...size] }];
  },
  kernel: convTranspose2dKernel,
  derivative: (g, { inputs: [x, weight], attributes: { window, groups } }) => [
    () => apply(conv2d, { window, groups, activation: undefined }, g, weight),
    () => apply(conv2dWeightGradient, { window, groups }, g, x),
    () => g.sum([0, 2, 3]),
  ],
};

/**
 * The adjoint of {@link conv2d}, also known as transposed or fractionally strided convolution: each pixel of `x` adds the
 * kernel, times its number, to the result.
 * `y[n, c, i·stride + k·dilation − padding, j·stride + l·dilation − padding] = b[c] + Σ w[o, c, k, l] · x[n, o, i, j]`, summed over
 * all that lead there. With a stride of 2 the result is twice as large. As PyTorch's `torch.nn.functional.conv_transpose2d`.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param weight `[channels, outputs / groups, kernel height, kernel width]`.
 * @param bias `[outputs]`; may be left out.
 * @returns `[n, outputs, rows, columns]`, with
 * `rows = (height − 1)·stride − 2·padding + dilation·(kernel height − 1) + outputPadding + 1`, and columns likewise.
 * @throws {ShapeError | DTypeError} if the three don't fit each other, or the padding leaves nothing.
 * @throws {ArgumentError} if an option is not a whole number, or if `outputPadding` is not smaller than the stride.
 * @example
 * ```ts
 * import { convTranspose2d, ones, tensor } from "@dlcc/tensor";
 * const x = tensor([[[[1, 2]]]]);
 * const y = convTranspose2d(x, ones([1, 1, 2, 2]), undefined, { stride: 2 });
 * console.log(await y.reshape([2, 4]).array()); // → [ [ 1, 1, 2, 2 ], [ 1, 1, 2, 2 ] ]
 * ```
 * @function
 */
export const convTranspose2d: ((x: Tensor, weight: Tensor, bias?: Tensor, options?: ConvTranspose2dOptions) => Tensor) &
  KernelOperation<"convTranspose2d"> = /* @__PURE__ */ define(
  (x: Tensor, weight: Tensor, bias?: Tensor, { groups = 1, ...options }: ConvTranspose2dOptions = {}): Tensor => {
    const attributes = { ...transposedWindow(x, weight, options), groups };
    return bias ? apply(convTranspose2d, attributes, x, weight, bias) : apply(convTranspose2d, attributes, x, weight);
  },
  transposeDefinition,
);

const gradientDefinition: KernelOperation<"conv2dWeightGradient"> = {
  name: "conv2dWeightGradient",
  fused: true,
  results({ window, groups }, [x, gradient]) {
    assertGradient("conv2dWeightGradient", x, gradient, groups);
    assertPositions("conv2dWeightGradient", window, sizeOf(x), gradient);
    const [channels, outputs] = [x.shape[1] as number, gradient.shape[1] as number];
    return [{ dtype: x.dtype, shape: [outputs, channels / groups, ...window.kernel] }];
  },
  kernel: conv2dWeightGradientKernel,
  derivative: (g, { inputs: [x, gradient], attributes: { window, groups } }) => [
    () => apply(convTranspose2d, { window, groups, size: sizeOf(x) }, gradient, g),
    () => apply(conv2d, { window, groups, activation: undefined }, x, g),
  ],
};

/**
 * What {@link conv2d} passes back to its weight, given `dy = ∂C/∂y`:
 * `dw[o, c, k, l] = Σ x[n, c, i·stride + k·dilation − padding, j·stride + l·dilation − padding] · dy[n, o, i, j]`, summed over
 * images `n` and pixels `i, j`.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param gradient `dy`, `[n, outputs, rows, columns]`: of the shape of what `conv2d` gives.
 * @param kernel The kernel's height and width.
 * @returns `[outputs, channels / groups, kernel height, kernel width]`.
 * @throws {ShapeError | DTypeError} if the two don't fit each other.
 * @example
 * ```ts
 * import { arange, conv2dWeightGradient, ones } from "@dlcc/tensor";
 * const image = arange(9).reshape([1, 1, 3, 3]);
 * const dw = conv2dWeightGradient(image, ones([1, 1, 2, 2]), 2);
 * console.log(await dw.reshape([2, 2]).array()); // → [ [ 8, 12 ], [ 20, 24 ] ]
 * ```
 * @function
 */
export const conv2dWeightGradient: ((
  x: Tensor,
  gradient: Tensor,
  kernel: number | readonly [number, number],
  options?: ConvolutionOptions,
) => Tensor) &
  KernelOperation<"conv2dWeightGradient"> = /* @__PURE__ */ define(
  (
    x: Tensor,
    gradient: Tensor,
    kernel: number | readonly [number, number],
    { groups = 1, ...options }: ConvolutionOptions = {},
  ): Tensor => {
    assertTensor("conv2dWeightGradient", x);
    assertTensor("conv2dWeightGradient", gradient);
    const window = makeWindow("conv2dWeightGradient", kernel, options);
    return apply(conv2dWeightGradient, { window, groups }, x, gradient);
  },
  gradientDefinition,
);
