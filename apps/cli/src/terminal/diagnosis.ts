/** A probe's findings in a network's layers, for people. */
import type { DivergenceWarning, LayerReport, LayerStatistics, LayerWarning } from "@dlcc/train";
import pc from "picocolors";
import { bar } from "./bars.ts";
import { wrapped } from "./figures.ts";

/** The options of `dlcc train` that follow the course's advice. */
const options: Readonly<Record<LayerWarning["kind"], string>> = {
  vanishing: "--activation relu --init he, or fewer layers in --hidden",
  exploding: "--init he or --init xavier, or a smaller --lr",
  dead: "a smaller --lr, or --init he",
  saturated: "--init xavier, or --activation relu",
  unscaled: "dlcc train csv, which standardizes, or a much smaller --lr",
  probabilities: "--loss cross-entropy",
};

/** The width of the text beside the indent. */
const room = 74;

/**
 * The first warning of each kind.
 *
 * @param earlier The kinds of earlier warnings; new ones are added.
 */
export function warningLines({ warnings }: LayerReport, earlier: Set<string>): string[] {
  const lines: string[] = [];
  for (const { kind, layer, found, advice } of warnings) {
    if (earlier.has(kind)) continue;
    earlier.add(kind);
    const others = warnings.filter((other) => other.kind === kind).length - 1;
    const more = others > 0 ? ` (${others} more such ${others === 1 ? "layer" : "layers"})` : "";
    const text = [`${layer}: ${found}${more};`, `${advice}.`, `Try ${options[kind]}`].join(" ");
    lines.push(...warned(`${kind} at ${text}`));
  }
  return lines;
}

/** A warning of the loss, with the options to try. The commands scale what they read: only an own scale may be another. */
export const divergenceLines = ({ kind, found, advice }: DivergenceWarning): string[] =>
  warned(`${kind}: ${found}${kind === "unscaled" ? `; ${advice}` : ""}. Try a smaller --lr`);

/** A warning in lines. */
const warned = (text: string): string[] =>
  wrapped(text.split(" "), " ", room).map((line, i) => (i === 0 ? pc.yellow(`! ${line}`) : `  ${line}`));

/** The powers of ten from an empty bar to a full one: a vanished gradient is that much smaller. */
const decades = 6;
const barWidth = 12;
const headings = ["layer", "activation", "gradient", "", "mean", "spread", "flat", "dead"];

/** The layers in a table. The bars are logarithmic, and the largest gradient's is full. */
export function diagnosisTable({ epoch, layers }: LayerReport): string[] {
  const largest = Math.max(...layers.map(({ gradient }) => gradient));
  const rows = layers.map((layer) => cellsOf(layer, largest));
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i < 4 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [
    pc.dim(`the layers in epoch ${epoch}: gradients (bars are logarithmic) and outputs`),
    pc.dim(line(headings)),
    ...rows.map(line),
  ];
}

function cellsOf(layer: LayerStatistics, largest: number): string[] {
  const { activation = "none", gradient, mean, standardDeviation, flat, dead } = layer;
  const share = (value: number): string => `${Math.round(100 * value)} %`;
  return [
    layer.layer,
    activation,
    gradient.toExponential(1),
    bar(1 + Math.log10(gradient / largest) / decades, barWidth).padEnd(barWidth),
    mean.toPrecision(2),
    standardDeviation.toPrecision(2),
    activation === "none" ? "" : share(flat),
    activation === "relu" ? share(dead) : "",
  ];
}
