import { printable } from "@dlcc/tensor";
import pc from "picocolors";
import { largest, longest as longestOf } from "../largest.ts";

/** How often each true class (row) got each guess (column). */
export type Confusion = readonly (readonly number[])[];

/** Counts pairs of true labels and guesses. @param counts Where to add them. Default: to none. */
export function countConfusion(
  labels: ArrayLike<number>,
  guesses: ArrayLike<number>,
  classes: number,
  counts: number[][] = Array.from({ length: classes }, () => new Array<number>(classes).fill(0)),
): number[][] {
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i] as number] as number[];
    const guess = guesses[i] as number;
    row[guess] = (row[guess] ?? 0) + 1;
  }
  return counts;
}

/** The greatest widths of the names of classes, in front of a row and above a column. */
const [widestRow, widestColumn] = [20, 10];
/** The width of a table. */
const room = 78;

/** A text, shortened to a length. */
const shortened = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, Math.max(1, length - 1))}…` : text;

/**
 * A confusion table: right guesses are green, wrong ones stand out, zeros are dots. If there are too many classes for a
 * table, it shows how many of each class were right.
 *
 * @param classes The names of the classes. Default: 0, 1, and so on.
 */
export function confusionTable(
  confusion: Confusion,
  classes: readonly string[] = confusion.map((_, i) => `${i}`),
): string {
  const names = classes.map((name) => printable(name, widestRow));
  const digits = String(largest(confusion.map(largest))).length;
  const longest = longestOf(names);
  const first = Math.max("true ╲ guess".length, Math.min(widestRow, longest));
  const fits = Math.floor((room - first - "  100.0 %".length) / names.length) - 1;
  const wide = fits < digits ? 0 : Math.min(fits, Math.max(2, digits, Math.min(widestColumn, longest))) + 1;
  const cell = (text: string | number): string => shortened(String(text), wide - 1).padStart(wide);
  const columns = wide === 0 ? [] : names.map((_, guess) => guess);
  const corner = pc.dim("true ╲ guess".padEnd(first));
  const heading = `${corner}${columns.map((guess) => pc.bold(cell(names[guess] ?? ""))).join("")}${pc.dim("   right")}`;
  const rows = confusion.map((counts, label) => {
    const total = counts.reduce((a, b) => a + b, 0);
    const cells = columns.map((guess) => {
      const count = counts[guess] ?? 0;
      if (count === 0) return pc.dim(cell("·"));
      if (guess === label) return pc.green(cell(count));
      return count >= total / 100 ? pc.red(cell(count)) : pc.yellow(cell(count));
    });
    const right = total === 0 ? "" : `${((100 * (counts[label] ?? 0)) / total).toFixed(1)} %`;
    return `${pc.bold(shortened(names[label] ?? "", first).padStart(first))}${cells.join("")}${right.padStart(8)}`;
  });
  return [heading, ...rows].join("\n");
}
