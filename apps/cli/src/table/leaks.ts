/** Columns that say the target all by themselves: often it is in the table twice, under another name or in another unit. */
import type { Plan } from "./evidence.ts";
import { optionFor, shown } from "./names.ts";

/** On a line, for what is rounded, too: by more than this correlation. */
const line = 0.9999;
/** The most different values that are followed, and how often each occurs, on average: fewer may say the target by chance. */
const [mostValues, rowsPerValue] = [100, 5];
/** With fewer rows than this nothing is said. */
const fewestRows = 20;

/** Looks whether a column says the target. */
interface Suspect {
  /** A row's value, and the target's. */
  add(x: number, y: number): void;
  readonly says: boolean;
}

/** Numbers on a line with those of the target. */
class Line implements Suspect {
  #rows = 0;
  #first: readonly [x: number, y: number] = [0, 0];
  /** Sums of what is left when the first row is taken away: `Σx Σy Σx² Σy² Σxy`. */
  readonly #sums = [0, 0, 0, 0, 0] as [number, number, number, number, number];

  add(x: number, y: number): void {
    if (this.#rows++ === 0) this.#first = [x, y];
    const [dx, dy] = [x - this.#first[0], y - this.#first[1]];
    const sums = this.#sums;
    sums[0] += dx;
    sums[1] += dy;
    sums[2] += dx * dx;
    sums[3] += dy * dy;
    sums[4] += dx * dy;
  }

  /** By Pearson's correlation `Σ (x − x̄)(y − ȳ) / √(Σ (x − x̄)² Σ (y − ȳ)²)`. */
  get says(): boolean {
    const n = this.#rows;
    const [x, y, xx, yy, xy] = this.#sums;
    const correlation = (xy - (x * y) / n) / Math.sqrt((xx - (x * x) / n) * (yy - (y * y) / n));
    return n >= fewestRows && Math.abs(correlation) >= line;
  }
}

/** Values of which each has one class. */
class Code implements Suspect {
  readonly #classes = new Map<number, number>();
  #rows = 0;
  #isOpen = true;

  add(x: number, y: number): void {
    if (!this.#isOpen) return;
    this.#rows++;
    const known = this.#classes.get(x);
    if (known === undefined) this.#classes.set(x, y);
    this.#isOpen = (known === undefined || known === y) && this.#classes.size <= mostValues;
  }

  get says(): boolean {
    return this.#isOpen && this.#rows >= Math.max(fewestRows, rowsPerValue * this.#classes.size);
  }
}

/** Looks at all columns. */
export class Leaks {
  readonly #plans: readonly Plan[];
  readonly #target: Plan | undefined;
  readonly #suspects: readonly (Suspect | undefined)[];

  /** @param plans The columns; the target is the last. */
  constructor(plans: readonly Plan[]) {
    this.#plans = plans.slice(0, -1);
    this.#target = plans.at(-1);
    const ofNumbers = this.#target?.kind === "number";
    // What a single column says is all that can be learned.
    this.#suspects = this.#plans.map(({ kind }) => {
      if (this.#plans.length < 2) return undefined;
      if (!ofNumbers) return new Code();
      return kind === "number" ? new Line() : undefined;
    });
  }

  /** Looks at rows of a block of cells, in which the target is the last of each row; NaN is missing. */
  add(cells: Float64Array, rows: readonly number[]): void {
    const width = this.#plans.length + 1;
    this.#suspects.forEach((suspect, i) => {
      if (!suspect) return;
      for (const row of rows) {
        const x = cells[row * width + i] as number;
        if (!Number.isNaN(x)) suspect.add(x, cells[row * width + width - 1] as number);
      }
    });
  }

  /** What was found, for people. */
  notes(header: readonly string[]): string[] {
    return this.#plans.flatMap(({ name }, i) =>
      this.#suspects[i]?.says
        ? [
            `${shown(name)} alone says ${shown(this.#target?.name ?? "")} in all training rows: if it is the answer by another name, ${optionFor("--ignore", [name], header)}`,
          ]
        : [],
    );
  }
}
