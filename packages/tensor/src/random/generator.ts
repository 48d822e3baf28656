import { ArgumentError } from "../errors.ts";
import { philox } from "./philox.ts";

/** The source of repeatable random choices: a whole number, or a generator, which continues its sequence. */
export type Seed = number | Generator;

/** Where a generator is in its stream, as plain data. */
export interface GeneratorState {
  /** The seed. */
  readonly seed: number;
  /** Which of the seed's streams. */
  readonly stream: number;
  /** How many words of 32 bits have been drawn. */
  readonly drawn: number;
  /** The second number of a pair of normal ones, if it has not been asked for yet. */
  readonly spare?: number | undefined;
}

/** The words of a block, and the values of a word. */
const [words, word] = [4, 2 ** 32];

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
  readonly #block: Uint32Array = new Uint32Array(words);
  /** How many words of the block have been taken. */
  #taken: number = words;
  /** For {@link normal}, which makes two numbers at a time: the second one, until it is asked for. */
  spare: number | undefined = undefined;

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
    this.#key = Uint32Array.of(seed >>> 0, Math.floor(seed / word));
    this.#counter = Uint32Array.of(0, 0, stream >>> 0, Math.floor(stream / word));
  }

  /** 32 random bits, as a whole number from 0. */
  bits(): number {
    if (this.#taken === words) {
      philox(this.#counter, this.#key, this.#block);
      // The sum, before the element cuts it to 32 bits.
      if (++(this.#counter[0] as number) === word) ++(this.#counter[1] as number);
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

  /** Where it is in its stream. */
  state(): GeneratorState {
    const [low = 0, high = 0] = this.#counter;
    const drawn = words * (low + high * word) - words + this.#taken;
    return { seed: this.seed, stream: this.stream, drawn, spare: this.spare };
  }

  /**
   * Goes on where a state was taken.
   *
   * @throws {ArgumentError} if the state is of another seed or stream.
   * @example
   * ```ts
   * import { Generator } from "@dlcc/tensor";
   *
   * const [dice, again] = [new Generator(1), new Generator(1)];
   * dice.uniform();
   * again.loadState(dice.state());
   * console.log(again.uniform() === dice.uniform()); // → true
   * ```
   */
  loadState({ seed, stream, drawn, spare }: GeneratorState): void {
    if (seed !== this.seed || stream !== this.stream || !(Number.isSafeInteger(drawn) && drawn >= 0)) {
      throw new ArgumentError(
        `loadState: the state must be of seed ${this.seed}, stream ${this.stream}, got seed ${seed}, stream ${stream} after ${drawn} draws`,
      );
    }
    const blocks = Math.floor(drawn / words);
    this.#counter.set([blocks >>> 0, Math.floor(blocks / word)]);
    this.#taken = words;
    for (let left = drawn % words; left > 0; left--) this.bits();
    this.spare = spare;
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
