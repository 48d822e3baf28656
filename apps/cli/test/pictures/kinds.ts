/** Pictures of digits as people have them, by kind: each with sizes, colours, places and lights at random. */
import type { GrayImage } from "@dlcc/data";
import { decode, encode } from "fast-png";
import { grayOf } from "../../src/pictures/gray.ts";
import type { Dice } from "./dice.ts";
import {
  blur,
  compress,
  coverage,
  disc,
  frame,
  grain,
  grown,
  ink,
  light,
  line,
  noise,
  pictureOf,
  type Sheet,
  sharpened,
  sheetOf,
} from "./scene.ts";

/** What a picture begins with. */
interface Start {
  /** The shades of pen and paper, each between two. */
  readonly pen?: readonly [number, number];
  readonly paper?: readonly [number, number];
  /** The longest side, between two. */
  readonly size?: readonly [number, number];
  /** The share of the shorter side that the field of 28 pixels takes, between two. */
  readonly share?: readonly [number, number];
  /** In degrees. */
  readonly turn?: number;
  /** How much the stroke grows, as a share of the field. */
  readonly grow?: number;
  /** What is on the paper before the pen comes. */
  readonly under?: (
    sheet: Sheet,
    shades: { readonly paper: number; readonly pen: number; readonly field: number },
  ) => void;
}

/** A sheet with the digit, and where the ink is. */
interface Drawn {
  readonly sheet: Sheet;
  readonly covered: Float32Array;
  readonly paper: number;
  readonly pen: number;
  /** The side of the digit's field on the sheet. */
  readonly field: number;
}

function drawn(digit: ArrayLike<number>, dice: Dice, start: Start = {}): Drawn {
  const { share = [0.5, 0.95], size = [64, 600], turn = 0, grow = 0 } = start;
  const long = Math.round(dice.scale(...size));
  const short = Math.round(long * dice.between(0.7, 1));
  const [width, height] = dice.happens(0.5) ? [long, short] : [short, long];
  const paper = dice.between(...(start.paper ?? [190, 255]));
  const pen = dice.between(...(start.pen ?? [0, 90]));
  const sheet = sheetOf(width, height, paper);
  const field = Math.max(28, short * dice.between(...share));
  // The digit's 20 pixels are within the sheet.
  const reach = (field * 24) / 28 / 2;
  const along = (length: number): number => (length > 2 * reach ? dice.between(reach, length - reach) : length / 2);
  const place = { x: along(width), y: along(height), scale: field / 28, turn };
  start.under?.(sheet, { paper, pen, field });
  let covered = coverage(digit, sheet, place);
  const pixel = field / 28;
  if (grow !== 0) covered = grown(covered, sheet, grow * field);
  if (pixel > 2 && dice.happens(0.5)) covered = sharpened(covered, Math.min(1, 2 / pixel));
  ink(sheet, covered, pen);
  return { sheet, covered, paper, pen, field };
}

/** A light that falls off to one side, or a shadow with a soft edge over a part of the sheet, or a spot. */
function shadow(dice: Dice, softness: readonly [number, number]): (x: number, y: number) => number {
  const turn = dice.between(0, 2 * Math.PI);
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const depth = dice.between(0.15, 0.65);
  const along = (x: number, y: number): number => cos * (x - 0.5) + sin * (y - 0.5);
  const kind = dice.one("slope", "edge", "edge", "spot");
  if (kind === "slope") return (x, y) => 1 - depth * Math.min(1, Math.max(0, along(x, y) / 1.2 + 0.5));
  const [at, soft] = [dice.between(-0.3, 0.3), dice.between(...softness)];
  if (kind === "edge") return (x, y) => 1 - depth / (1 + Math.exp((-4 * (along(x, y) - at)) / soft));
  const [mx, my, reach] = [dice.between(0, 1), dice.between(0, 1), dice.between(0.2, 0.5)];
  return (x, y) => 1 - depth * Math.exp(-((x - mx) ** 2 + (y - my) ** 2) / (2 * reach * reach));
}

