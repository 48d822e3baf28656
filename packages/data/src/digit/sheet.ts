/** Cuts a digit out of a drawing on a sheet of one colour: there the picture's own pixels tell what is ink, however large it is. */
import { type Box, sizeOf } from "./box.ts";
import { faint, rimOf, type Sight } from "./look.ts";
import { boxOf, type Group, grown } from "./parts.ts";
import type { Patch } from "./place.ts";
import { type GrayImage, shadeOf, type View } from "./view.ts";

/**
 * The ink of one digit, 1 where it is darkest, and its box in the picture.
 *
 * @param light Whether the ink is lighter than the sheet. @param view Where it was found.
 */
export function cutFromSheet(
  group: Group,
  { smooth }: Sight,
  { image, view, light, sheet }: { image: GrayImage; view: View; light: boolean; sheet: number },
): { readonly patch: Patch; readonly box: Box } {
  const { side } = view;
  const core = group.flatMap(({ pixels }) => pixels);
  const whole = grown(core, smooth, 0, rimOf(sizeOf(boxOf(group))));
  const [left, top] = [view.left + whole.left * side, view.top + whole.top * side];
  const right = Math.min(image.width, view.left + whole.right * side);
  const bottom = Math.min(image.height, view.top + whole.bottom * side);
  const ink = new Float64Array((right - left) * (bottom - top));
  let full = 0;
  for (const i of whole.pixels) {
    const [x, y] = [view.left + (i % smooth.width) * side, view.top + Math.floor(i / smooth.width) * side];
    for (let row = y; row < Math.min(bottom, y + side); row++) {
      for (let column = x; column < Math.min(right, x + side); column++) {
        const shade = shadeOf(image, row * image.width + column);
        const value = Math.max(0, sheet - (light ? 1 - shade : shade));
        ink[(row - top) * (right - left) + column - left] = value;
        full = Math.max(full, value);
      }
    }
  }
  return trimmed(ink, full, { left, top, right, bottom });
}

/** The part of a box that has ink, as a share of the fullest; what is faint is none. */
function trimmed(ink: Float64Array, full: number, all: Box): { readonly patch: Patch; readonly box: Box } {
  const width = all.right - all.left;
  const box = { left: all.right, top: all.bottom, right: all.left, bottom: all.top };
  ink.forEach((value, i) => {
    if (value <= faint * full) return;
    const [x, y] = [all.left + (i % width), all.top + Math.floor(i / width)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  });
  const [columns, rows] = [box.right - box.left, box.bottom - box.top];
  const values = Float64Array.from({ length: columns * rows }, (_, i) => {
    const [x, y] = [box.left - all.left + (i % columns), box.top - all.top + Math.floor(i / columns)];
    const value = ink[y * width + x] as number;
    return value > faint * full ? value / full : 0;
  });
  return { patch: { values, width: columns, height: rows }, box };
}
