/** The figures of the guide on pictures: docs/results/pictures.json. */
import { readFileSync } from "node:fs";

interface Results {
  /** How many pictures of each kind there are. */
  readonly of: number;
  /** How many of them are read rightly: with one background and one threshold for a whole picture, and now. */
  readonly kinds: Readonly<Record<string, { readonly before: number; readonly after: number }>>;
  /** Of MNIST's 10,000 test digits, prepared. */
  readonly raw: { readonly before: number; readonly after: number };
  /** The shares of guesses that are not sure: of wrong ones, right ones, and those about what is no digit. */
  readonly doubt: {
    /** How many there are of pictures of the hard kinds, of test digits themselves, and of something else. */
    readonly pictures: number;
    readonly digits: number;
    readonly others: number;
    readonly shares: { readonly wrong: number; readonly right: number; readonly others: number };
  };
}

export const results = JSON.parse(
  readFileSync(new URL("../../../../docs/results/pictures.json", import.meta.url), "utf8"),
) as Results;
