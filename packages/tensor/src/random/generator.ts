import { ArgumentError } from "../errors.ts";
import { philox } from "./philox.ts";

/** The source of repeatable random choices: a whole number, or a generator, which continues its sequence. */
export type Seed = number | Generator;

/**
 * A stream of random numbers that a seed determines, the same in every engine: whole-number arithmetic, + − × ÷ and √
 * alone. Counter-based, so it can be set to any place at once.
 *
 * @example
 * ```ts
 * import { Generator, integer } from "@dlcc/tensor";
 *
 * const dice = new Generator(1);
 * const again = new Generator(1);
 * console.log(integer(dice, 6) === integer(again, 6)); // → true
 * ```
 */
export class Generator {
  /** The seed that it was made with. */
  readonly seed: number;
  /** Which of the seed's independent streams this is. */
  readonly stream: number;
  readonly #key: Uint32Array;
  /** The number of the next block, in two words, and that of the stream. */
  readonly #counter: Uint32Array;
  readonly #block: Uint32Array = new Uint32Array(4);
  /** How many words of the block have been taken. */
  #taken = 4;

  /**
   * @param seed A whole number from 0 to 2⁵³ − 1.
   * @param stream A whole number from 0 to 2⁵³ − 1: one seed gives as many streams as are asked for, such as one for
   * each epoch. Default: 0.
   */
  constructor(seed: number, stream = 0) {
    for (const [name, value] of Object.entries({ seed, stream })) {
      if (!Number.isSafeInteger(value) || value < 0) {
        throw new ArgumentError(`Generator: the ${name} must be a whole number from 0 to 2^53 - 1, got ${value}`);
      }
    }
    this.seed = seed;
    this.stream = stream;
    this.#key = Uint32Array.of(seed >>> 0, Math.floor(seed / 2 ** 32));
    this.#counter = Uint32Array.of(0, 0, stream >>> 0, Math.floor(stream / 2 ** 32));
  }

  /** 32 random bits, as a whole number from 0. */
  bits(): number {
    if (this.#taken === 4) {
      philox(this.#counter, this.#key, this.#block);
      // The sum, before the element cuts it to 32 bits.
      if (++(this.#counter[0] as number) === 2 ** 32) ++(this.#counter[1] as number);
      this.#taken = 0;
    }
    return this.#block[this.#taken++] as number;
  }

  /** Uniform in [0, 1), in steps of 2⁻⁵³. */
  uniform(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }
}

/**
 * The generator of a seed. Without a seed, a new one that can't be repeated.
 *
 * @example
 * ```ts
 * import { Generator, generatorOf } from "@dlcc/tensor";
 * const dice = new Generator(1);
 * console.log(generatorOf(dice) === dice, generatorOf(7).seed); // → true 7
 * ```
 */
export function generatorOf(seed: Seed | undefined): Generator {
  if (seed instanceof Generator) return seed;
  return new Generator(seed ?? Math.floor(Math.random() * 2 ** 53));
}