/** Lines, one under the other. */
function ruled(
  sheet: Sheet,
  { paper, pen, field }: { readonly paper: number; readonly pen: number; readonly field: number },
  dice: Dice,
  { squared }: { readonly squared: boolean },
): void {
  const { width, height } = sheet;
  const spacing = Math.max(6, field * (squared ? dice.between(0.12, 0.5) : dice.between(0.15, 0.9)));
  const thickness = Math.max(1, (dice.between(0.004, 0.014) * field * 28) / 28);
  const strength = dice.happens(0.15) ? dice.between(0.8, 1) : dice.between(0.12, 0.7);
  const shade = paper - strength * (paper - pen);
  const turn = dice.happens(0.5) ? 0 : dice.between(-4, 4);
  const middle = width / 2;
  for (let y = dice.between(-height, spacing - height); y < 2 * height; y += spacing) {
    line(sheet, [middle, y], turn, thickness, shade);
  }
  if (squared) {
    for (let x = dice.between(-width, spacing - width); x < 2 * width; x += spacing) {
      line(sheet, [x, height / 2], turn + 90, thickness, shade);
    }
  } else if (dice.happens(0.3)) {
    line(sheet, [width * dice.between(0.05, 0.2), height / 2], turn + 90, thickness, shade);
  }
}

/** A kind of picture: it makes one of a digit. */
export type Kind = (digit: ArrayLike<number>, dice: Dice) => GrayImage;

const plain =
  (start: Start = {}, then: (drawn: Drawn, dice: Dice) => void = () => {}): Kind =>
  (digit, dice) => {
    const made = drawn(digit, dice, start);
    then(made, dice);
    return pictureOf(made.sheet);
  };

const specks =
  (most: number) =>
  ({ sheet, covered, paper, pen, field }: Drawn, dice: Dice): void => {
    const count = 1 + Math.floor(dice.between(0, most));
    for (let made = 0, tries = 0; made < count && tries < 200; tries++) {
      const radius = Math.max(0.8, field * dice.between(0.008, 0.028));
      const [x, y] = [dice.between(0, sheet.width), dice.between(0, sheet.height)];
      const free = (dx: number, dy: number): boolean =>
        !((covered[Math.floor(y + dy) * sheet.width + Math.floor(x + dx)] ?? 0) > 0);
      const gap = radius + field * 0.06;
      if (![-gap, 0, gap].every((dx) => [-gap, 0, gap].every((dy) => free(dx, dy)))) continue;
      disc(sheet, [x, y], radius, dice.between(pen, (pen + paper) / 2));
      made++;
    }
  };

const turned =
  (least: number, most: number): Kind =>
  (digit, dice) =>
    plain({ turn: dice.sign() * dice.between(least, most), share: [0.5, 0.85] })(digit, dice);

/** The kinds that the bars are for. Those of the first group were read wrongly by one background and one threshold. */
export const hard: Readonly<Record<string, Kind>> = {
  "shadow and grain": plain({}, ({ sheet }, dice) => {
    light(sheet, shadow(dice, [0.1, 0.5]));
    if (dice.happens(0.5)) grain(sheet, dice, dice.between(1, 5), dice.between(1.5, 4));
    noise(sheet, dice, dice.between(1, 7));
  }),
  "ruled paper": (digit, dice) =>
    plain({ under: (sheet, shades) => ruled(sheet, shades, dice, { squared: false }) })(digit, dice),
  "a frame": plain({ share: [0.5, 0.8] }, ({ sheet, pen, paper }, dice) => {
    const short = Math.min(sheet.width, sheet.height);
    const inset = dice.happens(0.3) ? 0 : Math.floor(short * dice.between(0, 0.05));
    frame(
      sheet,
      inset,
      Math.max(1, Math.round(short * dice.between(0.004, 0.03))),
      dice.happens(0.5) ? pen : dice.between(0, 0.8 * paper),
    );
  }),
  "noise of 10": plain({}, ({ sheet }, dice) => noise(sheet, dice, 10)),
  "noise of 30": plain({}, ({ sheet }, dice) => noise(sheet, dice, 30)),
  "a speck": plain({ share: [0.5, 0.8] }, specks(1)),
};

