/** Finds the ink on paper: the paper's brightness is estimated at each place, so shadows don't count as ink. */
import { boxSum, close, like, noiseOf, type Plane, quantile, smooth, spreadBelow } from "./plane.ts";

/** The ink on each pixel. */
export interface Ink {
  /** The share of the paper's light that is missing: 0 is paper, about 1 black. */
  readonly sharp: Plane;
  /** The same, with less noise where there is much. */
  readonly smooth: Plane;
  /** The standard deviation of `smooth` on the paper. */
  readonly noise: number;
  /** The darkness of the darkest part of the ink, a frame's or a line's perhaps. */
  readonly contrast: number;
  /** The brightness of the paper, where it is the same everywhere: a drawing on a sheet of one colour. */
  readonly sheet?: number;
}

/** Below this share of light no paper is taken to be: it would be divided by. */
const darkest = 0.08;
/** Noise above this share of the contrast is smoothed. */
const tolerable = 0.08;
/** Windows that take out ink are wider than its strokes: this share of the shorter side to each side. */
const window = 1 / 4.5;

/** The paper is as bright as the border, where this share of the picture is, to within the second of its range of brightness. */
const [common, alike] = [1 / 3, 0.1];

/** The median along the border. */
function borderMedian({ values, width, height }: Plane): number {
  const border = values.filter((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  return quantile(border, 0.5);
}

/**
 * Whether the ink is lighter than its paper. Where the border and much of the picture are of one brightness, that is the
 * paper's. Else ink is what differs most from its surroundings, as there is less of it: the sign of the skewness.
 */
export function isLight(plane: Plane): boolean {
  const { values, width, height } = plane;
  const border = borderMedian(plane);
  const [lightest, darkest] = [quantile(values, 0.998), quantile(values, 0.002)];
  const near = values.reduce((sum, v) => sum + (Math.abs(v - border) <= alike * (lightest - darkest) ? 1 : 0), 0);
  const [above, below] = [lightest - border, border - darkest];
  if (near > common * values.length && Math.max(above, below) > 2 * Math.min(above, below)) return above > below;
  const radius = Math.ceil(Math.min(width, height) / 6);
  const sums = boxSum(plane, radius).values;
  const counts = boxSum(like(plane, new Float32Array(values.length).fill(1)), radius).values;
  return values.reduce((sum, v, i) => sum + (v - (sums[i] as number) / (counts[i] as number)) ** 3, 0) > 0;
}

/** The bins of a histogram. */
const bins = 256;

/**
 * Otsu's threshold among the numbers above `least`: it parts them into two groups whose variances are least.
 *
 * @returns The threshold, and the mean of the upper group. Source: N. Otsu, "A Threshold Selection Method from Gray-Level
 *   Histograms", 1979.
 */
export function otsu(values: Float32Array, least: number): { threshold: number; upper: number } {
  const most = values.reduce((a, b) => Math.max(a, b), least);
  if (most === least) return { threshold: least, upper: least };
  const [counts, sums] = [new Float64Array(bins), new Float64Array(bins)];
  let [count, sum] = [0, 0];
  for (const value of values) {
    if (!(value > least)) continue;
    const bin = Math.min(bins - 1, Math.floor(((value - least) / (most - least)) * bins));
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + value;
    count++;
    sum += value;
  }
  let [below, belowSum, best] = [0, 0, -1];
  let found = { threshold: least, upper: sum / count };
  for (let bin = 0; bin < bins - 1; bin++) {
    below += counts[bin] as number;
    belowSum += sums[bin] as number;
    const above = count - below;
    if (below === 0 || above === 0) continue;
    const upper = (sum - belowSum) / above;
    const between = below * above * (upper - belowSum / below) ** 2;
    if (between > best) {
      best = between;
      found = { threshold: least + ((bin + 1) / bins) * (most - least), upper };
    }
  }
  return found;
}

/** The plane, smoothed as often as its noise asks for, if its size allows that. */
function calm(plane: Plane): Plane {
  const most = Math.max(1, Math.floor(Math.min(plane.width, plane.height) / 40));
  let [found, noise] = [plane, noiseOf(plane)];
  const range = quantile(plane.values, 0.998) - quantile(plane.values, 0.002);
  const contrast = Math.max(0.05, range - 5 * noise);
  for (let i = 0; i < most && noise > tolerable * contrast; i++) {
    found = smooth(found);
    noise *= i === 0 ? 0.375 : Math.sqrt(i / (i + 1));
  }
  return found;
}

/** The ink of a picture on light paper. */
export function inkOf(plane: Plane): Ink {
  const { width, height } = plane;
  const still = calm(plane);
  const radius = Math.ceil(Math.min(width, height) * window);
  const paper = close(still, radius).values;
  const missing = (from: Plane): Plane =>
    like(
      plane,
      from.values.map((value, i) => {
        const light = Math.max(darkest, paper[i] as number);
        return (light - value) / light;
      }),
    );
  const [sharp, calmed] = [missing(plane), missing(still)];
  // On a sheet of one colour there is no light to be corrected. Noise on white paper ends at white: it looks like one, too.
  const [sheet = 1] = paper;
  if (noiseOf(plane) === 0 && paper.every((light) => light === sheet)) {
    return { sharp, smooth: calmed, noise: 0, contrast: otsu(calmed.values, 0.01).upper, sheet };
  }
  // Filling takes the brightest of the noise for paper, and at the edges it has no surroundings: the mean of what isn't ink corrects both.
  let middle = quantile(calmed.values, 0.5);
  let noise = spreadBelow(calmed.values, middle);
  for (const share of [0.35, 0.1]) {
    const { upper } = otsu(calmed.values, middle + 4 * noise + 0.01);
    const offset = meanOf(
      calmed,
      middle + Math.max(3 * noise, share * (upper - middle)),
      Math.ceil(Math.min(width, height) / 8),
      middle,
    );
    for (const { values } of [sharp, calmed]) {
      for (let i = 0; i < values.length; i++) values[i] = (values[i] as number) - (offset[i] as number);
    }
    middle = quantile(calmed.values, 0.5);
    noise = spreadBelow(calmed.values, middle);
  }
  const { upper: contrast } = otsu(calmed.values, 4 * noise + 0.01);
  return { sharp, smooth: calmed, noise, contrast };
}

/** The mean of the numbers up to a limit in the surroundings of each place; where there are none, another number. */
function meanOf(plane: Plane, limit: number, radius: number, none: number): Float32Array {
  const sums = boxSum(
    like(
      plane,
      plane.values.map((value) => (value <= limit ? value : 0)),
    ),
    radius,
  ).values;
  const counts = boxSum(
    like(
      plane,
      plane.values.map((value) => (value <= limit ? 1 : 0)),
    ),
    radius,
  ).values;
  return sums.map((sum, i) => ((counts[i] as number) > 0.5 ? sum / (counts[i] as number) : none));
}
