import { type Backpropagation, sub } from "@dlcc/course";
import { arrow, rect, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { colors } from "./theme.ts";

const three = (value: number): string => value.toFixed(3).replace("-", "−");

/** A box of the picture. Heights are in lines of text. */
interface Box {
  /** The layer, which is its place from left to right. */
  readonly l: number;
  /** Where it begins, from the top. */
  readonly top: number;
  readonly title: string;
  readonly lines: readonly string[];
}

/** The pixels of a line of text, and the lines between one row of boxes and the next. */
const [linePixels, between] = [16, 2];
/** The height that a box needs besides its lines: the title, and some room. */
const frame = 2.4;
/** Half the width of a box, as a share of the distance between layers; boxes with symbols are wider. */
const [half, halfWithSymbols] = [0.36, 0.62];

const height = ({ lines }: Pick<Box, "lines">): number => frame + lines.length;
const tallest = (lists: readonly (readonly unknown[])[]): number => frame + Math.max(...lists.map((l) => l.length));

/**
 * Along the top, each stored u_l of the forward pass; below, each buffer of the backward pass, and its gradients.
 *
 * @returns A self-contained SVG.
 * @example
 * ```ts
 * import { backpropagate } from "@dlcc/course";
 * import { backpropagationPlot } from "@dlcc/pictures";
 *
 * const layers = [{ kind: "linear", weights: [[3]], biases: [0] }] as const;
 * const trace = backpropagate({ x: [2], y: [5], layers });
 * console.log(backpropagationPlot(trace).startsWith("<svg")); // → true
 * ```
 */
export function backpropagationPlot({ u, backward }: Backpropagation): string {
  const L = u.length - 1;
  const kind = (l: number): string => backward.find((step) => step.l === l)?.kind ?? "x";
  const arriving = [
    ...backward.map(({ l, buffer }) => ({ l, buffer })),
    { l: 0, buffer: backward.at(-1)?.next.map(({ value }) => value) ?? [] },
  ];
  // Below the names of the layers.
  const forwardTop = 1.5;
  const backTop = forwardTop + tallest(u) + between;
  const gradientTop = backTop + tallest(arriving.map(({ buffer }) => buffer)) + between;
  const stored = u.map(
    (values, l): Box => ({
      l,
      top: forwardTop,
      title: l === L ? "C" : sub("u", l),
      lines: values.map(three),
    }),
  );
  const buffers = arriving.map(
    ({ l, buffer }): Box => ({ l, top: backTop, title: sub("∂C/∂u", l), lines: buffer.map(three) }),
  );
  const gradients = backward
    .filter((step) => step.gradients.length > 0)
    .map(
      ({ l, gradients: sums }): Box => ({
        l,
        top: gradientTop,
        title: sub("∂C/∂θ", l),
        lines: sums.map(({ symbol, value }) => `${symbol.replace("∂C/∂", "")}  ${three(value)}`),
      }),
    );
  const bottom = gradientTop + Math.max(...gradients.map(height)) + 0.2;
  const boxes = (list: readonly Box[], stroke: string, reach = half) => [
    rect(list, {
      x1: ({ l }) => l - reach,
      x2: ({ l }) => l + reach,
      y1: "top",
      y2: (box) => box.top + height(box),
      stroke,
      strokeWidth: 1.5,
      fill: stroke,
      fillOpacity: 0.08,
      rx: 5,
    }),
    text(list, { x: "l", y: ({ top }) => top + 1, text: "title", fontWeight: 600, fill: stroke }),
    text(list, {
      x: "l",
      y: ({ top }) => top + 1.9,
      lineAnchor: "top",
      text: ({ lines }) => lines.join("\n"),
      fill: colors.ink,
      lineHeight: linePixels / 13,
    }),
  ];
  const ways = Array.from({ length: L }, (_, i) => i + 1);
  const level = (top: number): number => top + 1.7;
  return figure(
    "Backpropagation: each u stored going forward, each buffer going back, and the gradients",
    [
      [
        {
          heading: "forward (→) each output u; backward (←) each buffer, and from it the gradients (↓)",
          height: bottom * linePixels,
          margin: 4,
          x: { axis: null, domain: [-0.5, L + 0.5] },
          y: { axis: null, domain: [bottom, 0] },
          marks: [
            arrow(ways, {
              x1: (l: number) => l - 0.63,
              x2: (l: number) => l - 0.37,
              y: level(forwardTop),
              stroke: colors.blue,
              headLength: 6,
            }),
            arrow(ways, {
              x1: (l: number) => l - 0.37,
              x2: (l: number) => l - 0.63,
              y: level(backTop),
              stroke: colors.orange,
              headLength: 6,
            }),
            arrow(gradients, {
              x: "l",
              y1: ({ l }) => backTop + height(buffers.find((box) => box.l === l) ?? { lines: [] }) + 0.1,
              y2: gradientTop - 0.1,
              stroke: colors.green,
              headLength: 6,
            }),
            text([0, ...ways], { x: (l: number) => l, y: 0.8, text: kind, fill: colors.muted }),
            ...boxes(stored, colors.blue),
            ...boxes(buffers, colors.orange),
            ...boxes(gradients, colors.green, halfWithSymbols),
          ],
        },
      ],
    ],
    {
      caption: ["Blue: u, as stored. Orange: the buffer, ∂C/∂u. Green: ∂C/∂θ of the layers with parameters."],
    },
  );
}
