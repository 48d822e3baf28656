/** Pooling: one number for each window that slides over images. */
import { apply } from "../apply.ts";
import type { Window } from "../backend.ts";
import {
  avgPool2dGradient as avgPool2dGradientKernel,
  avgPool2d as avgPool2dKernel,
  maxPool2dGradient as maxPool2dGradientKernel,
  maxPool2d as maxPool2dKernel,
} from "../cpu/pooling.ts";
import { emptyArray } from "../dtype.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import { type Shape, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { tapsInside, windowPositions } from "../window.ts";
import { assertFloat, assertSameDType, assertTensor } from "./checks.ts";
import { gather } from "./movement.ts";
import { firstLargest, taken } from "./patches.ts";
import { sum } from "./reduction.ts";
import { reshape } from "./views.ts";
import { where } from "./where.ts";
import { assertPair, assertRank, makeWindow, pair, type WindowOptions } from "./window-options.ts";

/** A number for both directions, or one for each: rows, columns. */
export type Pair = number | readonly [number, number];

/** How {@link maxPool2d} moves its window; its stride is the kernel's size if it is left out. */
export type MaxPoolOptions = WindowOptions;

/** How {@link avgPool2d} moves its window. */
export interface AvgPoolOptions {
  /** How far it moves. Default: the kernel's size. */
  readonly stride?: Pair;
  /** Zeros added on each side. Default: 0. */
  readonly padding?: Pair;
  /** Whether they count in the mean, as other elements do. Default: true. */
  readonly countIncludePad?: boolean;
}

/** A pooling window: no place of it may lie in the border alone. */
function poolingWindow(op: string, kernel: Pair, options: WindowOptions): Window {
  const window = makeWindow(op, kernel, { ...options, stride: options.stride ?? kernel });
  if (window.padding.some((padding, axis) => 2 * padding > (window.kernel[axis] as number))) {
    throw new ArgumentError(
      `${op}: padding must be at most half of the kernel ${show(window.kernel)}, got ${show(window.padding)}`,
    );
  }
  return window;
}

/** The shape of what comes out of a window over images. */
function pooledShape(op: string, x: Tensor, window: Window): Shape {
  assertFloat(op, x);
  assertRank(op, x, 4, "[n, channels, height, width]");
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  return [n, channels, ...windowPositions(op, window, [height, width])];
}

function assertGradient(op: string, gradient: Tensor, shape: Shape): void {
  if (sameShape(gradient.shape, shape)) return;
  throw new ShapeError(
    `${op}: gradient must have the shape of the pooled images ${show(shape)}, got ${show(gradient.shape)}`,
  );
}

const maxDefinition: KernelOperation<"maxPool2d"> = {
  name: "maxPool2d",
  fused: true,
  results: ({ window }, [x]) => [{ dtype: x.dtype, shape: pooledShape("maxPool2d", x, window) }],
  kernel: maxPool2dKernel,
  derivative: (g, { inputs: [x], output, attributes: { window } }) => [() => maxPool2dGradient(g, x, output, window)],
};

/**
 * The largest element of each window that slides over images; NaN wins. The border that `padding` adds never does. The
 * gradient goes to the first of equals, as PyTorch's, while that of `max` is shared; where windows overlap it adds up.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param kernel The window's height and width.
 * @param options `stride` (default: the kernel's size), `padding` and `dilation`.
 * @returns `[n, channels, rows, columns]`, as many rows and columns as {@link windowPositions} says.
 * @throws {ShapeError} if the window does not fit. @throws {ArgumentError} if the padding is more than half of the kernel.
 * @example
 * ```ts
 * import { maxPool2d, tensor } from "@dlcc/tensor";
 * const image = tensor([[1, 2, 0, 0], [3, 4, 0, 9]]).reshape([1, 1, 2, 4]);
 * console.log(await maxPool2d(image, 2).reshape([-1]).array()); // → [ 4, 9 ]
 * ```
 * @function
 */
export const maxPool2d: ((x: Tensor, kernel: Pair, options?: MaxPoolOptions) => Tensor) & KernelOperation<"maxPool2d"> =
  /* @__PURE__ */ define((x: Tensor, kernel: Pair, options: MaxPoolOptions = {}): Tensor => {
    assertTensor("maxPool2d", x);
    return apply(maxPool2d, { window: poolingWindow("maxPool2d", kernel, options) }, x);
  }, maxDefinition);

const maxGradientDefinition: KernelOperation<"maxPool2dGradient"> = {
  name: "maxPool2dGradient",
  fused: true,
  results({ window }, [gradient, x, output]) {
    assertSameDType("maxPool2dGradient", gradient, x);
    const shape = pooledShape("maxPool2dGradient", x, window);
    for (const t of [gradient, output]) assertGradient("maxPool2dGradient", t, shape);
    return [x];
  },
  kernel: maxPool2dGradientKernel,
  // Which element wins does not change near x: what comes back is linear in the gradient.
  derivative: (g, { inputs: [, x], attributes: { window } }) => [() => taken(g, firstLargest(x, window), window)],
};

