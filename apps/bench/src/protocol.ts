/**
 * What the parent and the contenders say to each other: one JSON object a line, on the child's stdin and stdout. The
 * child says hello; then it gives one answer to each request, and does nothing in between.
 */
import type { Case } from "./cases.ts";

/** The first line of a contender. */
export interface Hello {
  /** Of the library, and whatever else decides its speed. */
  readonly version: string;
}

/** Build the arrays of a case, and do it once: a product, or the steps up to the checked one. */
export interface PrepareRequest {
  readonly do: "prepare";
  readonly case: Case;
}

export interface Prepared {
  /** The checksum of the product, or the loss after the checked steps. */
  readonly check: number;
  /** How long one iteration took, cold. */
  readonly milliseconds: number;
  /** By how much the process's largest resident set has grown meanwhile, in bytes. */
  readonly resident: number;
}

/** Do the prepared case again and again for about so long, at least once. */
export interface MeasureRequest {
  readonly do: "measure";
  readonly milliseconds: number;
}

export interface Measured {
  /** Milliseconds an iteration, one number for each timed span. */
  readonly samples: readonly number[];
  /** What the last iteration of each span came to: the product's checksum, or the loss. */
  readonly values: readonly number[];
}

export interface Failed {
  readonly error: string;
}

export type Request = PrepareRequest | MeasureRequest;

/** A timed span has as many iterations as fit in this: then the one read at its end weighs little. */
export const sampleMilliseconds = 20;
