/** The surfaces to descend on, and their contour lines. */
import { bowl, gradientField, hillAndValley, type Place, type Surface, type SurfacePoint } from "@dlcc/course";
import { type ContourMultiPolygon, contours } from "d3-contour";

/** The steepness of the bowl in y: a learning rate from 2/4 on is too large. */
const steepness = 4;

export interface Landscape {
  readonly surface: Surface;
  readonly formula: string;
  readonly start: Place;
  /** The middle of the picture. Default: the origin. */
  readonly centre?: Place;
  /** The distance from there to each side of the picture. */
  readonly reach: readonly [x: number, y: number];
  readonly rates: { readonly small: number; readonly right: number; readonly large: number };
}

export const landscapes = {
  bowl: {
    surface: bowl(steepness),
    formula: "½(x² + 4y²)",
    start: [3, 1.6],
    reach: [4, 3],
    rates: { small: 0.02, right: 0.3, large: 0.55 },
  },
  valley: {
    surface: hillAndValley,
    formula: "x·exp(−(x² + y²))",
    start: [-0.2, 0.8],
    reach: [2, 1.5],
    rates: { small: 0.05, right: 0.5, large: 6 },
  },
} as const satisfies Readonly<Record<string, Landscape>>;

export type LandscapeName = keyof typeof landscapes;

const columns = 97;
const rows = 73;
const levels = 14;

/** Contour lines in units of the grid, with a function that converts those into places. */
export interface Contours {
  readonly lines: readonly ContourMultiPolygon[];
  readonly placeOf: (column: number, row: number) => Place;
}

export function contoursOf({
  surface,
  centre: [x, y] = [0, 0],
  reach: [right, top],
}: Pick<Landscape, "surface" | "centre" | "reach">): Contours {
  // d3's grid points are the middles of its cells.
  const placeOf = (column: number, row: number): Place => [
    x + right * ((2 * (column - 0.5)) / (columns - 1) - 1),
    y + top * ((2 * (row - 0.5)) / (rows - 1) - 1),
  ];
  const places = Array.from({ length: columns * rows }, (_, i) =>
    placeOf((i % columns) + 0.5, Math.floor(i / columns) + 0.5),
  );
  const values = gradientField(surface, places).map(({ value }) => value);
  return { lines: contours().size([columns, rows]).thresholds(levels)(values), placeOf };
}

/** The gradient on a coarse grid, for arrows. */
export function fieldOf({ surface, reach: [right, top] }: Landscape): SurfacePoint[] {
  const [across, up] = [13, 9];
  return gradientField(
    surface,
    Array.from(
      { length: across * up },
      (_, i): Place => [
        right * 0.93 * ((2 * (i % across)) / (across - 1) - 1),
        top * 0.9 * ((2 * Math.floor(i / across)) / (up - 1) - 1),
      ],
    ),
  );
}
