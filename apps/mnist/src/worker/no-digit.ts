/** Drawings in which no digit is found, such as a scribble over the whole sheet: any network has the same answer to them. */
import type { Reading } from "../messages.ts";

export const noDigit = (by: Reading["by"]): Reading => ({
  by,
  pixels: new Float32Array(28 * 28),
  scores: new Array<number>(10).fill(0),
  guess: 0,
  noDigit: 1,
  layers: [],
});
