/** Pooling on cpu: windows over planes, of which each image has one for each channel. */
import type { Kernel, View, Window } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { tapsInside, windowPositions } from "../window.ts";
import { inOrder } from "./fused.ts";
import { newStorage } from "./spare.ts";

/** The taps of one window that fall inside its plane: rows and columns of the image, from a first one on in equal steps. */
interface Taps {
  /** Where the first row begins, and what comes after the last. */
  top: number;
  bottom: number;
  rowStep: number;
  /** The first column, and what comes after the last. */
  left: number;
  right: number;
  columnStep: number;
}

/** Calls back for each position of a window over all planes, with its number. The object that it hands out is one. */
function forEachWindow(
  planes: number,
  [height, width]: readonly [number, number],
  window: Window,
  visit: (taps: Taps, position: number) => void,
): void {
  const { stride, padding, dilation } = window;
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  const [down, right] = [tapsInside(window, 0, height), tapsInside(window, 1, width)];
  const across = Array.from({ length: columns }, (_, column) => {
    const start = column * stride[1] - padding[1];
    return right(column).map((tap) => start + tap * dilation[1]) as [number, number];
  });
  const taps: Taps = { top: 0, bottom: 0, rowStep: dilation[0] * width, left: 0, right: 0, columnStep: dilation[1] };
  let position = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = 0; row < rows; row++) {
      const start = row * stride[0] - padding[0];
      const [first, end] = down(row);
      taps.top = plane * height * width + (start + first * dilation[0]) * width;
      taps.bottom = taps.top + (end - first) * taps.rowStep;
      for (let column = 0; column < columns; column++) {
        [taps.left, taps.right] = across[column]!;
        visit(taps, position++);
      }
    }
  }
}

const planesOf = ({ shape }: View): number => shape[0]! * shape[1]!;
const sizeOfImages = ({ shape }: View): readonly [number, number] => [shape[2]!, shape[3]!];

/** The place of the first largest element; NaN counts as the largest. */
function largestAt(x: TypedArray, { top, bottom, rowStep, left, right, columnStep }: Taps): number {
  let best = top + left;
  let value = x[best]!;
  for (let row = top; row < bottom; row += rowStep) {
    for (let at = row + left; at < row + right; at += columnStep) {
      const next = x[at]!;
      if (next > value || (Number.isNaN(next) && !Number.isNaN(value))) {
        value = next;
        best = at;
      }
    }
  }
  return best;
}

const outputSize = (planes: number, images: readonly [number, number], window: Window): number =>
  planes * sizeOf(windowPositions("unfold", window, images));

/** The largest element of each window. */
export const maxPool2d: Kernel<"maxPool2d"> = ({ window }, [x]) => {
  const data = inOrder(x);
  const [planes, images] = [planesOf(x), sizeOfImages(x)];
  const out = newStorage(x.dtype, outputSize(planes, images, window));
  forEachWindow(planes, images, window, (taps, position) => {
    out[position] = data[largestAt(data, taps)]!;
  });
  return [out];
};

/** What `maxPool2d` passes back. */
export const maxPool2dGradient: Kernel<"maxPool2dGradient"> = ({ window }, [gradient, x]) => {
  const [g, data] = [inOrder(gradient), inOrder(x)];
  const out = newStorage(x.dtype, sizeOf(x.shape));
  forEachWindow(planesOf(x), sizeOfImages(x), window, (taps, position) => {
    out[largestAt(data, taps)]! += g[position]!;
  });
  return [out];
};

/** The mean of each window. */
export const avgPool2d: Kernel<"avgPool2d"> = ({ window }, [x]) => {
  const data = inOrder(x);
  const [planes, images] = [planesOf(x), sizeOfImages(x)];
  const out = newStorage(x.dtype, outputSize(planes, images, window));
  const count = sizeOf(window.kernel);
  forEachWindow(planes, images, window, ({ top, bottom, rowStep, left, right, columnStep }, position) => {
    let total = 0;
    for (let row = top; row < bottom; row += rowStep) {
      for (let at = row + left; at < row + right; at += columnStep) total += data[at]!;
    }
    out[position] = total / count;
  });
  return [out];
};

/** What `avgPool2d` passes back. */
export const avgPool2dGradient: Kernel<"avgPool2dGradient"> = ({ window, size }, [gradient]) => {
  const g = inOrder(gradient);
  const out = newStorage(gradient.dtype, planesOf(gradient) * sizeOf(size));
  const count = sizeOf(window.kernel);
  forEachWindow(planesOf(gradient), size, window, ({ top, bottom, rowStep, left, right, columnStep }, position) => {
    const share = g[position]! / count;
    for (let row = top; row < bottom; row += rowStep) {
      for (let at = row + left; at < row + right; at += columnStep) out[at]! += share;
    }
  });
  return [out];
};
