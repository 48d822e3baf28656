/** Images as the patches under a window, channel by channel: what pooling is made of where a backend lacks it. */
import { apply } from "../apply.ts";
import type { Window } from "../backend.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";
import { pad, slice } from "./movement.ts";
import { argmax, sum } from "./reduction.ts";
import { reshape, unsqueeze } from "./views.ts";
import { where } from "./where.ts";
import { fold, unfold } from "./window.ts";

type Image = readonly [n: number, c: number, height: number, width: number];

/** The window over an image that has its border already. */
const withoutPadding = (window: Window): Window => ({ ...window, padding: [0, 0] });

/** `[n, c, h, w] → [n, c, taps, positions]`. Where the window reaches beyond the image stands `border`. */
export function patchesOf(x: Tensor, window: Window, border: number): Tensor {
  const [n, c, height, width] = x.shape as unknown as Image;
  const [top, left] = window.padding;
  const framed =
    top + left > 0
      ? pad(
          x,
          [
            [0, 0],
            [0, 0],
            [top, top],
            [left, left],
          ],
          border,
        )
      : x;
  const [rows, columns] = windowPositions("unfold", window, [height, width]);
  const patches = apply(unfold, { window: withoutPadding(window) }, framed);
  return reshape(patches, [n, c, window.kernel[0] * window.kernel[1], rows * columns]);
}

/** The way back: patches are added up where they overlap, and what falls on the border is left out. */
export function spread(patches: Tensor, window: Window, shape: Shape): Tensor {
  const [n, c, height, width] = shape as unknown as Image;
  const [top, left] = window.padding;
  const columns = reshape(patches, [n, c * (patches.shape[2] as number), patches.shape[3] as number]);
  const size = [height + 2 * top, width + 2 * left] as const;
  const framed = apply(fold, { window: withoutPadding(window), size }, columns);
  return top + left > 0 ? slice(framed, [], [], [top, top + height], [left, left + width]) : framed;
}

/** `[n, c, positions]` as images of the window's rows and columns. */
export function asImages(values: Tensor, x: Tensor, window: Window): Tensor {
  const [n, c, height, width] = x.shape as unknown as Image;
  return reshape(values, [n, c, ...windowPositions("unfold", window, [height, width])]);
}

/** Whether a tap is the first largest of its window: `bool [n, c, taps, positions]`, with one winner for each position. */
export function firstLargest(x: Tensor, window: Window): Tensor {
  const patches = patchesOf(x, window, Number.NEGATIVE_INFINITY);
  const taps = patches.shape[2] as number;
  const numbers = x.upload(
    Int32Array.from({ length: taps }, (_, i) => i),
    "int32",
    [taps],
  );
  return argmax(patches, 2, { keepDims: true }).equal(unsqueeze(numbers, 1));
}

/** The element of each window at its winner: `[n, c, rows, columns]`. */
export const taken = (x: Tensor, winners: Tensor, window: Window): Tensor =>
  asImages(sum(where(winners, patchesOf(x, window, 0), 0), 2), x, window);
