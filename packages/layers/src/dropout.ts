import {
  ArgumentError,
  alias,
  assertTensor,
  Generator,
  generatorOf,
  type Tensor,
  tensor,
  tidy,
  uniform,
  unrecorded,
} from "@dlcc/tensor";
import { Buffer } from "./buffer.ts";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Sets each input to 0 with probability `p` while training, and scales the others by `1/(1 − p)`, so that their expected
 * value stays the same. In evaluation mode it does nothing. Source: Srivastava et al. 2014.
 *
 * Shapes: any, unchanged.
 *
 * Its place in the random stream is a buffer: a saved and loaded model continues with the same masks.
 *
 * @example
 * ```ts
 * import { Dropout } from "@dlcc/layers";
 * import { max, ones } from "@dlcc/tensor";
 *
 * const dropout = new Dropout(0.5, { seed: 1 });
 * console.log(await dropout.eval().forward(ones([4])).array()); // → [ 1, 1, 1, 1 ]
 * console.log(await max(dropout.train().forward(ones([1000]))).item()); // → 2
 * ```
 */
export class Dropout extends Module {
  /** The probability with which an input is set to 0. */
  readonly p: number;
  /**
   * `int32 [3]`: the lower 32 bits of the seed, the upper ones, and how many masks have been drawn. Each mask has its own
   * stream of the seed, so the next mask depends on these three numbers alone.
   */
  readonly stream: Buffer;

  /** @throws {ArgumentError} if `p` is not at least 0 and below 1. */
  constructor(p = 0.5, options: { readonly seed?: number } = {}) {
    super();
    if (!(p >= 0 && p < 1)) throw new ArgumentError(`Dropout: p must be a number from 0 to below 1, got ${p}`);
    this.p = p;
    const { seed } = generatorOf(options.seed);
    const state = Int32Array.of(seed, Math.floor(seed / 2 ** 32), 0);
    this.stream = tidy(() => new Buffer("stream", tensor(state), { host: true }));
  }

  forward(x: Tensor): Tensor {
    assertTensor("Dropout", x);
    if (!this.training || this.p === 0) return alias(x);
    return tidy(() => {
      const kept = uniform(x.shape, { seed: this.#nextGenerator(), backend: x.backend }).less(1 - this.p);
      return x.mul(kept.cast(x.dtype)).mul(1 / (1 - this.p));
    });
  }

  /** The generator of the next mask; counts the mask as drawn. */
  #nextGenerator(): Generator {
    const [low = 0, high = 0, drawn = 0] = this.stream.peek().dataSync();
    unrecorded(() =>
      tidy(() => {
        this.stream.value = tensor(Int32Array.of(low, high, drawn + 1));
      }),
    );
    return new Generator((low >>> 0) + high * 2 ** 32, drawn >>> 0);
  }

  override config(): LayerConfig {
    return { type: "Dropout", p: this.p };
  }

  /** The layer that a config describes. */
  static fromConfig({ p }: LayerConfig): Dropout {
    return new Dropout(Number(p));
  }
}
