import type { LearnedKernels, Rows } from "@dlcc/course";
import { rect, text } from "@observablehq/plot";
import { figure, type Panel } from "./figure.ts";
import { drawn } from "./series.ts";
import { colors } from "./theme.ts";

/** A run of equal numbers in a row of an image: a rectangle. */
interface Strip {
  readonly x1: number;
  readonly x2: number;
  readonly y: number;
  /** From 0, which is not drawn, to 1. */
  readonly opacity: number;
  readonly negative: boolean;
}

/** Numbers are drawn in so many steps of opacity, so that neighbours are often equal. */
const steps = 6;

/** The strips of an image that begins at a column. */
function stripsOf(image: Rows, left: number, most: number): Strip[] {
  return image.flatMap((row, y) => {
    const strips: { x1: number; x2: number; level: number }[] = [];
    row.forEach((value, x) => {
      const level = Math.round((value / most) * steps) || 0;
      const last = strips.at(-1);
      if (last?.level === level) last.x2 = left + x + 1;
      else strips.push({ x1: left + x, x2: left + x + 1, level });
    });
    return strips
      .filter(({ level }) => level !== 0)
      .map(({ x1, x2, level }) => ({ x1, x2, y, opacity: Math.abs(level) / steps, negative: level < 0 }));
  });
}

const mostOf = (rows: Rows): number => Math.max(...rows.flat().map(Math.abs)) || 1;

/** The room of a figure's panel besides its margins, in pixels, and the margin. */
const [room, margin] = [608, 4];

/** Images beside each other, on a grid of squares. @param most The largest number of an image, which is drawn darkest. */
function tiles(
  heading: string,
  images: readonly Rows[],
  { gap, most, positive }: { readonly gap: number; readonly most: (image: Rows) => number; readonly positive: string },
): Panel {
  const side = images[0]?.length ?? 1;
  const across = images.length * (side + gap) - gap;
  // Few images are not drawn larger than six.
  const cells = Math.max(across, 6 * (side + gap) - gap);
  const lefts = images.map((_, i) => i * (side + gap));
  const strips = images.flatMap((image, i) => stripsOf(image, lefts[i] ?? 0, most(image)));
  const shape = { x1: "x1", x2: "x2", y1: "y", y2: ({ y }: Strip) => y + 1, fillOpacity: "opacity", inset: 0 } as const;
  return {
    heading,
    height: (side * room) / cells + 2 * margin,
    margin,
    x: { axis: null, domain: [0, cells] },
    y: { axis: null, domain: [side, 0] },
    opacity: { type: "identity" },
    marks: [
      rect(lefts, {
        x1: (left: number) => left,
        x2: (left: number) => left + side,
        y1: 0,
        y2: side,
        stroke: colors.grid,
      }),
      rect(
        strips.filter(({ negative }) => !negative),
        { ...shape, fill: positive },
      ),
      rect(
        strips.filter(({ negative }) => negative),
        { ...shape, fill: colors.blue },
      ),
    ],
  };
}

/** The accuracy of both networks by how far the digits are moved. */
function accuracyPanel({ moves, convolutional, dense }: LearnedKernels): Panel {
  const points = (accuracies: readonly number[]) => moves.map((x, i) => ({ x, y: accuracies[i] ?? Number.NaN }));
  const count = (parameters: number): string => parameters.toLocaleString("en-US");
  return {
    heading: "unseen digits that are read, by how far they are moved",
    height: 200,
    marginRight: 150,
    x: { label: "pixels to the right", ticks: [...moves], tickFormat: "d" },
    y: { label: null, grid: true, domain: [0, 1], ticks: 5, tickFormat: "%" },
    marks: [
      ...drawn(
        [
          { name: "kernels", stroke: colors.orange, points: points(convolutional.accuracies), shift: -8 },
          { name: "dense", stroke: colors.blue, dashes: "8 4", points: points(dense.accuracies), shift: -8 },
        ],
        true,
      ),
      ...[convolutional, dense].map(({ parameters, accuracies }) =>
        text(points(accuracies).slice(-1), {
          x: "x",
          y: "y",
          text: () => `${count(parameters)} parameters`,
          textAnchor: "start",
          dx: 6,
          dy: 7,
          fill: colors.muted,
        }),
      ),
    ],
  };
}

/**
 * The learned kernels, what they find in a digit, and what they are worth.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { kernelsPlot } from "@dlcc/pictures";
 *
 * const judged = { parameters: 12, accuracies: [1, 0.5] };
 * const learned = { kernels: [[[1, -1]]], image: [[0, 1, 0]], maps: [[[0, 1]]], moves: [0, 1], convolutional: judged, dense: judged };
 * console.log(kernelsPlot(learned).startsWith("<svg")); // → true
 * ```
 */
export function kernelsPlot(learned: LearnedKernels): string {
  const { kernels, image, maps } = learned;
  const all = Math.max(...maps.map(mostOf));
  const count = `${kernels.length} learned kernel${kernels.length === 1 ? "" : "s"}`;
  return figure(`A convolutional network: ${count}, what each finds in a digit, and how many digits are read`, [
    [
      tiles(`${count}: orange weighs for ink, blue against it`, kernels, {
        gap: 1,
        most: mostOf,
        positive: colors.orange,
      }),
    ],
    [
      tiles("what each finds in the digit below", maps, {
        gap: (maps[0]?.length ?? 5) / 5,
        most: () => all,
        positive: colors.ink,
      }),
    ],
    [tiles("the digit", [image], { gap: 4, most: mostOf, positive: colors.ink })],
    [accuracyPanel(learned)],
  ]);
}
