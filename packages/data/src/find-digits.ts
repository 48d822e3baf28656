/**
 * Finds the digits of a picture. The paper's brightness is estimated at each place, and what is darker is ink; lines are
 * erased; and what is connected and shaped as a digit is kept, not specks, frames or the picture's rim. Each digit is then
 * treated as in MNIST, whose makers scaled their scans to fit into 20×20 pixels with the aspect ratio kept, anti-aliased,
 * and placed them in a field of 28×28 with the centre of mass in the middle. A network that was trained on MNIST expects
 * the same of its inputs.
 *
 * Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database".
 */
import { type Box, sizeOf } from "./digit/box.ts";
import { isLight } from "./digit/ink.ts";
import { look, patchOf, type Sight } from "./digit/look.ts";
import { boxOf, type Group } from "./digit/parts.ts";
import { type Patch, place, resize } from "./digit/place.ts";
import { like, type Plane } from "./digit/plane.ts";
import { cutFromSheet } from "./digit/sheet.ts";
import { checkImage, type GrayImage, type View, viewOf } from "./digit/view.ts";

/** A digit in a picture. */
export interface FoundDigit {
  /** The first column of its box in the picture. */
  readonly left: number;
  /** The first row. */
  readonly top: number;
  /** How many of the picture's pixels it is wide. */
  readonly width: number;
  /** How many it is high. */
  readonly height: number;
  /** As one of MNIST's images: 784 numbers in 0..1, row by row, light on black; the brightest is 1. */
  readonly pixels: Float32Array;
}

/** A digit of fewer pixels is looked at from nearer, if the picture has more; on a sheet of one colour it is clear from afar. */
const small = 72;
/** The nearer view shows its surroundings, too: this share of its size to each side. */
const around = 0.5;
/** So many are, the largest: each takes as long as a small picture. */
const nearest = 16;
/** It is the same digit, if neither size is less than this share of the other. */
const same = 0.7;

/** A box of a view, in pixels of the picture. */
const inPicture = ({ left, top, right, bottom }: Box, view: View, { width, height }: GrayImage): Box => ({
  left: view.left + left * view.side,
  top: view.top + top * view.side,
  right: Math.min(width, view.left + right * view.side),
  bottom: Math.min(height, view.top + bottom * view.side),
});

/** The digits of a picture, the largest first. @param name The function that was called. @param most How many are wanted. */
export function digitsOf(name: string, image: GrayImage, most: number = Number.POSITIVE_INFINITY): FoundDigit[] {
  checkImage(name, image);
  const { width, height } = image;
  const whole = viewOf(image, { left: 0, top: 0, right: width, bottom: height });
  const light = isLight(whole.plane);
  const onPaper = (plane: Plane): Plane =>
    light
      ? like(
          plane,
          plane.values.map((value) => 1 - value),
        )
      : plane;
  const sight = look(onPaper(whole.plane));

  /** A digit that was seen, and its place. */
  const cut = (group: Group, seen: Sight, view: View): { readonly patch: Patch; readonly box: Box } => {
    const { sheet } = seen;
    if (view.side > 1 && sheet !== undefined) return cutFromSheet(group, seen, { image, view, light, sheet });
    return { patch: patchOf(group, seen), box: inPicture(boxOf(group), view, image) };
  };

  /** The digit in this place, seen from nearer; undefined if there is none. */
  const nearer = (box: Box): ReturnType<typeof cut> | undefined => {
    const margin = Math.ceil(around * sizeOf(box));
    const view = viewOf(image, {
      left: Math.max(0, box.left - margin),
      top: Math.max(0, box.top - margin),
      right: Math.min(width, box.right + margin),
      bottom: Math.min(height, box.bottom + margin),
    });
    const seen = look(onPaper(view.plane));
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    for (const group of seen.groups) {
      const found = inPicture(boxOf(group), view, image);
      const there = found.left <= x && x <= found.right && found.top <= y && y <= found.bottom;
      const [size, before] = [sizeOf(found), sizeOf(box)];
      if (there && Math.min(size, before) >= same * Math.max(size, before)) return cut(group, seen, view);
    }
    return undefined;
  };

  return sight.groups.slice(0, most).map((group, i) => {
    const box = inPicture(boxOf(group), whole, image);
    const unclear = sight.sheet === undefined && whole.side > 1 && sizeOf(boxOf(group)) < small;
    const again = unclear && i < nearest ? nearer(box) : undefined;
    const { patch, box: found } = again ?? cut(group, sight, whole);
    const [left, top] = [found.left, found.top];
    return { left, top, width: found.right - left, height: found.bottom - top, pixels: place(resize(patch)) };
  });
}

/** Reading order: line by line, and from the left to the right. Digits are in one line if the middle of one is beside the other. */
function inOrder(digits: readonly FoundDigit[]): FoundDigit[] {
  const lines: FoundDigit[][] = [];
  for (const digit of digits.toSorted((a, b) => a.top - b.top)) {
    const middle = digit.top + digit.height / 2;
    const line = lines.find((others) => others.some(({ top, height }) => middle >= top && middle <= top + height));
    if (line) line.push(digit);
    else lines.push([digit]);
  }
  return lines.flatMap((line) => line.toSorted((a, b) => a.left - b.left));
}

/**
 * Finds the digits of a picture, as `prepareDigit` prepares one: a drawing or a photograph, in light and shadow, on plain,
 * ruled or squared paper, with ink that is darker or lighter than the paper. Digits that touch each other are found as one.
 *
 * @param image Any size. Of a coloured image, take the luminance: `0.299 r + 0.587 g + 0.114 b`.
 * @returns The digits, line by line and from the left to the right; none for a blank picture.
 * @throws {ArgumentError} if the pixels do not fill the size or are outside their range.
 * @example
 * ```ts
 * import { findDigits } from "@dlcc/data";
 *
 * const pixels = new Uint8Array(90 * 40).fill(255); // white paper, 90 wide and 40 high
 * for (let row = 5; row < 35; row++) {
 *   pixels.fill(0, row * 90 + 20, row * 90 + 25); // a black stroke: a 1
 *   pixels.fill(0, row * 90 + 60, row * 90 + 65); // another one
 * }
 * const digits = findDigits({ pixels, width: 90, height: 40 });
 * console.log(digits.map(({ left, top, width, height }) => [left, top, width, height])); // → [ [ 20, 5, 5, 30 ], [ 60, 5, 5, 30 ] ]
 * ```
 */
export const findDigits = (image: GrayImage): FoundDigit[] => inOrder(digitsOf("findDigits", image));

/**
 * Finds the largest digit of a picture, as `prepareDigit` prepares it: for pictures that may show none.
 *
 * @param image Any size. Of a coloured image, take the luminance: `0.299 r + 0.587 g + 0.114 b`.
 * @returns The digit; undefined for a blank picture, or one on which nothing is shaped as a digit.
 * @throws {ArgumentError} if the pixels do not fill the size or are outside their range.
 * @example
 * ```ts
 * import { findDigit } from "@dlcc/data";
 *
 * const pixels = new Uint8Array(50 * 40).fill(255); // white paper, 50 wide and 40 high
 * console.log(findDigit({ pixels, width: 50, height: 40 })); // → undefined
 * for (let row = 5; row < 35; row++) pixels.fill(0, row * 50 + 10, row * 50 + 16); // a black stroke: a 1
 * const digit = findDigit({ pixels, width: 50, height: 40 });
 * console.log(digit?.left, digit?.top, digit?.width, digit?.height); // → 10 5 6 30
 * ```
 */
export const findDigit = (image: GrayImage): FoundDigit | undefined => digitsOf("findDigit", image, 1)[0];
