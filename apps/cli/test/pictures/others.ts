/** Pictures that show no digit: letters, shapes, scribbles. */
import type { GrayImage } from "@dlcc/data";
import type { Dice } from "./dice.ts";
import { disc, noise, pictureOf, sheetOf } from "./scene.ts";

type Point = readonly [x: number, y: number];
type Strokes = readonly (readonly Point[])[];

/** Letters that are no digit's neighbours in shape, and other signs, in a square of 1. */
const signs: Readonly<Record<string, Strokes>> = {
  A: [
    [
      [0, 1],
      [0.5, 0],
      [1, 1],
    ],
    [
      [0.2, 0.6],
      [0.8, 0.6],
    ],
  ],
  E: [
    [
      [0.9, 0],
      [0, 0],
      [0, 1],
      [0.9, 1],
    ],
    [
      [0, 0.5],
      [0.7, 0.5],
    ],
  ],
  F: [
    [
      [0.9, 0],
      [0, 0],
      [0, 1],
    ],
    [
      [0, 0.5],
      [0.7, 0.5],
    ],
  ],
  H: [
    [
      [0, 0],
      [0, 1],
    ],
    [
      [1, 0],
      [1, 1],
    ],
    [
      [0, 0.5],
      [1, 0.5],
    ],
  ],
  K: [
    [
      [0, 0],
      [0, 1],
    ],
    [
      [0.9, 0],
      [0, 0.5],
      [0.9, 1],
    ],
  ],
  M: [
    [
      [0, 1],
      [0, 0],
      [0.5, 0.6],
      [1, 0],
      [1, 1],
    ],
  ],
  N: [
    [
      [0, 1],
      [0, 0],
      [0.9, 1],
      [0.9, 0],
    ],
  ],
  R: [
    [
      [0, 1],
      [0, 0],
      [0.7, 0.1],
      [0.7, 0.4],
      [0, 0.5],
      [0.8, 1],
    ],
  ],
  T: [
    [
      [0, 0],
      [1, 0],
    ],
    [
      [0.5, 0],
      [0.5, 1],
    ],
  ],
  W: [
    [
      [0, 0],
      [0.25, 1],
      [0.5, 0.3],
      [0.75, 1],
      [1, 0],
    ],
  ],
  X: [
    [
      [0, 0],
      [1, 1],
    ],
    [
      [1, 0],
      [0, 1],
    ],
  ],
  triangle: [
    [
      [0.5, 0],
      [1, 1],
      [0, 1],
      [0.5, 0],
    ],
  ],
  square: [
    [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
      [0, 0],
    ],
  ],
  cross: [
    [
      [0.5, 0],
      [0.5, 1],
    ],
    [
      [0, 0.5],
      [1, 0.5],
    ],
  ],
  star: [
    [
      [0.5, 0],
      [0.8, 1],
      [0, 0.4],
      [1, 0.4],
      [0.2, 1],
      [0.5, 0],
    ],
  ],
  arrow: [
    [
      [0, 0.5],
      [1, 0.5],
    ],
    [
      [0.6, 0.2],
      [1, 0.5],
      [0.6, 0.8],
    ],
  ],
  hash: [
    [
      [0.3, 0],
      [0.2, 1],
    ],
    [
      [0.8, 0],
      [0.7, 1],
    ],
    [
      [0, 0.3],
      [1, 0.3],
    ],
    [
      [0, 0.7],
      [1, 0.7],
    ],
  ],
};

/** A line of many turns. */
const scribble = (dice: Dice): Strokes => [
  Array.from({ length: 6 + Math.floor(dice.between(0, 10)) }, (): Point => [dice.between(0, 1), dice.between(0, 1)]),
];

/** A picture of something else, drawn with a round pen by an unsteady hand. */
export function other(dice: Dice): GrayImage {
  const side = Math.round(dice.scale(80, 400));
  const size = side * dice.between(0.4, 0.75);
  const [left, top] = [dice.between(0.1 * side, 0.9 * side - size), dice.between(0.1 * side, 0.9 * side - size)];
  const [paper, pen] = [dice.between(190, 255), dice.between(0, 90)];
  const sheet = sheetOf(side, side, paper);
  const radius = size * dice.between(0.03, 0.07);
  const strokes = dice.happens(0.3) ? scribble(dice) : dice.one(...Object.values(signs));
  const narrow = dice.between(0.6, 1);
  const shear = dice.between(-0.25, 0.25);
  for (const stroke of strokes) {
    const points = stroke.map(([x, y]): Point => {
      const [u, v] = [x + dice.between(-0.05, 0.05), y + dice.between(-0.05, 0.05)];
      return [left + size * (narrow * u + shear * (0.5 - v)), top + size * v];
    });
    for (const [i, [x, y]] of points.entries()) {
      const [fromX, fromY] = points[i - 1] ?? [x, y];
      const steps = Math.ceil((2 * Math.hypot(x - fromX, y - fromY)) / radius) + 1;
      for (let step = 0; step <= steps; step++) {
        disc(sheet, [fromX + ((x - fromX) * step) / steps, fromY + ((y - fromY) * step) / steps], radius, pen);
      }
    }
  }
  noise(sheet, dice, dice.between(0, 8));
  return pictureOf(sheet);
}
