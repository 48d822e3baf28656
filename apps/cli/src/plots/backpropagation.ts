import type { Backpropagation } from "@dlcc/course";
import { arrow, rect, text } from "@observablehq/plot";
import { figure } from "./figure.ts";
import { colors } from "./theme.ts";

const below = (name: string, l: number): string => `${name}${"₀₁₂₃₄₅₆₇₈₉"[l] ?? l}`;

const three = (numbers: readonly number[]): string => numbers.map((v) => v.toFixed(3)).join("\n");

/** A box of the picture. */
interface Box {
  readonly l: number;
  readonly row: number;
  readonly title: string;
  readonly body: string;
}

/** Forward along the top, each stored u_l; back along the bottom, each buffer. */
export function backpropagationPlot({ u, backward }: Backpropagation): string {
  const L = u.length - 1;
  const kind = (l: number): string => backward.find((step) => step.l === l)?.kind ?? "x";
  const stored = u.map((values, l): Box => ({ l, row: 2, title: l === L ? "C" : below("u", l), body: three(values) }));
  const buffers = [
    ...backward.map(({ l, buffer }): Box => ({ l, row: 1, title: below("∂C/∂u", l), body: three(buffer) })),
    { l: 0, row: 1, title: below("∂C/∂u", 0), body: three(backward.at(-1)?.next.map(({ value }) => value) ?? []) },
  ];
  const gradients = backward
    .filter((step) => step.gradients.length > 0)
    .map(
      ({ l, gradients: sums }): Box => ({
        l,
        row: 0,
        title: below("∂C/∂θ", l),
        body: three(sums.map(({ value }) => value)),
      }),
    );
  const boxes = (list: readonly Box[], stroke: string) => [
    rect(list, {
      x1: ({ l }) => l - 0.36,
      x2: ({ l }) => l + 0.36,
      y1: ({ row }) => (row === 0 ? -0.95 : row - 0.33),
      y2: ({ row }) => row + 0.33,
      stroke,
      strokeWidth: 1.5,
      fill: stroke,
      fillOpacity: 0.08,
      rx: 5,
    }),
    text(list, { x: "l", y: ({ row }) => row + 0.22, text: "title", fontWeight: 600, fill: stroke }),
    text(list, {
      x: "l",
      y: ({ row }) => row + 0.1,
      lineAnchor: "top",
      text: "body",
      fill: colors.ink,
      lineHeight: 1.15,
    }),
  ];
  const ways = Array.from({ length: L }, (_, i) => i + 1);
  return figure("Backpropagation: each u stored going forward, each buffer going back, and the gradients", [
    [
      {
        heading: "forward: u (blue). Backward: the buffer (orange), and ∂C/∂θ (green)",
        height: 500,
        margin: 4,
        x: { axis: null, domain: [-0.5, L + 0.5] },
        y: { axis: null, domain: [-1.05, 2.55] },
        marks: [
          arrow(ways, {
            x1: (l: number) => l - 0.63,
            x2: (l: number) => l - 0.37,
            y: 2,
            stroke: colors.blue,
            headLength: 6,
          }),
          arrow(ways, {
            x1: (l: number) => l - 0.37,
            x2: (l: number) => l - 0.63,
            y: 1,
            stroke: colors.orange,
            headLength: 6,
          }),
          arrow(gradients, { x: "l", y1: 0.66, y2: 0.34, stroke: colors.green, headLength: 6 }),
          text(ways, { x: (l: number) => l, y: 2.42, text: (l: number) => kind(l), fill: colors.muted }),
          ...boxes(stored, colors.blue),
          ...boxes(buffers, colors.orange),
          ...boxes(gradients, colors.green),
        ],
      },
    ],
  ]);
}
