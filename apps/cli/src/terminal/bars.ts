/** Bars of block characters, to an eighth of a character: they are readable without colour. */
import { printable } from "@dlcc/tensor";
import { longest } from "../largest.ts";

/** From an eighth to seven eighths of a block. */
const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar that is full at 1. Values below 0 give an empty bar, values above 1 a full one. */
export function bar(share: number, width: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, Number.isNaN(share) ? 0 : share)) * width * 8);
  return `${"█".repeat(Math.floor(steps / 8))}${eighths[steps % 8]}`;
}

/** The greatest width of a bar: wider ones are no easier to read. */
const widest = 40;
/** The width beside the bars: spaces, a figure such as `100.0 %`, and the mark. */
const beside = 12;

/** The greatest width of a name. */
const widestName = 40;

/** One line for each name: its bar, its share, and a mark at the guess. */
export function bars(names: readonly string[], shares: readonly number[], guess: number, columns: number): string[] {
  const shown = names.map((name) => printable(name, widestName));
  const nameWidth = longest(shown);
  const width = Math.max(1, Math.min(widest, columns - nameWidth - beside));
  return shown.map((name, i) => {
    const share = shares[i] ?? Number.NaN;
    const figure = `${(100 * share).toFixed(1)} %`.padStart(7);
    return `${name.padStart(nameWidth)} ${bar(share, width).padEnd(width)} ${figure}${i === guess ? " ◀" : ""}`;
  });
}
