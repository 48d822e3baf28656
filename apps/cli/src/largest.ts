/** The extremes of as many numbers as there are: `Math.max(...values)` runs out of stack at some 100,000. */

/** The largest number; −∞ of none, NaN if there is one among them. */
export function largest(values: Iterable<number>): number {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) most = Math.max(most, value);
  return most;
}

/** The longest length. */
export function longest(texts: Iterable<{ readonly length: number }>): number {
  let most = 0;
  for (const { length } of texts) most = Math.max(most, length);
  return most;
}
