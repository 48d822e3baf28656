/** Where a sliding window can stand. */
import type { Window } from "./backend.ts";
import { ShapeError } from "./errors.ts";

/**
 * How many positions a window has over an image: along each direction,
 * `⌊(length + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1`. For those who write a backend.
 *
 * @param op The name that the message begins with.
 * @returns `[rows, columns]`.
 * @throws {ShapeError} if the window is larger than the padded image.
 * @example
 * ```ts
 * import { windowPositions } from "@dlcc/tensor";
 *
 * const window = { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1] } as const;
 * console.log(windowPositions("unfold", window, [28, 28])); // → [ 14, 14 ]
 * ```
 */
export function windowPositions(
  op: string,
  { kernel, stride, padding, dilation }: Window,
  [height, width]: readonly [number, number],
): [number, number] {
  const along = (length: number, axis: 0 | 1): number => {
    const span = length + 2 * padding[axis] - dilation[axis] * (kernel[axis] - 1) - 1;
    const positions = Math.floor(span / stride[axis]) + 1;
    if (positions > 0) return positions;
    throw new ShapeError(
      `${op}: the window must fit into the padded input of ${length} + 2·${padding[axis]}, got ${kernel[axis]} (dilation ${dilation[axis]})`,
    );
  };
  return [along(height, 0), along(width, 1)];
}

/**
 * Which taps of a window fall inside the image, along one of its directions: for position `i`, those from the first to below
 * the second of `of(i)`.
 *
 * @param axis 0 for rows, 1 for columns.
 * @param length The image's height or width.
 */
export function tapsInside(
  { kernel, stride, padding, dilation }: Window,
  axis: 0 | 1,
  length: number,
): (position: number) => readonly [first: number, end: number] {
  return (position) => {
    const start = position * stride[axis] - padding[axis];
    const first = Math.max(0, Math.ceil(-start / dilation[axis]));
    return [first, Math.max(first, Math.min(kernel[axis], Math.ceil((length - start) / dilation[axis])))];
  };
}
