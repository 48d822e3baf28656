/** Divides the rows of a table, a block at a time, so that every class has its share in each part. */
import { Generator, permutation } from "@dlcc/tensor";

/** How many rows of each class are set aside, so that their share of all rows so far is right. */
export class Share {
  readonly #share: number;
  readonly #seen: number[];
  readonly #taken: number[];

  /** @param share From 0 to below 1. */
  constructor(share: number, classes: number) {
    this.#share = share;
    this.#seen = new Array<number>(classes).fill(0);
    this.#taken = new Array<number>(classes).fill(0);
  }

  /**
   * By the method of largest remainders. The last row of a class is never taken: there would be none to learn from.
   *
   * @param counts How many rows of each class come next.
   * @returns How many of them to set aside.
   */
  take(counts: readonly number[]): number[] {
    counts.forEach((count, i) => {
      this.#seen[i] = (this.#seen[i] ?? 0) + count;
    });
    const all = this.#seen.reduce((sum, count) => sum + count, 0);
    const [seen, taken] = [this.#seen, this.#taken];
    const quota = (i: number): number => this.#share * (seen[i] ?? 0);
    const room = (i: number): number =>
      Math.max(0, Math.min(counts[i] ?? 0, (seen[i] ?? 0) - (counts.length > 1 ? 1 : 0) - (taken[i] ?? 0)));
    const took = counts.map((_, i) => Math.min(room(i), Math.max(0, Math.floor(quota(i)) - (taken[i] ?? 0))));
    let left = Math.round(this.#share * all) - [...taken, ...took].reduce((sum, count) => sum + count, 0);
    const lacking = (i: number): number => quota(i) - (taken[i] ?? 0) - (took[i] ?? 0);
    const order = counts.map((_, i) => i).sort((a, b) => lacking(b) - lacking(a) || a - b);
    while (left > 0) {
      const before = left;
      for (const i of order) {
        if (left === 0 || (took[i] ?? 0) >= room(i)) continue;
        took[i] = (took[i] ?? 0) + 1;
        left--;
      }
      if (left === before) break; // No class has a row to spare.
    }
    took.forEach((count, i) => {
      taken[i] = (taken[i] ?? 0) + count;
    });
    return took;
  }
}

/** The parts of a table. */
export const parts = ["train", "validation", "test"] as const;
export type PartName = (typeof parts)[number];

/** Divides blocks of rows at random. */
export class Divider {
  readonly #test: Share;
  readonly #validation: Share;
  readonly #classes: number;
  readonly #seed: number;
  #blocks = 0;

  /**
   * @param test The share of the rows for the test.
   * @param validation The share of the others for validation.
   * @param classes How many there are; 1 for numbers.
   */
  constructor(test: number, validation: number, classes: number, seed: number) {
    this.#test = new Share(test, classes);
    this.#validation = new Share(validation, classes);
    this.#classes = classes;
    this.#seed = seed;
  }

  /** @param classes Of each row of the block. @returns The rows of each part. */
  divide(classes: ArrayLike<number>): Readonly<Record<PartName, readonly number[]>> {
    const count = new Array<number>(this.#classes).fill(0);
    for (let i = 0; i < classes.length; i++) count[classes[i] as number] = (count[classes[i] as number] ?? 0) + 1;
    const test = this.#test.take(count);
    const validation = this.#validation.take(count.map((n, i) => n - (test[i] ?? 0)));
    const found: Record<PartName, number[]> = { train: [], validation: [], test: [] };
    for (const row of permutation(new Generator(this.#seed, this.#blocks++), classes.length)) {
      const of = classes[row] as number;
      const part = [
        ["test", test],
        ["validation", validation],
      ].find(([, left]) => ((left as number[])[of] ?? 0) > 0);
      if (part) (part[1] as number[])[of] = ((part[1] as number[])[of] ?? 0) - 1;
      found[(part?.[0] ?? "train") as PartName].push(row);
    }
    return found;
  }
}
