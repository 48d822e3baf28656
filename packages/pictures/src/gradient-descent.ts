import { type Descent, gradientField, type Place, type Surface } from "@dlcc/course";
import { arrow, contour, dot, line, type Markish } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { colors } from "./theme.ts";

/** A surface around the origin. */
export interface LandscapeData {
  /** The surface. */
  readonly surface: Surface;
  /** The distance from the origin to each side of the picture. */
  readonly reach: number;
}

/** Grid points on each side: just enough for smooth contours. */
const fine = 45;
/** The ground extends beyond the picture and is clipped, because a contour has no smooth end at the border of the grid. */
const beyond = 1.1;
/** Arrows on each side. */
const coarse = 11;
/** The place of the outermost arrows, as a share of the way to the border: arrows that point outward end inside. */
const inset = 0.85;
/** The number of contours above 0, and of contours below. */
const levels = 7;

const grid = (count: number, reach: number): Place[] => {
  const ticks = Array.from({ length: count }, (_, i) => -reach + (2 * reach * i) / (count - 1));
  return ticks.flatMap((y) => ticks.map((x): Place => [x, y]));
};

/** High ground in orange, low ground in blue, darker further from 0. */
function ground({ surface, reach }: LandscapeData): Markish[] {
  const edge = beyond * reach;
  const places = gradientField(surface, grid(fine, edge));
  const values = places.map(({ value }) => value);
  const inside = places.filter(({ place }) => place.every((v) => Math.abs(v) <= reach));
  const most = Math.max(...inside.map(({ value }) => Math.abs(value)));
  const thresholds = Array.from({ length: levels }, (_, i) => ((i + 0.5) * most) / levels);
  return [
    { sign: 1, fill: colors.orange },
    { sign: -1, fill: colors.blue },
  ].map(({ sign, fill }) =>
    contour(
      values.map((value) => sign * value),
      {
        width: fine,
        height: fine,
        x1: -edge,
        y1: -edge,
        x2: edge,
        y2: edge,
        clip: true,
        value: (value: number) => value,
        thresholds,
        fill,
        fillOpacity: 0.13,
        stroke: fill,
        strokeOpacity: 0.4,
        strokeWidth: 0.5,
      },
    ),
  );
}

/** The length of the longest arrow: a little less than the distance between arrows. */
const spacing = (reach: number): number => (0.85 * (2 * reach * inset)) / (coarse - 1);

/** A place and its arrow, which is long enough to be seen whatever the slope. */
function own({ surface, reach }: LandscapeData, at: Place): Markish[] {
  const [here] = gradientField(surface, [at]);
  const steep = Math.hypot(...(here?.gradient ?? []));
  const shown = here && steep > 0 && at.every((v) => Math.abs(v) <= reach) ? [here] : [];
  const scale = (1.5 * spacing(reach)) / steep;
  return [
    arrow(shown, {
      x1: ({ place }) => place[0],
      y1: ({ place }) => place[1],
      x2: ({ place, gradient }) => place[0] + scale * gradient[0],
      y2: ({ place, gradient }) => place[1] + scale * gradient[1],
      stroke: colors.purple,
      strokeWidth: 3,
      headLength: 8,
    }),
    dot(here ? [here] : [], {
      x: ({ place }) => place[0],
      y: ({ place }) => place[1],
      stroke: colors.purple,
      strokeWidth: 2,
      fill: colors.paper,
      r: 5,
      clip: true,
    }),
  ];
}

/** Arrows along the gradient, or against it; the longest is as long as the distance between arrows. */
function field({ surface, reach }: LandscapeData, sign: 1 | -1): Markish {
  const points = gradientField(surface, grid(coarse, reach * inset));
  const longest = Math.max(...points.map(({ gradient }) => Math.hypot(...gradient)));
  const scale = (sign * spacing(reach)) / longest;
  return arrow(
    points.filter(({ gradient }) => Math.hypot(...gradient) > 0.02 * longest),
    {
      x1: ({ place }) => place[0],
      y1: ({ place }) => place[1],
      x2: ({ place, gradient }) => place[0] + scale * gradient[0],
      y2: ({ place, gradient }) => place[1] + scale * gradient[1],
      stroke: colors.ink,
      strokeWidth: 1.2,
      headLength: 5,
    },
  );
}

