/** Seeded choices for pictures: with one seed they are the same everywhere. */
import { Generator } from "@dlcc/tensor";

export class Dice {
  readonly #generator: Generator;

  constructor(seed: number, stream = 0) {
    this.#generator = new Generator(seed, stream);
  }

  /** A number from `least` up to `most`. */
  between(least: number, most: number): number {
    return least + (most - least) * this.#generator.uniform();
  }

  /** A number whose logarithm is evenly spread. */
  scale(least: number, most: number): number {
    return Math.exp(this.between(Math.log(least), Math.log(most)));
  }

  /** Whether something of this probability happens. */
  happens(probability: number): boolean {
    return this.#generator.uniform() < probability;
  }

  /** One of them. */
  one<T>(...choices: readonly T[]): T {
    return choices[Math.floor(this.#generator.uniform() * choices.length)] as T;
  }

  /** 1 or −1. */
  sign(): number {
    return this.happens(0.5) ? 1 : -1;
  }

  /** A normal number of mean 0 and standard deviation 1: the Box-Muller transform. */
  normal(): number {
    const [u, v] = [1 - this.#generator.uniform(), this.#generator.uniform()];
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * v);
  }
}
