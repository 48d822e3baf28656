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
import { pad } from "./movement.ts";
import { firstLargest, taken } from "./patches.ts";
import { assertRank, makeWindow, type WindowOptions } from "./window-options.ts";

/** A number for both directions, or one for each: rows, columns. */
export type Pair = number | readonly [number, number];

/** How {@link maxPool2d} moves its window; its stride is the kernel's size if it is left out. */
export interface MaxPoolOptions extends WindowOptions {
  /** Whether a last window that reaches past the image counts, if it begins in it: PyTorch's `ceil_mode`. Default: false. */
  readonly ceilMode?: boolean;
}

/** How {@link avgPool2d} moves its window. */
export interface AvgPoolOptions {
  /** How far it moves. Default: the kernel's size. */
  readonly stride?: Pair;
  /** Zeros added on each side. Default: 0. */
  readonly padding?: Pair;
  /** Whether they count in the mean, as other elements do. Default: true. */
  readonly countIncludePad?: boolean;
  /** As for {@link maxPool2d}. What lies past the padding doesn't count in the mean. Default: false. */
  readonly ceilMode?: boolean;
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

/** How far the last window reaches past the padded image along an axis, if one that begins in the image, or before it, counts. */
function overhang({ kernel, stride, padding, dilation }: Window, axis: 0 | 1, length: number): number {
  const span = length + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1;
  const last = Math.ceil(span / stride[axis]) * stride[axis];
  return Math.max(0, (last < length + padding[axis] ? last : last - stride[axis]) - span);
}

/** Images with room for such windows. */
function completed(op: string, x: Tensor, window: Window, value: number): Tensor {
  assertFloat(op, x);
  assertRank(op, x, 4, "[n, channels, height, width]");
  const [down, right] = ([0, 1] as const).map((axis) => overhang(window, axis, x.shape[axis + 2] as number));
  return pad(
    x,
    [
      [0, 0],
      [0, 0],
      [0, down as number],
      [0, right as number],
    ],
    value,
  );
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
 * @param options `stride` (default: the kernel's size), `padding`, `dilation` and `ceilMode`.
 * @returns `[n, channels, rows, columns]`, as many rows and columns as {@link windowPositions} says; with `ceilMode` one more
 * where the windows don't come out even.
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
    const window = poolingWindow("maxPool2d", kernel, options);
    if (!options.ceilMode) return apply(maxPool2d, { window }, x);
    return named("maxPool2d", () =>
      apply(maxPool2d, { window }, completed("maxPool2d", x, window, Number.NEGATIVE_INFINITY)),
    );
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

/** By what the mean over a window of all taps is multiplied, so that it is one over those inside the image, or in its padding, too. */
function insideOnly(x: Tensor, { shape }: Tensor, window: Window, includePad: boolean): Tensor {
  const [rows, columns] = shape.slice(2) as [number, number];
  const [down, right] = ([0, 1] as const).map((axis) => {
    const length = x.shape[axis + 2] as number;
    if (!includePad) return tapsInside(window, axis, length);
    return tapsInside({ ...window, padding: [0, 0] }, axis, length + 2 * window.padding[axis]);
  }) as [ReturnType<typeof tapsInside>, ReturnType<typeof tapsInside>];
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
 * @param options `stride` (default: the kernel's size), `padding`, `ceilMode`, and `countIncludePad`: whether the zeros around the
 * image count in the mean. They do by default, as in PyTorch.
 * @returns `[n, channels, rows, columns]`, as many rows and columns as {@link windowPositions} says; with `ceilMode` one more
 * where the windows don't come out even.
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
    const { countIncludePad = true, ceilMode = false, ...moves } = options;
    const window = poolingWindow("avgPool2d", kernel, moves);
    const even = countIncludePad || window.padding.every((padding) => padding === 0);
    if (even && !ceilMode) return apply(avgPool2d, { window }, x);
    return named("avgPool2d", () => {
      const pooled = apply(avgPool2d, { window }, ceilMode ? completed("avgPool2d", x, window, 0) : x);
      return pooled.mul(insideOnly(x, pooled, window, countIncludePad));
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