/**
 * What {@link maxPool2d} passes back: the gradient of each window to the first of its largest elements.
 *
 * @param gradient ∂C/∂output, of its shape.
 * @param x What was pooled.
 * @param output What came out.
 * @param window The window, with all that `unfold` knows of it.
 * @returns Of the shape of `x`.
 * @throws {ShapeError | DTypeError} if the three don't fit each other.
 * @example
 * ```ts
 * import { maxPool2d, maxPool2dGradient, ones, tensor } from "@dlcc/tensor";
 * const x = tensor([[5, 2], [5, 4]]).reshape([1, 1, 2, 2]);
 * const window = { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] } as const;
 * const gradient = maxPool2dGradient(ones([1, 1, 1, 1]), x, maxPool2d(x, 2), window);
 * console.log(await gradient.reshape([2, 2]).array()); // → [ [ 1, 0 ], [ 0, 0 ] ]
 * ```
 * @function
 */
export const maxPool2dGradient: ((gradient: Tensor, x: Tensor, output: Tensor, window: Window) => Tensor) &
  KernelOperation<"maxPool2dGradient"> = /* @__PURE__ */ define(
  (gradient: Tensor, x: Tensor, output: Tensor, window: Window): Tensor =>
    apply(maxPool2dGradient, { window }, gradient, x, output),
  maxGradientDefinition,
);

const avgDefinition: KernelOperation<"avgPool2d"> = {
  name: "avgPool2d",
  fused: true,
  results: ({ window }, [x]) => [{ dtype: x.dtype, shape: pooledShape("avgPool2d", x, window) }],
  kernel: avgPool2dKernel,
  derivative: (g, { inputs: [x], attributes: { window } }) => [
    () => avgPool2dGradient(g, window, x.shape.slice(2) as [number, number]),
  ],
};

/** By what the mean over a window of all taps is multiplied, so that it is one over those inside the image. */
function insideOnly(x: Tensor, { shape }: Tensor, window: Window): Tensor {
  const [rows, columns] = shape.slice(2) as [number, number];
  const [down, right] = [tapsInside(window, 0, x.shape[2] as number), tapsInside(window, 1, x.shape[3] as number)];
  const taps = window.kernel[0] * window.kernel[1];
  const factors = emptyArray(x.dtype, rows * columns).map((_, i) => {
    const [[top, bottom], [left, end]] = [down(Math.floor(i / columns)), right(i % columns)];
    return taps / ((bottom - top) * (end - left));
  });
  return x.upload(factors, x.dtype, [rows, columns]);
}

/**
 * The mean of each window that slides over images.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param kernel The window's height and width.
 * @param options `stride` (default: the kernel's size), `padding`, and `countIncludePad`: whether the zeros around the image
 * count in the mean. They do by default, as in PyTorch.
 * @returns `[n, channels, rows, columns]`, as many rows and columns as {@link windowPositions} says.
 * @throws {ShapeError} if the window does not fit. @throws {ArgumentError} if the padding is more than half of the kernel.
 * @example
 * ```ts
 * import { avgPool2d, tensor } from "@dlcc/tensor";
 * const image = tensor([[1, 2, 0, 0], [3, 4, 0, 8]]).reshape([1, 1, 2, 4]);
 * console.log(await avgPool2d(image, 2).reshape([-1]).array()); // → [ 2.5, 2 ]
 * ```
 * @function
 */
export const avgPool2d: ((x: Tensor, kernel: Pair, options?: AvgPoolOptions) => Tensor) & KernelOperation<"avgPool2d"> =
  /* @__PURE__ */ define((x: Tensor, kernel: Pair, options: AvgPoolOptions = {}): Tensor => {
    assertTensor("avgPool2d", x);
    const { countIncludePad = true, ...moves } = options;
    const window = poolingWindow("avgPool2d", kernel, moves);
    if (countIncludePad || window.padding.every((padding) => padding === 0)) return apply(avgPool2d, { window }, x);
    return named("avgPool2d", () => {
      const pooled = apply(avgPool2d, { window }, x);
      return pooled.mul(insideOnly(x, pooled, window));
    });
  }, avgDefinition);

const avgGradientDefinition: KernelOperation<"avgPool2dGradient"> = {
  name: "avgPool2dGradient",
  fused: true,
  results({ window, size }, [gradient]) {
    assertFloat("avgPool2dGradient", gradient);
    assertRank("avgPool2dGradient", gradient, 4, "[n, channels, rows, columns]");
    const shape = gradient.shape.slice(0, 2);
    assertGradient("avgPool2dGradient", gradient, [...shape, ...windowPositions("avgPool2dGradient", window, size)]);
    return [{ dtype: gradient.dtype, shape: [...shape, ...size] }];
  },
  kernel: avgPool2dGradientKernel,
  derivative: (g, { attributes: { window } }) => [() => apply(avgPool2d, { window }, g)],
};

