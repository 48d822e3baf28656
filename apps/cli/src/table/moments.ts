/** Mean and variance of numbers that come in blocks, in one pass. */

/** Of numbers so far. */
export class Moments {
  count = 0;
  mean = 0;
  /** `Σ (x − mean)²` */
  squares = 0;
  /** Whether all are the same. */
  constant = true;
  #first = Number.NaN;

  /**
   * Adds numbers: theirs in two passes, which is exact for one block, and joined with those before.
   * Source: Chan, Golub & LeVeque 1983, "Algorithms for computing the sample variance", equation 2.1.
   */
  add(numbers: Float64Array): void {
    if (numbers.length === 0) return;
    if (this.count === 0) this.#first = numbers[0] as number;
    this.constant &&= numbers.every((value) => value === this.#first);
    const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const squares = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    const count = this.count + numbers.length;
    const distance = mean - this.mean;
    this.squares += squares + (this.count === 0 ? 0 : (distance ** 2 * this.count * numbers.length) / count);
    this.mean = this.count === 0 ? mean : this.mean + (distance * numbers.length) / count;
    this.count = count;
  }

  get standardDeviation(): number {
    return Math.sqrt(this.squares / this.count);
  }
}