const square = (reach: number, size: number): Pick<Panel, "height" | "x" | "y" | "aspectRatio"> => ({
  height: size,
  x: { domain: [-reach, reach], label: "x", ticks: 5 },
  y: { domain: [-reach, reach], label: "y", ticks: 5 },
});

/** A surface, and a place on it. */
export interface FieldData extends LandscapeData {
  /** A place whose own arrow is drawn, if any. */
  readonly at?: Place;
}

/**
 * The course's picture of a gradient: arrows that point up the hill and out of the valley.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { hillAndValley } from "@dlcc/course";
 * import { gradientFieldPlot } from "@dlcc/pictures";
 *
 * console.log(gradientFieldPlot({ surface: hillAndValley, reach: 2 }).startsWith("<svg")); // → true
 * ```
 */
export function gradientFieldPlot({ at, ...landscape }: FieldData): string {
  return figure(
    "A surface and its gradient: arrows point to the steepest ascent",
    [
      [
        {
          heading: "∇f, the way of steepest ascent: uphill, and the longer the steeper",
          ...square(landscape.reach, 560),
          marks: [...ground(landscape), field(landscape, 1), ...(at ? own(landscape, at) : [])],
        },
      ],
    ],
    {
      caption: [
        ...(at ? [`Ring: (${at[0]}, ${at[1]}), and the thick arrow the way of its own gradient.`] : []),
        "Orange ground is high, blue is below 0; paler is nearer to 0.",
      ],
    },
  );
}

/** Descents, one for each learning rate. */
export interface DescentData extends LandscapeData {
  /** The descent with each learning rate. */
  readonly descents: readonly (Descent & {
    /** The learning rate. */
    readonly lr: number;
  })[];
}

/**
 * The paths of gradient descent over the ground, with the arrows of −∇C.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { bowl, descend } from "@dlcc/course";
 * import { descentPlot } from "@dlcc/pictures";
 *
 * const surface = bowl(4);
 * const descent = descend(surface, { start: [3, 2], lr: 0.1, steps: 20 });
 * console.log(descentPlot({ surface, reach: 4, descents: [{ ...descent, lr: 0.1 }] }).startsWith("<svg")); // → true
 * ```
 */
export function descentPlot({ surface, reach, descents }: DescentData): string {
  const columns = descents.length > 1 ? 2 : 1;
  const panels = descents.map(({ lr, path, outcome }): Panel => {
    // Points far outside are left out, because a path that diverges can't be drawn to its end.
    const inside = path.filter(({ place }) => place.every((v) => Math.abs(v) < 20 * reach));
    const shown = inside.filter(({ place }) => place.every((v) => Math.abs(v) <= reach));
    return {
      heading: `η = ${lr}: ${outcome} after ${path.length - 1} steps`,
      ...square(reach, columns === 1 ? 560 : 300),
      marks: [
        ...ground({ surface, reach }),
        field({ surface, reach }, -1),
        line(inside, {
          x: ({ place }) => place[0],
          y: ({ place }) => place[1],
          stroke: colors.purple,
          strokeWidth: 2,
          clip: true,
        }),
        dot(shown, { x: ({ place }) => place[0], y: ({ place }) => place[1], fill: colors.purple, r: 2.5 }),
        dot(path.slice(0, 1), {
          x: ({ place }) => place[0],
          y: ({ place }) => place[1],
          stroke: colors.purple,
          strokeWidth: 2,
          fill: colors.paper,
          r: 5,
        }),
        dot(
          path.slice(-1).filter(({ place }) => place.every((v) => Math.abs(v) <= reach)),
          {
            x: ({ place }) => place[0],
            y: ({ place }) => place[1],
            symbol: "square",
            stroke: colors.paper,
            fill: colors.purple,
            r: 6,
          },
        ),
      ],
    };
  });
  const rows = Array.from({ length: Math.ceil(panels.length / columns) }, (_, row) =>
    panels.slice(row * columns, (row + 1) * columns),
  );
  return figure("Gradient descent with each learning rate: the way from the start down", rows, {
    columns,
    caption: [
      "Ring: the start. Dots: the steps. Square: the end, where it is in the picture.",
      "Arrows: −∇C, the way down. Orange ground is high, blue is below 0; paler is nearer to 0.",
    ],
  });
}
