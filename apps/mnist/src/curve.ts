/** The weight of a new value in the trend. */
const weight = 0.06;

/** A curve as plain data. */
export interface CurveState {
  readonly size: number;
  readonly steps: readonly number[];
  readonly values: readonly number[];
  readonly trend: readonly number[];
  readonly stride: number;
  readonly count: number;
  readonly mean: number;
}

/** The most points, where no other number is asked for. */
const usualSize = 1024;

/**
 * A curve with one value per step that never grows beyond its size: when it is full, neighbours become their mean, and each
 * point covers twice as many steps from then on. So a run of any length takes the same memory, and the same time to draw.
 */
export class Curve {
  /** The most points. */
  readonly size: number;
  /** The last step of each point, counted from 1. */
  readonly steps: number[];
  /** The mean of each point's steps. */
  readonly values: number[];
  /**
   * A running mean of all steps up to each point, which shows the trend behind the noise of minibatches: with w = 0.06,
   * Σ (1 − w)^(t − i) vᵢ / Σ (1 − w)^(t − i). The sum below corrects the bias of the first steps, as Adam does (Kingma and Ba, 2015).
   */
  readonly trend: number[];
  #stride: number;
  #count: number;
  #mean: number;

  /** An empty curve, or one that goes on where a state was taken. */
  constructor({ size = usualSize, steps = [], values = [], trend = [], ...rest }: Partial<CurveState> = {}) {
    this.size = size;
    this.steps = [...steps];
    this.values = [...values];
    this.trend = [...trend];
    this.#stride = rest.stride ?? 1;
    this.#count = rest.count ?? 0;
    this.#mean = rest.mean ?? 0;
  }

  state(): CurveState {
    const { size, steps, values, trend } = this;
    return { size, steps, values, trend, stride: this.#stride, count: this.#count, mean: this.#mean };
  }

  /** The number of values that were added. */
  get length(): number {
    return this.#count;
  }

  add(value: number): void {
    const within = this.#count % this.#stride;
    if (within === 0 && this.values.length === this.size) {
      this.#halve();
      this.add(value);
      return;
    }
    this.#mean += (value - this.#mean) * weight;
    this.#count++;
    const last = within === 0 ? this.values.length : this.values.length - 1;
    const before = within === 0 ? 0 : (this.values[last] ?? 0);
    this.steps[last] = this.#count;
    this.values[last] = before + (value - before) / (within + 1);
    this.trend[last] = this.#mean / this.#share();
  }

  /** How much of the running mean is values, and not the 0 that it began with: 1 − (1 − w)^t. */
  #share(): number {
    return 1 - (1 - weight) ** this.#count;
  }

  #halve(): void {
    const half = this.size / 2;
    for (let i = 0; i < half; i++) {
      const [left, right] = [2 * i, 2 * i + 1];
      this.values[i] = ((this.values[left] ?? 0) + (this.values[right] ?? 0)) / 2;
      this.steps[i] = this.steps[right] ?? 0;
      this.trend[i] = this.trend[right] ?? 0;
    }
    for (const list of [this.steps, this.values, this.trend]) list.length = half;
    this.#stride *= 2;
  }

  /** Removes all values after a step: the run continues from there. */
  cutAfter(step: number): void {
    if (step >= this.#count) return;
    const kept = Math.ceil(step / this.#stride);
    for (const list of [this.steps, this.values, this.trend]) list.length = kept;
    if (kept > 0) this.steps[kept - 1] = step;
    this.#count = step;
    this.#mean = (this.trend.at(-1) ?? 0) * this.#share();
  }
}
