/** The two ops of sliding windows, which carry convolution and pooling. Each is the other's adjoint. */
import { apply } from "../apply.ts";
import { fold as foldKernel, unfold as unfoldKernel } from "../cpu/window.ts";
import { ShapeError, show } from "../errors.ts";
import { define, type KernelOperation } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";
import { assertFloat, assertTensor } from "./checks.ts";
import { assertPair, assertRank, makeWindow, type WindowOptions } from "./window-options.ts";

const unfoldDefinition: KernelOperation<"unfold"> = {
  name: "unfold",
  results({ window }, [x]) {
    assertFloat("unfold", x);
    assertRank("unfold", x, 4, "[n, channels, height, width]");
    const [n, channels, height, width] = x.shape as [number, number, number, number];
    const [rows, columns] = windowPositions("unfold", window, [height, width]);
    return [{ dtype: x.dtype, shape: [n, channels * window.kernel[0] * window.kernel[1], rows * columns] }];
  },
  kernel: ({ window }, [x]) => unfoldKernel(x, window),
  derivative: (g, { inputs: [x], attributes: { window } }) => [
    () => apply(fold, { window, size: x.shape.slice(2) as [number, number] }, g),
  ],
};

/**
 * The patches of images under a sliding window, as columns; a matrix product with them is a convolution. As PyTorch's
 * `torch.nn.functional.unfold`.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param kernel The window's height and width.
 * @returns `[n, channels · kernel height · kernel width, positions]`.
 * @throws {ShapeError} if the window does not fit.
 * @example
 * ```ts
 * import { arange, slice, unfold } from "@dlcc/tensor";
 * const image = arange(9).reshape([1, 1, 3, 3]);
 * console.log(await slice(unfold(image, 2), 0, [], 0).array()); // → [ 0, 1, 3, 4 ]
 * ```
 * @function
 */
export const unfold: ((x: Tensor, kernel: number | readonly [number, number], options?: WindowOptions) => Tensor) &
  KernelOperation<"unfold"> = /* @__PURE__ */ define(
  (x: Tensor, kernel: number | readonly [number, number], options: WindowOptions = {}): Tensor => {
    assertTensor("unfold", x);
    return apply(unfold, { window: makeWindow("unfold", kernel, options) }, x);
  },
  unfoldDefinition,
);

const foldDefinition: KernelOperation<"fold"> = {
  name: "fold",
  results({ window, size }, [x]) {
    assertFloat("fold", x);
    assertRank("fold", x, 3, "[n, channels·kernel, positions]");
    const [n, patch, positions] = x.shape as [number, number, number];
    const [rows, columns] = windowPositions("fold", window, size);
    const taps = window.kernel[0] * window.kernel[1];
    if (positions !== rows * columns || patch % taps !== 0) {
      throw new ShapeError(
        `fold: to fold into ${show(size)} by a window ${show(window.kernel)}, x must have ${rows * columns} positions, and a multiple of ${taps} as its middle axis, got ${show(x.shape)}`,
      );
    }
    return [{ dtype: x.dtype, shape: [n, patch / taps, ...size] }];
  },
  kernel: ({ window, size }, [x]) => foldKernel(x, window, size),
  derivative: (g, { attributes: { window } }) => [() => apply(unfold, { window }, g)],
};

/**
 * The adjoint of {@link unfold}: patches added back into images; where they overlap, they add up.
 *
 * @param x `[n, channels · kernel height · kernel width, positions]`, floats.
 * @param size The images' height and width.
 * @returns `[n, channels, height, width]`.
 * @example
 * ```ts
 * import { fold, ones, slice } from "@dlcc/tensor";
 * const overlaps = fold(ones([1, 4, 4]), [3, 3], 2);
 * console.log(await slice(overlaps, 0, 0).array()); // → [ [ 1, 2, 1 ], [ 2, 4, 2 ], [ 1, 2, 1 ] ]
 * ```
 * @function
 */
export const fold: ((
  x: Tensor,
  size: readonly [height: number, width: number],
  kernel: number | readonly [number, number],
  options?: WindowOptions,
) => Tensor) &
  KernelOperation<"fold"> = /* @__PURE__ */ define(
  (
    x: Tensor,
    size: readonly [height: number, width: number],
    kernel: number | readonly [number, number],
    options: WindowOptions = {},
  ): Tensor => {
    assertTensor("fold", x);
    assertPair("fold", "size", size, 0);
    return apply(fold, { window: makeWindow("fold", kernel, options), size }, x);
  },
  foldDefinition,
);
