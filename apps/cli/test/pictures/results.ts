/** The figures of the guide on pictures: docs/results/pictures.json, which measure.js writes. */
import { readFileSync } from "node:fs";
import type { Counts } from "./reading.ts";

export interface Results {
  /** How many pictures of each kind there are. */
  readonly of: number;
  /** The commit whose figures stand before: it took one brightness for the paper of a whole picture, and one threshold. */
  readonly beforeCommit: string;
  /** How many of them are read rightly: then (null: not measured), and now. */
  readonly kinds: Readonly<Record<string, { readonly before: number | null; readonly after: number }>>;
  /** Of MNIST's 10,000 test digits, prepared. */
  readonly raw: { readonly before: number; readonly after: number };
  /** What isn't sure: measure.js takes digits that the threshold was not calibrated on. */
  readonly doubt: Counts & {
    /** From which surety a guess is sure, by the digits for calibration. */
    readonly calibrated: number;
    /** How many guesses were wrong. */
    readonly wrong: number;
    /** The shares of guesses that are not sure: of wrong ones, right ones, and those about what is no digit. */
    readonly shares: { readonly wrong: number; readonly right: number; readonly others: number };
  };
}

export const resultsFile: URL = new URL("../../../../docs/results/pictures.json", import.meta.url);

export const results = JSON.parse(readFileSync(resultsFile, "utf8")) as Results;
