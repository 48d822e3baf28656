/** Finds the parts of the ink that are digits, and cuts a digit out. */
import { sizeOf } from "./box.ts";
import { inkOf, otsu } from "./ink.ts";
import { eraseLines } from "./lines.ts";
import { boxOf, digitsAmong, type Group, grown, partsOf } from "./parts.ts";
import type { Patch } from "./place.ts";
import { like, type Plane, quantile } from "./plane.ts";

/** What was seen: digits, the largest first, and the ink that they are made of. */
export interface Sight {
  readonly groups: readonly Group[];
  readonly sharp: Plane;
  readonly smooth: Plane;
  /** The standard deviation of `smooth` on the paper. */
  readonly noise: number;
  /** The brightness of the paper, where it is the same everywhere, and has no lines. */
  readonly sheet: number | undefined;
}

/** If no ink is darker than this share of the paper's light, the picture is blank: 4 of the 255 steps of a byte. */
const blank = 4 / 255;
/** Ink is so many standard deviations of the noise darker than paper. */
const clear = 4;
/** And darker than this share of the darkest ink: of clean paper, and of paper with noise or lines. */
const [clean, littered] = [0.15, 0.4];
/** Paper is clean, if its noise is nothing; from this share of the ink's darkness on it is littered. */
const litter = 0.025;
/** How often what is no digit is taken away to look at what is paler. */
const turns = 4;
/** A digit is at least this high or wide: in pixels, and as a share of the picture's shorter side. */
const [fewest, smallest] = [4, 0.05];

/** Looks for dark digits on light paper. */
export function look(plane: Plane): Sight {
  const { contrast, noise, sheet: paper, ...ink } = inkOf(plane);
  if (contrast < blank) return { ...ink, noise, sheet: paper, groups: [] };
  const erased = eraseLines(ink, noise, contrast);
  const sheet = erased.count > 0 ? undefined : paper;
  const { sharp, smooth } = erased;
  const least = Math.max(fewest, smallest * Math.min(plane.width, plane.height));
  const floor = Math.max(clear * noise, blank);
  let rest = smooth;
  for (let turn = 0; turn < turns; turn++) {
    const { upper } = otsu(rest.values, floor);
    if (upper <= floor) break;
    const share = erased.count > 0 ? littered : clean + (littered - clean) * Math.min(1, noise / upper / litter);
    const threshold = Math.max(floor, share * upper);
    const parts = partsOf(rest, threshold);
    const groups = digitsAmong(parts, rest, sheet === undefined).filter((group) => sizeOf(boxOf(group)) >= least);
    if (groups.length > 0) return { groups, sharp, smooth, noise, sheet };
    rest = without(rest, new Set(parts.flatMap(({ pixels }) => pixels)), threshold / 3);
  }
  return { groups: [], sharp, smooth, noise, sheet };
}

/** A plane without the parts above a threshold that have one of the pixels. */
function without(plane: Plane, taken: ReadonlySet<number>, threshold: number): Plane {
  const values = plane.values.slice();
  for (const { pixels } of partsOf(plane, threshold)) {
    if (pixels.some((i) => taken.has(i))) for (const i of pixels) values[i] = 0;
  }
  return like(plane, values);
}

/** Ink below this share of the digit's own is noise. */
export const faint = 0.1;
/** And below so many standard deviations. */
const dim = 2.5;
/** As dark as this share of its pixels is the digit where it is darkest: what is darker is noise. */
const darkest = 0.97;
/** Edges reach so far beyond the parts, as a share of the digit's size. */
const rim = 0.1;
/** In a digit of fewer pixels the noise doesn't cancel out when it is scaled to 20. */
const fine = 60;

/** How far beyond its parts a digit's edges may reach, in pixels. */
export const rimOf = (size: number): number => Math.max(2, Math.ceil(rim * size));

/** The ink of one digit, cut out: 1 where it is darkest. */
export function patchOf(group: Group, { sharp, smooth, noise, sheet }: Sight): Patch {
  const size = sizeOf(boxOf(group));
  const core = group.flatMap(({ pixels }) => pixels);
  const darkness = Float32Array.from(core, (i) => smooth.values[i] as number);
  // Noise, and what is left of lines, make some pixels too dark; on a sheet of one colour the darkest is right.
  const full = quantile(darkness, sheet === undefined ? darkest : 1);
  const whole = grown(core, smooth, Math.max(faint * full, dim * noise), rimOf(size));
  const { values } = size >= fine ? sharp : smooth;
  const width = whole.right - whole.left;
  const patch = new Float64Array(width * (whole.bottom - whole.top));
  for (const i of whole.pixels) {
    const [x, y] = [(i % sharp.width) - whole.left, Math.floor(i / sharp.width) - whole.top];
    patch[y * width + x] = Math.min(1, Math.max(0, (values[i] as number) / full));
  }
  return { values: patch, width, height: whole.bottom - whole.top };
}