/** Those that were read well. */
export const easy: Readonly<Record<string, Kind>> = {
  clean: plain({ size: [28, 600] }),
  moved: plain({ share: [0.2, 0.45], size: [120, 600] }),
  "turned by 15°": turned(15, 15),
  thin: plain({ grow: -0.02, size: [100, 500] }),
  thick: plain({ grow: 0.03, size: [64, 400] }),
  "black on white": plain({ paper: [255, 255], pen: [0, 0] }),
  inverted: plain({ paper: [0, 70], pen: [170, 255] }),
};

/** More that people bring. */
export const more: Readonly<Record<string, Kind>> = {
  "squared paper": (digit, dice) =>
    plain({ under: (sheet, shades) => ruled(sheet, shades, dice, { squared: true }) })(digit, dice),
  "the edge of a shadow": plain({}, ({ sheet }, dice) => {
    light(sheet, shadow(dice, [0.005, 0.05]));
    noise(sheet, dice, dice.between(0, 4));
  }),
  vignette: plain({ size: [64, 1200] }, ({ sheet }, dice) => {
    const depth = dice.between(0.2, 0.6);
    light(sheet, (x, y) => 1 - depth * 2 * ((x - 0.5) ** 2 + (y - 0.5) ** 2));
    noise(sheet, dice, dice.between(0, 6));
  }),
  JPEG: plain({ size: [64, 600] }, ({ sheet }, dice) => {
    noise(sheet, dice, dice.between(0, 5));
    compress(sheet, dice.between(8, 60));
  }),
  "a pale pencil": plain({ paper: [180, 240], pen: [130, 165] }, ({ sheet }, dice) =>
    noise(sheet, dice, dice.between(0, 4)),
  ),
  "chalk under a lamp": plain({ paper: [20, 70], pen: [180, 240] }, ({ sheet }, dice) => {
    light(sheet, shadow(dice, [0.1, 0.5]));
    noise(sheet, dice, dice.between(1, 6));
  }),
  "on a table": plain({ share: [0.5, 0.75], size: [100, 600] }, ({ sheet, paper }, dice) => {
    const sides = [dice.happens(0.6), dice.happens(0.6), dice.happens(0.6), dice.happens(0.6)];
    const depth = Math.min(sheet.width, sheet.height) * dice.between(0.02, 0.08);
    const table = dice.between(0.1, 0.6) * paper;
    for (let row = 0; row < sheet.height; row++) {
      for (let column = 0; column < sheet.width; column++) {
        const depths = [row, column, sheet.height - 1 - row, sheet.width - 1 - column];
        if (depths.some((d, i) => sides[i] && d < depth)) sheet.shades[row * sheet.width + column] = table;
      }
    }
    noise(sheet, dice, dice.between(0, 6));
  }),
  "specks, many": plain({ share: [0.5, 0.8], size: [100, 600] }, specks(12)),
  "transparent PNG": (digit, dice) => {
    // Ink of one shade, black or white, on nothing: a pixel's alpha is the share that is covered.
    const { sheet, covered } = drawn(digit, dice);
    const [shade, hidden] = [dice.one(0, 255), dice.one(0, 255)];
    const data = Uint8ClampedArray.from({ length: 4 * covered.length }, (_, i) => {
      const share = covered[i >> 2] as number;
      return i % 4 === 3 ? 255 * share : share > 0 ? shade : hidden;
    });
    return grayOf(decode(encode({ width: sheet.width, height: sheet.height, data, channels: 4 })));
  },
  "28 to 64 pixels, in shadow": plain({ size: [28, 64], share: [0.8, 1] }, ({ sheet }, dice) => {
    light(sheet, shadow(dice, [0.1, 0.5]));
    noise(sheet, dice, dice.between(1, 6));
  }),
  "28 to 64 pixels, noise of 30": plain({ size: [28, 64], share: [0.8, 1] }, ({ sheet }, dice) =>
    noise(sheet, dice, 30),
  ),
  "a phone's: large, in shadow, on lines, not sharp": (digit, dice) =>
    plain(
      {
        size: [800, 1400],
        share: [0.2, 0.6],
        under: dice.happens(0.6)
          ? (sheet, shades) => ruled(sheet, shades, dice, { squared: dice.happens(0.4) })
          : () => {},
      },
      ({ sheet }) => {
        blur(sheet);
        light(sheet, shadow(dice, [0.05, 0.5]));
        noise(sheet, dice, dice.between(2, 12));
      },
    )(digit, dice),
};
