/** The first layer's weights as they were at some of a run's steps, so that a slider can go back to them. */

/** As many as are kept: when they are full, every second one goes. */
const most = 40;

interface Shot {
  readonly step: number;
  /** Bytes from -127 to 127, as a share of the largest of each unit. */
  readonly values: Int8Array;
}

export class WeightsOverTime {
  readonly shots: readonly Shot[];
  /** How many units there are. */
  readonly count: number;
  /** A shot that is nearer to the one before takes its place. */
  readonly #apart: number;

  constructor(shots: readonly Shot[] = [], count = 0, apart = 1) {
    this.shots = shots;
    this.count = count;
    this.#apart = apart;
  }

  /** How many weights a unit has: 784, or those of a kernel. */
  get each(): number {
    return (this.shots.at(-1)?.values.length ?? 0) / Math.max(1, this.count);
  }

  /** With the weights of a step, those of one unit after the other. */
  add(step: number, images: Float32Array, count: number): WeightsOverTime {
    if (count === 0) return this;
    const before = this.shots.filter((shot) => shot.step < step);
    const [last, last2] = [before.at(-1), before.at(-2)];
    // The newest is always there, but only every so many steps one stays.
    if (last && last2 && last.step - last2.step < this.#apart) before.pop();
    const shots = [...before, { step, values: inBytes(images, images.length / count) }];
    if (shots.length <= most) return new WeightsOverTime(shots, count, this.#apart);
    const half = shots.filter((_, i) => i % 2 === 0 || i === shots.length - 1);
    const spread = ((half.at(-1)?.step ?? 0) - (half[0]?.step ?? 0)) / (most / 2);
    return new WeightsOverTime(half, count, Math.max(1, spread));
  }
}

function inBytes(images: Float32Array, each: number): Int8Array {
  const bytes = new Int8Array(images.length);
  for (let start = 0; start < images.length; start += each) {
    let largest = 1e-9;
    for (let i = start; i < start + each; i++) largest = Math.max(largest, Math.abs(images[i] ?? 0));
    for (let i = start; i < start + each; i++) bytes[i] = Math.round((127 * (images[i] ?? 0)) / largest);
  }
  return bytes;
}
