import { type Descent, type Seen, type Valley, type ValleyOptions, valley } from "@dlcc/course";
import { dot, line, type Markish } from "@observablehq/plot";
import { extent, figure, type Panel, panelWidthOf } from "./figure.ts";
import type { LandscapeData } from "./gradient-descent.ts";
import { colors } from "./theme.ts";

/** A valley, and the descents in it. */
export interface ValleyData extends Pick<LandscapeData, "surface">, Pick<ValleyOptions, "floor" | "rim"> {
  /** The descent with each learning rate. */
  readonly descents: readonly (Descent & {
    /** The learning rate. */
    readonly lr: number;
  })[];
}

/** The room around a valley. */
const margin = 12;

/** The slopes of the valley's side: faces between two rings and two spokes, the farthest first, so that near ones cover them. */
function ground({ rings }: Valley): Markish[] {
  const faces = rings.flatMap((ring, i) =>
    ring.map((corner, j) => {
      const next = (j + 1) % ring.length;
      // The innermost ring is the floor: its faces meet in its middle.
      const inner = rings[i - 1];
      const below = inner ? [inner[next] ?? corner, inner[j] ?? corner] : [middle(ring)];
      const corners = [corner, ring[next] ?? corner, ...below];
      return { corners, level: i, away: corners.reduce((sum, { away }) => sum + away, 0) / corners.length };
    }),
  );
  const points = faces
    .toSorted((a, b) => b.away - a.away)
    .flatMap(({ corners, level }, face) => corners.map(({ right, up }) => ({ right, up, level, face })));
  const outlines = rings.map((ring) => [...ring, ...ring.slice(0, 1)]);
  return [
    line(points, {
      x: "right",
      y: "up",
      z: "face",
      curve: "linear-closed",
      fill: colors.orange,
      fillOpacity: ({ level }: { level: number }) => 0.08 + (0.3 * level) / rings.length,
      stroke: "none",
    }),
    line(
      outlines.flatMap((ring, level) => ring.map(({ right, up }) => ({ right, up, level }))),
      { x: "right", y: "up", z: "level", stroke: colors.orange, strokeOpacity: 0.6, strokeWidth: 0.8 },
    ),
  ];
}

/** The middle of a ring. */
const middle = (ring: readonly Seen[]): Seen => {
  const mean = (of: (point: Seen) => number): number => ring.reduce((sum, point) => sum + of(point), 0) / ring.length;
  return { right: mean(({ right }) => right), up: mean(({ up }) => up), away: mean(({ away }) => away) };
};

/** The ball at the start, on its way, and where it is last. */
function ball({ ball: places, track }: Valley, steps: number): Markish[] {
  // One that has left over the rim has no end in the picture.
  const at = { x: "right", y: "up" } as const;
  return [
    line(track, { ...at, stroke: colors.purple, strokeWidth: 2 }),
    dot(places.slice(1), { ...at, fill: colors.purple, r: 3 }),
    dot(places.slice(0, 1), { ...at, stroke: colors.purple, strokeWidth: 2, fill: colors.paper, r: 6 }),
    dot(places.length > steps ? places.slice(-1) : [], { ...at, fill: colors.purple, stroke: colors.paper, r: 8 }),
  ];
}

/**
 * A convex surface as a valley, seen from the side, with the ball that rolls down in it: one panel for each descent.
 *
 * @returns A self-contained SVG.
 * @throws {RangeError} if the surface does not rise to the rim all around the floor.
 * @example
 * ```ts
 * import { bowl, descend } from "@dlcc/course";
 * import { valleyPlot } from "@dlcc/pictures";
 *
 * const surface = bowl();
 * const descent = descend(surface, { start: [2, 1], lr: 0.2, steps: 20 });
 * console.log(valleyPlot({ surface, rim: 4, descents: [{ ...descent, lr: 0.2 }] }).startsWith("<svg")); // → true
 * ```
 */
export function valleyPlot({ surface, descents, ...shown }: ValleyData): string {
  const columns = descents.length > 1 ? 2 : 1;
  const panels = descents.map(({ lr, path, outcome }): Panel => {
    const seen = valley(surface, path, shown);
    const corners = seen.rings.flat();
    const [left, right] = extent(corners.map((point) => point.right));
    const [low, high] = extent(corners.map(({ up }) => up));
    return {
      heading: `η = ${lr}: ${outcome} after ${path.length - 1} steps`,
      // One scale for both directions.
      height: 2 * margin + ((panelWidthOf(columns) - 2 * margin) * (high - low)) / (right - left),
      margin,
      x: { domain: [left, right], axis: null },
      y: { domain: [low, high], axis: null },
      marks: [...ground(seen), ...ball(seen, path.length - 1)],
    };
  });
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    panels.slice(row * columns, (row + 1) * columns),
  );
  return figure("The surface as a valley, seen from the side, and a ball that rolls to its bottom", rows, {
    columns,
    caption: [
      "Ring: the ball at the start. Dots: after each step.",
      "Large dot: at the end, if it is still in the valley.",
    ],
  });
}
