/** What is around a digit, or beside it: frames, circles, and the picture's rim. */
import { heightOf, type Part, sizeOf, widthOf } from "./box.ts";
import type { Plane } from "./plane.ts";

/** A frame around the picture: it is nearly as large, and all along its sides, with its corners. */
export function isFrame(part: Part, { width, height }: Plane): boolean {
  const [w, h] = [widthOf(part), heightOf(part)];
  if (w < 0.6 * width || h < 0.6 * height) return false;
  const [deepX, deepY] = [Math.ceil(0.1 * w), Math.ceil(0.1 * h)];
  const [top, bottom, left, right] = [new Set<number>(), new Set<number>(), new Set<number>(), new Set<number>()];
  for (const i of part.pixels) {
    const [x, y] = [(i % width) - part.left, Math.floor(i / width) - part.top];
    if (y < deepY) top.add(x);
    if (y >= h - deepY) bottom.add(x);
    if (x < deepX) left.add(y);
    if (x >= w - deepX) right.add(y);
  }
  return top.size > 0.8 * w && bottom.size > 0.8 * w && left.size > 0.8 * h && right.size > 0.8 * h;
}

/** Whether a part is a rim of the picture: a table beside the paper, a piece of a frame or a line. */
export function isRim(part: Part, { width, height }: Plane): boolean {
  const contact = { top: 0, bottom: 0, left: 0, right: 0 };
  for (const i of part.pixels) {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (y === 0) contact.top++;
    if (y === height - 1) contact.bottom++;
    if (x === 0) contact.left++;
    if (x === width - 1) contact.right++;
  }
  const along =
    Math.max(contact.top, contact.bottom) > 0.5 * width || Math.max(contact.left, contact.right) > 0.5 * height;
  const touches = contact.top + contact.bottom + contact.left + contact.right > 0;
  const [w, h] = [widthOf(part), heightOf(part)];
  const thin = (w > 0.5 * width && h < 0.08 * height) || (h > 0.5 * height && w < 0.05 * width);
  // A part that fills a corner of the picture, or lies along an edge within a narrow strip.
  const strip = touches && Math.min(w / width, h / height) < 0.06 && Math.max(w / width, h / height) > 0.25;
  // What is left of a frame: long, and all of it near the edges.
  const margin = 0.12 * Math.min(width, height);
  const edge = (i: number): number => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return Math.min(x, y, width - 1 - x, height - 1 - y);
  };
  const hugs = Math.max(w / width, h / height) > 0.3 && part.pixels.every((i) => edge(i) < margin);
  return along || (touches && thin) || strip || hugs;
}

/** What a circle is drawn around has at least this share of its size. */
const within = 0.3;
/** The directions in which a circle is looked for, from the middle of what is in it. */
const around = [
  [1, 0],
  [1, 1],
  [0, 1],
  [-1, 1],
  [-1, 0],
  [-1, -1],
  [0, -1],
  [1, -1],
] as const;

/** Whether a part is drawn around another, such as a circle or a box around a digit: it is met in each direction. */
export function surrounds(outer: Part, inner: Part, { width }: Plane): boolean {
  if (outer === inner || sizeOf(inner) < within * sizeOf(outer)) return false;
  if (inner.left <= outer.left || inner.right >= outer.right || inner.top <= outer.top || inner.bottom >= outer.bottom)
    return false;
  const ink = new Set(outer.pixels);
  const [x, y] = [(inner.left + inner.right) >> 1, (inner.top + inner.bottom) >> 1];
  return around.every(([right, down]) => {
    for (let [column, row] = [x, y]; isIn(outer, column, row); column += right, row += down) {
      if (ink.has(row * width + column)) return true;
      // A line that is a pixel wide may be passed between two pixels that touch by their corners.
      if (right !== 0 && down !== 0 && ink.has(row * width + column + right)) return true;
    }
    return false;
  });
}

const isIn = ({ left, top, right, bottom }: Part, column: number, row: number): boolean =>
  column >= left && column < right && row >= top && row < bottom;
