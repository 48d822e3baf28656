/** A plane of numbers, and the filters that find a digit in a picture. */

/** Numbers row by row from the top. */
export interface Plane {
  readonly values: Float32Array;
  readonly width: number;
  readonly height: number;
}

/** A plane of the same size. */
export const like = ({ width, height }: Plane, values: Float32Array): Plane => ({ values, width, height });

/** Rows become columns. */
export function transposed({ values, width, height }: Plane): Plane {
  const out = new Float32Array(values.length);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) out[column * height + row] = values[row * width + column] as number;
  }
  return { values: out, width: height, height: width };
}

/** A filter of rows, applied to rows and columns. */
const separable = (plane: Plane, rows: (plane: Plane) => Plane): Plane => transposed(rows(transposed(rows(plane))));

/** The binomial filter 1 2 1 in both directions: noise of one pixel becomes 0.375 of it. At the edges pixels are repeated. */
export const smooth = (plane: Plane): Plane =>
  separable(plane, ({ values, width, height }) => {
    const out = new Float32Array(values.length);
    for (let start = 0; start < values.length; start += width) {
      for (let column = 0; column < width; column++) {
        const left = values[start + Math.max(0, column - 1)] as number;
        const right = values[start + Math.min(width - 1, column + 1)] as number;
        out[start + column] = (left + 2 * (values[start + column] as number) + right) / 4;
      }
    }
    return { values: out, width, height };
  });

/** The sum over a square of `2 radius + 1` pixels, as far as it is within the plane. */
export const boxSum = (plane: Plane, radius: number): Plane =>
  separable(plane, ({ values, width, height }) => {
    const out = new Float32Array(values.length);
    for (let start = 0; start < values.length; start += width) {
      let sum = 0;
      for (let column = -radius; column < width; column++) {
        if (column + radius < width) sum += values[start + column + radius] as number;
        if (column > radius) sum -= values[start + column - radius - 1] as number;
        if (column >= 0) out[start + column] = sum;
      }
    }
    return { values: out, width, height };
  });

/** The greatest of a square of `2 radius + 1` pixels, as far as it is within the plane; with `sign` −1 the least. */
function greatest(plane: Plane, radius: number, sign: 1 | -1): Plane {
  return separable(plane, ({ values, width, height }) => {
    const out = new Float32Array(values.length);
    const line = new Float32Array(width + 2 * radius);
    for (let start = 0; start < values.length; start += width) {
      line.fill(Number.NEGATIVE_INFINITY);
      for (let column = 0; column < width; column++) line[column + radius] = sign * (values[start + column] as number);
      // Spans of 1, 2, 4, … pixels, as long as they fit: two of the last cover the square's side.
      let span = 1;
      for (; 2 * span <= 2 * radius + 1; span *= 2) {
        for (let i = 0; i + span < line.length; i++) {
          if ((line[i + span] as number) > (line[i] as number)) line[i] = line[i + span] as number;
        }
      }
      const rest = 2 * radius + 1 - span;
      for (let i = 0; i < width; i++) out[start + i] = sign * Math.max(line[i] as number, line[i + rest] as number);
    }
    return { values: out, width, height };
  });
}

/** Fills what is dark and narrower than `2 radius + 1` pixels: the morphological closing. Slopes and steps stay. */
export const close = (plane: Plane, radius: number): Plane => greatest(greatest(plane, radius, 1), radius, -1);

/** A quantile of numbers: 0.5 is the median. Source: C. A. R. Hoare, "Algorithm 65: find", 1961. */
export function quantile(values: Float32Array, share: number): number {
  const rest = values.slice();
  const wanted = Math.min(rest.length - 1, Math.floor(share * rest.length));
  for (let [low, high] = [0, rest.length - 1]; low < high; ) {
    const pivot = rest[(low + high) >> 1] as number;
    let [i, j] = [low, high];
    while (i <= j) {
      while ((rest[i] as number) < pivot) i++;
      while ((rest[j] as number) > pivot) j--;
      if (i > j) break;
      const value = rest[i] as number;
      rest[i++] = rest[j] as number;
      rest[j--] = value;
    }
    if (wanted <= j) high = j;
    else if (wanted >= i) low = i;
    else break;
  }
  return rest[wanted] ?? 0;
}

/** The factor from the median of the sizes of normal numbers to their standard deviation. */
const fromMedian = 1.4826;

/**
 * The standard deviation of the noise of each pixel, from the median of the second differences, which lines of ink hardly
 * change. Source: J. Immerkær, "Fast Noise Variance Estimation", 1996; with the median in place of the mean.
 */
export function noiseOf({ values, width, height }: Plane): number {
  if (width < 3 || height < 3) return 0;
  const found = new Float32Array((width - 2) * (height - 2));
  let at = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const i = row * width + column;
      const across = (j: number): number =>
        (values[j - 1] as number) - 2 * (values[j] as number) + (values[j + 1] as number);
      found[at++] = Math.abs(across(i - width) - 2 * across(i) + across(i + width));
    }
  }
  // The weights' squares sum to 36.
  return (fromMedian * quantile(found, 0.5)) / 6;
}

/** The standard deviation of the numbers around their median, from those below it: ink is above. */
export function spreadBelow(values: Float32Array, median: number): number {
  const below = values.filter((value) => value < median);
  return fromMedian * (median - quantile(below, 0.5));
}
