import pc from "picocolors";

/** How often each digit (row) was taken for each (column). */
export type Confusion = readonly (readonly number[])[];

/** Counts pairs of true labels and guesses. */
export function countConfusion(labels: ArrayLike<number>, guesses: ArrayLike<number>, classes: number): number[][] {
  const counts = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let i = 0; i < labels.length; i++) {
    const row = counts[labels[i] as number] as number[];
    const guess = guesses[i] as number;
    row[guess] = (row[guess] ?? 0) + 1;
  }
  return counts;
}

/** A confusion table: what was right is green, what was wrong stands out, nothing is a dot. */
export function confusionTable(confusion: Confusion): string {
  const width = Math.max(2, ...confusion.flat().map((count) => String(count).length)) + 1;
  const cell = (text: string | number): string => String(text).padStart(width);
  const heading = `${pc.dim("true ╲ guess")}${confusion.map((_, guess) => pc.bold(cell(guess))).join("")}${pc.dim("   right")}`;
  const rows = confusion.map((counts, label) => {
    const total = counts.reduce((a, b) => a + b, 0);
    const cells = counts.map((count, guess) => {
      if (count === 0) return pc.dim(cell("·"));
      if (guess === label) return pc.green(cell(count));
      return count >= total / 100 ? pc.red(cell(count)) : pc.yellow(cell(count));
    });
    const right = total === 0 ? "" : `${((100 * (counts[label] ?? 0)) / total).toFixed(1)} %`;
    return `${pc.bold(String(label).padStart(12))}${cells.join("")}${right.padStart(8)}`;
  });
  return [heading, ...rows].join("\n");
}
