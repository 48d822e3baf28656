import { ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { conv2d } from "./convolution.ts";
import { squeeze, unsqueeze } from "./views.ts";
import { assertRank } from "./window-options.ts";

/** How a kernel slides over sequences, and what becomes of the result. */
export interface Conv1dOptions {
  /** How far it moves. Default: 1. */
  readonly stride?: number;
  /** Zeros added at both ends. `"same"` adds as many as keep the length, an odd one at the end. Default: 0. */
  readonly padding?: number | "same";
  /** The distance between its taps. Default: 1. */
  readonly dilation?: number;
  /** Into how many groups the channels go: each group of outputs sees its own group of inputs. Default: 1. */
  readonly groups?: number;
  /** `relu`, `sigmoid` or `tanh`, applied to the result in the same pass. Default: none. */
  readonly activation?: FusedActivation;
}

/**
 * Convolution of sequences with kernels:
 * `y[n, o, i] = f(b[o] + Σ w[o, c, k] · x[n, c, i·stride + k·dilation − padding])`, summed over channels `c` and taps `k`.
 * It is {@link conv2d} of images of height 1. As PyTorch's `torch.nn.functional.conv1d`.
 *
 * @param x `[n, channels, length]`, floats.
 * @param weight `[outputs, channels / groups, kernel]`.
 * @param bias `[outputs]`; may be left out.
 * @returns `[n, outputs, positions]`, with `positions = ⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`.
 * @throws {ShapeError | DTypeError} if the three don't fit each other, or the kernel is larger than the padded sequence.
 * @throws {ArgumentError} if an option is not a whole number, or if the stride is not 1 with padding `"same"`.
 * @example
 * ```ts
 * import { conv1d, tensor } from "@dlcc/tensor";
 * const difference = tensor([[[-1, 1]]]);
 * console.log(await conv1d(tensor([[[1, 4, 9, 16]]]), difference).array()); // → [ [ [ 3, 5, 7 ] ] ]
 * ```
 */
export const conv1d = (x: Tensor, weight: Tensor, bias?: Tensor, options: Conv1dOptions = {}): Tensor =>
  named("conv1d", () => {
    assertTensor("conv1d", x);
    assertTensor("conv1d", weight);
    assertRank("conv1d", x, 3, "[n, channels, length]");
    if (weight.rank !== 3) {
      throw new ShapeError(`conv1d: weight must be [outputs, channels / groups, kernel], got ${show(weight.shape)}`);
    }
    const { stride = 1, padding = 0, dilation = 1, ...rest } = options;
    const images = conv2d(unsqueeze(x, 2), unsqueeze(weight, 2), bias, {
      ...rest,
      stride: [1, stride],
      padding: padding === "same" ? "same" : [0, padding],
      dilation: [1, dilation],
    });
    return squeeze(images, 2);
  });