/**
 * What {@link avgPool2d} passes back: an equal share of each window's gradient to each of its taps.
 *
 * @param gradient ∂C/∂output, of its shape.
 * @param window The window, with all that `unfold` knows of it.
 * @param size The images' height and width.
 * @returns `[n, channels, height, width]`.
 * @throws {ShapeError | DTypeError} if gradient, window and size don't fit each other.
 * @example
 * ```ts
 * import { avgPool2dGradient, tensor } from "@dlcc/tensor";
 * const window = { kernel: [1, 2], stride: [1, 2], padding: [0, 0], dilation: [1, 1] } as const;
 * const gradient = tensor([8, 6]).reshape([1, 1, 1, 2]);
 * console.log(await avgPool2dGradient(gradient, window, [1, 4]).reshape([-1]).array()); // → [ 4, 4, 3, 3 ]
 * ```
 * @function
 */
export const avgPool2dGradient: ((
  gradient: Tensor,
  window: Window,
  size: readonly [height: number, width: number],
) => Tensor) &
  KernelOperation<"avgPool2dGradient"> = /* @__PURE__ */ define(
  (gradient: Tensor, window: Window, size: readonly [height: number, width: number]): Tensor =>
    apply(avgPool2dGradient, { window, size }, gradient),
  avgGradientDefinition,
);

/** The mean of each of `count` parts of an axis, which overlap where they don't come out even. */
function averageParts(x: Tensor, axis: number, count: number): Tensor {
  const length = x.shape[axis] as number;
  const starts = Array.from({ length: count }, (_, i) => Math.floor((i * length) / count));
  const sizes = starts.map((start, i) => Math.ceil(((i + 1) * length) / count) - start);
  const longest = Math.max(...sizes);
  // Shorter parts are filled up with their first element, which doesn't count.
  const places = Int32Array.from(
    starts.flatMap((start, i) =>
      Array.from({ length: longest }, (_, j) => (j < (sizes[i] as number) ? start + j : start)),
    ),
  );
  const counted = Uint8Array.from(
    sizes.flatMap((size) => Array.from({ length: longest }, (_, j) => (j < size ? 1 : 0))),
  );
  const after = x.shape.slice(axis + 1).map(() => 1);
  const parts = gather(x, x.upload(places, "int32", [count, longest]), axis);
  const sums = sum(where(x.upload(counted, "bool", [count, longest, ...after]), parts, 0), axis + 1);
  return sums.div(
    x.upload(
      emptyArray(x.dtype, count).map((_, i) => sizes[i] as number),
      x.dtype,
      [count, ...after],
    ),
  );
}

/**
 * The mean of each of `rows × columns` parts of an image: pooling whose window follows from the size that is to come out.
 * Part i of an axis reaches from `⌊i · length / parts⌋` to `⌈(i + 1) · length / parts⌉`, as in PyTorch.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param size How many rows and columns come out. 1 gives the mean of each channel.
 * @returns `[n, channels, rows, columns]`.
 * @throws {ShapeError} if `x` has other axes. @throws {ArgumentError} if a size is not a whole number from 1.
 * @example
 * ```ts
 * import { adaptiveAvgPool2d, tensor } from "@dlcc/tensor";
 * const image = tensor([[1, 2, 3], [5, 6, 7]]).reshape([1, 1, 2, 3]);
 * console.log(await adaptiveAvgPool2d(image, 1).item()); // → 4
 * console.log(await adaptiveAvgPool2d(image, [1, 2]).reshape([-1]).array()); // → [ 3.5, 4.5 ]
 * ```
 */
export const adaptiveAvgPool2d = (x: Tensor, size: Pair): Tensor =>
  named("adaptiveAvgPool2d", () => {
    assertTensor("adaptiveAvgPool2d", x);
    assertFloat("adaptiveAvgPool2d", x);
    assertRank("adaptiveAvgPool2d", x, 4, "[n, channels, height, width]");
    const lengths = pair(size);
    assertPair("adaptiveAvgPool2d", "size", lengths, 1);
    const [rows, columns] = lengths;
    const [n, channels, height, width] = x.shape as [number, number, number, number];
    if (height * width === 0) {
      throw new ShapeError(`adaptiveAvgPool2d: images must have a pixel, got ${show(x.shape)}`);
    }
    if (rows === 1 && columns === 1) return reshape(x.mean([2, 3]), [n, channels, 1, 1]);
    if (height % rows === 0 && width % columns === 0) return avgPool2d(x, [height / rows, width / columns]);
    return averageParts(averageParts(x, 2, rows), 3, columns);
  });
