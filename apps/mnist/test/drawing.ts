/** Strokes of digits that were scanned, on the page's sheet. */
import { strokesOf } from "../e2e/strokes.ts";
import type { Drawing } from "../src/messages.ts";
import { type Point, pictureOf, type Stroke } from "../src/strokes.ts";

/** The side of the picture that strokes come from. */
const side = 28;

/** Strokes that are turned, made smaller and moved, in this order. */
export interface Change {
  /** In degrees, clockwise on the sheet, around its middle. */
  readonly turn?: number;
  /** The share of height and width that is left. */
  readonly size?: number;
  /** To the right and down, in pixels of a picture of 28. */
  readonly move?: readonly [x: number, y: number];
}

/** Where a change brings a point, on a sheet from 0 to 1. */
function changed([x, y]: Point, { turn = 0, size = 1, move: [dx, dy] = [0, 0] }: Change): Point {
  const [cos, sin] = [Math.cos((turn * Math.PI) / 180) * size, Math.sin((turn * Math.PI) / 180) * size];
  const [u, v] = [x - 0.5, y - 0.5];
  return [0.5 + cos * u - sin * v + dx / side, 0.5 + sin * u + cos * v + dy / side];
}

/** A scanned digit's strokes, as they come to the page. @param pixels 784 numbers from 0 to 1. */
export const strokesFrom = (pixels: ArrayLike<number>): Stroke[] =>
  strokesOf(pixels).map((stroke) => stroke.map(([x, y]) => [x / side, y / side]));

/** The picture that the page makes of strokes. */
export function draw(strokes: readonly Stroke[], change: Change = {}): Drawing {
  const picture = pictureOf(strokes.map((stroke) => stroke.map((point) => changed(point, change))));
  if (!picture) throw new Error("a digit must have ink, got none");
  return picture;
}
