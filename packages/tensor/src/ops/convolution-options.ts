/** The options of convolutions, as functions take them, and the windows that come of them. */
import type { Window } from "../backend.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { images } from "./convolution-checks.ts";
import { assertPair, assertRank, makeWindow, pair, type WindowOptions } from "./window-options.ts";

/** How a kernel slides over images. One number is for both directions. */
export interface ConvolutionOptions extends WindowOptions {
  /** Into how many groups the channels go: each group of outputs sees its own group of inputs. Default: 1. */
  readonly groups?: number;
}

/** How a kernel slides over images, and what becomes of the result. One number is for both directions. */
export interface Conv2dOptions extends Omit<ConvolutionOptions, "padding"> {
  /**
   * Zeros added on each side. `"same"` adds as many as keep height and width, an odd one below and on the right; the stride
   * must be 1. Default: 0.
   */
  readonly padding?: number | readonly [number, number] | "same";
  /** `relu`, `sigmoid` or `tanh`, applied to the result in the same pass. Default: none. */
  readonly activation?: FusedActivation;
}

/** How a kernel slides over what comes out. One number is for both directions. */
export interface ConvTranspose2dOptions extends ConvolutionOptions {
  /**
   * Rows and columns more of the result, as `conv2d` makes one size of several: fewer than the stride. Default: 0.
   */
  readonly outputPadding?: number | readonly [number, number];
}

/** The kernel's height and width, once both inputs are known to have four axes. */
function kernelOf(op: string, x: Tensor, weight: Tensor, axes: string): readonly [number, number] {
  assertTensor(op, x);
  assertTensor(op, weight);
  assertRank(op, x, 4, images);
  if (weight.rank === 4) return weight.shape.slice(2) as [number, number];
  throw new ShapeError(`${op}: weight must be [${axes}, kernel height, kernel width], got ${show(weight.shape)}`);
}

/** The window of `conv2d`, and how many zeros `"same"` adds below and on the right beyond those on all sides. */
export function convolutionWindow(
  x: Tensor,
  weight: Tensor,
  { stride = 1, padding = 0, dilation = 1 }: Conv2dOptions,
): { readonly window: Window; readonly odd: readonly [number, number] } {
  const kernel = kernelOf("conv2d", x, weight, "outputs, channels / groups");
  if (padding !== "same") return { window: makeWindow("conv2d", kernel, { stride, padding, dilation }), odd: [0, 0] };
  const window = makeWindow("conv2d", kernel, { stride, dilation });
  if (window.stride[0] !== 1 || window.stride[1] !== 1) {
    throw new ArgumentError(`conv2d: with padding "same", the stride must be 1, got ${show(window.stride)}`);
  }
  const [down, right] = [0, 1].map((axis) => (window.dilation[axis] as number) * ((kernel[axis] as number) - 1)) as [
    number,
    number,
  ];
  return { window: { ...window, padding: [down >> 1, right >> 1] }, odd: [down % 2, right % 2] };
}

/** The window of `convTranspose2d`, and the height and width of its result. */
export function transposedWindow(
  x: Tensor,
  weight: Tensor,
  { outputPadding = 0, ...options }: ConvTranspose2dOptions,
): { readonly window: Window; readonly size: readonly [number, number] } {
  const op = "convTranspose2d";
  const window = makeWindow(op, kernelOf(op, x, weight, "channels, outputs / groups"), options);
  const { kernel, stride, padding, dilation } = window;
  const more = pair(outputPadding);
  assertPair(op, "outputPadding", more, 0);
  if (more[0] >= stride[0] || more[1] >= stride[1]) {
    throw new ArgumentError(`${op}: outputPadding must be smaller than the stride ${show(stride)}, got ${show(more)}`);
  }
  const along = (axis: 0 | 1): number => {
    const reach = ((x.shape[2 + axis] as number) - 1) * stride[axis] + dilation[axis] * (kernel[axis] - 1) + 1;
    return reach - 2 * padding[axis] + more[axis];
  };
  const size = [along(0), along(1)] as const;
  if (size[0] >= 1 && size[1] >= 1) return { window, size };
  throw new ShapeError(`${op}: the padding must leave at least one pixel of the result, got ${show(size)}`);
}
