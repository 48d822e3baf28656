import { ArgumentError, type Generator, generatorOf, needTensor, type Tensor, tidy, uniform } from "@dlcc/tensor";
import { type LayerConfig, Module } from "./module.ts";

/**
 * Leaves out each input with probability `p` while training, and scales the others by `1/(1 − p)`, so that their
 * expected value stays; in evaluation mode it does nothing. Source: Srivastava et al. 2014.
 *
 * Shapes: any, unchanged.
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
  /** The probability with which an input is left out. */
  readonly p: number;
  readonly #generator: Generator;

  /** @throws {ArgumentError} if `p` is not at least 0 and below 1. */
  constructor(p = 0.5, options: { readonly seed?: number } = {}) {
    super();
    if (!(p >= 0 && p < 1)) throw new ArgumentError(`Dropout: p = ${p} is no probability from 0 to below 1`);
    this.p = p;
    this.#generator = generatorOf(options.seed);
  }

  forward(x: Tensor): Tensor {
    needTensor("Dropout", x);
    if (!this.training || this.p === 0) return x.alias();
    return tidy(() => {
      const kept = uniform(x.shape, { seed: this.#generator, backend: x.backend }).less(1 - this.p);
      return x.mul(kept.cast(x.dtype)).mul(1 / (1 - this.p));
    });
  }

  override config(): LayerConfig {
    return { type: "Dropout", p: this.p };
  }

  /** Reads what `config` gave. */
  static fromConfig({ p }: LayerConfig): Dropout {
    return new Dropout(Number(p));
  }
}
