/** The spread of a list of numbers: minimum, quartiles, maximum. */
export interface Spread {
  readonly min: number;
  readonly lowerQuartile: number;
  readonly median: number;
  readonly upperQuartile: number;
  readonly max: number;
}

/** Quantiles by linear interpolation, as NumPy's default. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("spreadOf: there are no values");
  const sorted = [...values].sort((p, q) => p - q);
  const quantile = (fraction: number): number => {
    const position = fraction * (sorted.length - 1);
    const below = sorted[Math.floor(position)] as number;
    const above = sorted[Math.ceil(position)] as number;
    return below + (above - below) * (position - Math.floor(position));
  };
  return {
    min: quantile(0),
    lowerQuartile: quantile(0.25),
    median: quantile(0.5),
    upperQuartile: quantile(0.75),
    max: quantile(1),
  };
}
