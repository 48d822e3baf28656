/** The surfaces of the chapters on the gradient, and how a field of arrows is drawn in a terminal. */
import { bowl, gradientField, hillAndValley, type Place, type Surface } from "@dlcc/course";
import pc from "picocolors";
import { Canvas } from "./canvas.ts";

/** How steep the bowl is in y: a learning rate from 2/4 on is too large. */
const steepness = 4;

/** A surface, and how to look at it. */
export interface Landscape {
  readonly value: Surface;
  /** As it is written. */
  readonly about: string;
  /** Where a descent begins. */
  readonly start: Place;
  /** Too small, right, and too large. */
  readonly rates: readonly number[];
  /** How far the picture goes from the origin to each side. */
  readonly reach: number;
}

/** By what they are called. */
export type LandscapeName = "bowl" | "valley";

/** Where one can descend. */
export const landscapes: Readonly<Record<LandscapeName, Landscape>> = {
  bowl: {
    value: bowl(steepness),
    about: "½(x² + 4y²): convex, so there is one minimum",
    start: [3, 2],
    rates: [0.01, 0.4, 0.55],
    reach: 4,
  },
  valley: {
    value: hillAndValley,
    about: "x·exp(−(x² + y²)): a hill, a valley, and flat land around",
    start: [-0.2, 0.8],
    rates: [0.02, 0.5, 20],
    reach: 2,
  },
};

/** Arrows in eighths of a turn from the right, counter-clockwise. */
const arrows = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];
/** The arrow that points that way, or a dot where there is no way to point. */
const arrow = ([x, y]: Place): string => {
  if (Math.hypot(x, y) < 0.01) return "·";
  return arrows[(Math.round((Math.atan2(y, x) / Math.PI) * 4) + 8) % 8] ?? "·";
};

/** Arrows a side. */
const arrowsASide = 9;
/** How many characters there are from arrow to arrow, to the right and down. */
const [across, down] = [6, 2];
/** How large a field is, with the numbers of its axis at the left. */
const fieldColumns = 8 + across * (arrowsASide - 1) + across / 2;
/** How many rows it has. */
const fieldRows = down * (arrowsASide - 1) + 1;

/** Where the arrows stand: in the middle of their rows, up to the border. */
function fieldPlaces(reach: number): Place[] {
  const middle = (arrowsASide - 1) / 2;
  const ticks = Array.from({ length: arrowsASide }, (_, i) => (reach * (i - middle)) / (middle + 1 / 4));
  return ticks.flatMap((x) => ticks.map((y): Place => [x, y]));
}

/** The arrows of a surface's gradient, or of its negative, on a canvas to draw more on. */
export function field(surface: Surface, reach: number, columns: number, sign: 1 | -1): Canvas {
  const range = [-reach, reach] as const;
  const canvas = new Canvas(Math.min(columns, fieldColumns), fieldRows, range, range);
  for (const { place, gradient } of gradientField(surface, fieldPlaces(reach))) {
    canvas.text(...place, arrow([sign * gradient[0], sign * gradient[1]]), pc.dim);
  }
  return canvas;
}
