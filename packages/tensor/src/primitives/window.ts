/** The two primitives of sliding windows, which carry convolution and pooling. Each is the other's adjoint. */
import { apply } from "../apply.ts";
import { needFloat } from "../checks.ts";
import * as kernels from "../cpu/window.ts";
import { ShapeError, show } from "../errors.ts";
import { type Primitive, runPrimitive as run, type WithDerivative } from "../op.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";

function needRank(op: string, x: Tensor, rank: number, axes: string): void {
  if (x.rank !== rank) throw new ShapeError(`${op}: takes ${axes}, got ${show(x.shape)}`);
}

/** The patches under a sliding window, as columns. */
export const unfold: Primitive<"unfold"> & WithDerivative<"unfold"> = {
  name: "unfold",
  run,
  result({ window }, [x]) {
    needFloat("unfold", x);
    needRank("unfold", x, 4, "[n, channels, height, width]");
    const [n, channels, height, width] = x.shape as [number, number, number, number];
    const [rows, columns] = windowPositions("unfold", window, [height, width]);
    return { dtype: x.dtype, shape: [n, channels * window.kernel[0] * window.kernel[1], rows * columns] };
  },
  kernel: ({ window }, [x]) => kernels.unfold(x, window),
  derivative: (g, { inputs: [x], attributes: { window } }) => [
    () => apply(fold, { window, size: x.shape.slice(2) as [number, number] }, g),
  ],
};

/** Patches added back into an image: the adjoint of `unfold`. */
export const fold: Primitive<"fold"> & WithDerivative<"fold"> = {
  name: "fold",
  run,
  result({ window, size }, [x]) {
    needFloat("fold", x);
    needRank("fold", x, 3, "[n, channels·kernel, positions]");
    const [n, patch, positions] = x.shape as [number, number, number];
    const [rows, columns] = windowPositions("fold", window, size);
    const taps = window.kernel[0] * window.kernel[1];
    if (positions !== rows * columns || patch % taps !== 0) {
      throw new ShapeError(
        `fold: ${show(x.shape)} does not fold into ${show(size)}: a window ${show(window.kernel)} has ${rows * columns} positions there, and the middle axis must be a multiple of ${taps}`,
      );
    }
    return { dtype: x.dtype, shape: [n, patch / taps, ...size] };
  },
  kernel: ({ window, size }, [x]) => kernels.fold(x, window, size),
  derivative: (g, { attributes: { window } }) => [() => apply(unfold, { window }, g)],
};
