/** The first layer's weights as they were at some of a run's steps, so that a slider can go back to them. */

/** As many as are kept: when they are full, every second one goes. */
const most = 40;
const pixels = 784;

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

  constructor(shots: readonly Shot[] = [], apart = 1) {
    this.shots = shots;
    this.count = (shots.at(-1)?.values.length ?? 0) / pixels;
    this.#apart = apart;
  }

  /** With the weights of a step, 784 numbers for each unit. */
  add(step: number, images: Float32Array): WeightsOverTime {
    const before = this.shots.filter((shot) => shot.step < step);
    const [last, last2] = [before.at(-1), before.at(-2)];
    // The newest is always there, but only every so many steps one stays.
    if (last && last2 && last.step - last2.step < this.#apart) before.pop();
    const shots = [...before, { step, values: inBytes(images) }];
    if (shots.length <= most) return new WeightsOverTime(shots, this.#apart);
    const half = shots.filter((_, i) => i % 2 === 0 || i === shots.length - 1);
    const spread = ((half.at(-1)?.step ?? 0) - (half[0]?.step ?? 0)) / (most / 2);
    return new WeightsOverTime(half, Math.max(1, spread));
  }
}

function inBytes(images: Float32Array): Int8Array {
  const bytes = new Int8Array(images.length);
  for (let start = 0; start < images.length; start += pixels) {
    let largest = 1e-9;
    for (let i = start; i < start + pixels; i++) largest = Math.max(largest, Math.abs(images[i] ?? 0));
    for (let i = start; i < start + pixels; i++) bytes[i] = Math.round((127 * (images[i] ?? 0)) / largest);
  }
  return bytes;
}
