/** The surfaces of the chapters on the gradient, and fields of arrows in a terminal. */
import { bowl, gradientField, hillAndValley, type Place, type Surface } from "@dlcc/course";
import pc from "picocolors";
import { Canvas } from "./canvas.ts";

/** The steepness of the bowl in y: a learning rate from 2/4 on is too large. */
const steepness = 4;

/** A surface, and how to show it. */
export interface Landscape {
  readonly value: Surface;
  /** Its formula. */
  readonly about: string;
  /** The start of a descent. */
  readonly start: Place;
  /** Too small, right, and too large. */
  readonly rates: readonly number[];
  /** The distance from the origin to each side of the picture. */
  readonly reach: number;
  /** The lowest place, and the height of the rim in a picture from the side: a little above the start. */
  readonly floor: Place;
  readonly rim: number;
}

/** The names of the surfaces. */
export type LandscapeName = "bowl" | "valley";

/** The surfaces, by name. */
export const landscapes: Readonly<Record<LandscapeName, Landscape>> = {
  bowl: {
    value: bowl(steepness),
    about: "½(x² + 4y²): convex, so there is one minimum",
    start: [3, 2],
    rates: [0.01, 0.4, 0.55],
    reach: 4,
    floor: [0, 0],
    rim: 14,
  },
  valley: {
    value: hillAndValley,
    about: "x·exp(−(x² + y²)): a hill, a valley, and flat land around",
    start: [-0.2, 0.8],
    rates: [0.02, 0.5, 20],
    reach: 2,
    floor: [-Math.SQRT1_2, 0],
    rim: -0.05,
  },
};

/** Arrows in eighths of a turn from the right, counter-clockwise. */
const arrows = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];
/** The arrow of a direction, or a dot for a vector of length 0. */
const arrow = ([x, y]: Place): string => {
  if (Math.hypot(x, y) < 0.01) return "·";
  return arrows[(Math.round((Math.atan2(y, x) / Math.PI) * 4) + 8) % 8] ?? "·";
};

/** Arrows on each side. */
const arrowsASide = 9;
/** The distance between arrows in characters, to the right and down. */
const [across, down] = [6, 2];
/** The size of a field, with the numbers of its axis at the left. */
const fieldColumns = 8 + across * (arrowsASide - 1) + across / 2;
/** The number of its rows. */
const fieldRows = down * (arrowsASide - 1) + 1;

/** The places of the arrows: in the middle of their rows, up to the border. */
function fieldPlaces(reach: number): Place[] {
  const middle = (arrowsASide - 1) / 2;
  const ticks = Array.from({ length: arrowsASide }, (_, i) => (reach * (i - middle)) / (middle + 1 / 4));
  return ticks.flatMap((x) => ticks.map((y): Place => [x, y]));
}

/** A canvas with the arrows of a surface's gradient, or of its negative. */
export function field(surface: Surface, reach: number, columns: number, sign: 1 | -1): Canvas {
  const range = [-reach, reach] as const;
  const canvas = new Canvas(Math.min(columns, fieldColumns), fieldRows, range, range);
  for (const { place, gradient } of gradientField(surface, fieldPlaces(reach))) {
    canvas.text(...place, arrow([sign * gradient[0], sign * gradient[1]]), pc.dim);
  }
  return canvas;
}
