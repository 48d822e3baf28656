/** The digit of a drawing; and drawings in which none is found, such as a scribble over the whole sheet: any network has the same answer to them. */
import { findDigit, findDigits } from "@dlcc/data";
import type { Drawing, Reading } from "../messages.ts";

/** The largest digit of a drawing, and how many there are. */
export function digitOf(drawing: Drawing): { readonly pixels: Float32Array; readonly digits: number } | undefined {
  const all = findDigits(drawing);
  const largest = all.length > 1 ? findDigit(drawing) : all[0];
  return largest && { pixels: largest.pixels, digits: all.length };
}

export const noDigit = (by: Reading["by"]): Reading => ({
  by,
  pixels: new Float32Array(28 * 28),
  digits: 0,
  scores: new Array<number>(10).fill(0),
  guess: 0,
  noDigit: 1,
  layers: [],
});
