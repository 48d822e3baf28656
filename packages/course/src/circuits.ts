import { Perceptron } from "@dlcc/layers";
import { tidy } from "@dlcc/tensor";
import { at, numbersOf, vector } from "./numbers.ts";

/** Off or on. */
export type Bit = 0 | 1;

/** An input of a function of bits, with its output. */
export interface Decision {
  /** The inputs. */
  readonly inputs: readonly Bit[];
  /** The outputs. */
  readonly outputs: readonly Bit[];
}

/** All rows of bits, counted up from 0…0. */
const allBits = (inputs: number): Bit[][] =>
  Array.from({ length: 2 ** inputs }, (_, row) =>
    Array.from({ length: inputs }, (_, i): Bit => ((row >> (inputs - 1 - i)) & 1 ? 1 : 0)),
  );

/**
 * Runs a circuit on every possible input.
 *
 * @param inputs The number of bits that it takes.
 * @example
 * ```ts
 * import { decisionTable } from "@dlcc/course";
 * const not = decisionTable(([a]) => [a === 1 ? 0 : 1], 1);
 * console.log(not.map(({ outputs }) => outputs)); // → [ [ 1 ], [ 0 ] ]
 * ```
 */
export const decisionTable = (circuit: (bits: readonly Bit[]) => readonly Bit[], inputs: number): Decision[] =>
  allBits(inputs).map((bits) => ({ inputs: bits, outputs: circuit(bits) }));

/**
 * A perceptron as a function of bits: 1 where `Σ wⱼxⱼ − b > 0`.
 *
 * Source: the course, "Neural Networks": weights 6, 2, 2 and threshold 5 decide about the festival.
 *
 * @throws {ArgumentError} if `weights` is empty.
 * @throws {ShapeError} when it is called with more or fewer bits than there are weights.
 * @example
 * ```ts
 * import { perceptron } from "@dlcc/course";
 * const goes = perceptron([6, 2, 2], 5); // good weather, company, near public transit
 * console.log(goes(1, 0, 0), goes(0, 1, 1)); // → 1 0
 * ```
 */
export function perceptron(weights: readonly number[], threshold: number): (...bits: readonly Bit[]) => Bit {
  const cell = new Perceptron(weights, threshold);
  return (...bits) => tidy(() => (at(numbersOf(cell.forward(vector(bits).cast("float32"))), 0) > 0 ? 1 : 0));
}

/**
 * NAND, as the course's perceptron: weights −2, −2 and threshold −3. NANDs can make every circuit.
 *
 * @example
 * ```ts
 * import { nand } from "@dlcc/course";
 * console.log(nand(0, 0), nand(0, 1), nand(1, 0), nand(1, 1)); // → 1 1 1 0
 * ```
 */
export const nand = (a: Bit, b: Bit): Bit => perceptron([-2, -2], -3)(a, b);

const and = (a: Bit, b: Bit): Bit => {
  const not = nand(a, b);
  return nand(not, not);
};

/** A NAND in a circuit. */
export interface Gate {
  /** Its name, under which later gates take its output. */
  readonly name: string;
  /** Its two inputs: names of the circuit's inputs or of earlier gates. */
  readonly inputs: readonly [string, string];
}

/**
 * The five NANDs that add the bits `a` and `b`. The outputs are the gates `carry` and `sum`.
 *
 * Source: Nielsen, *Neural Networks and Deep Learning*, chapter 1.
 */
export const adder: readonly Gate[] = [
  { name: "not both", inputs: ["a", "b"] },
  { name: "left", inputs: ["a", "not both"] },
  { name: "right", inputs: ["not both", "b"] },
  { name: "sum", inputs: ["left", "right"] },
  { name: "carry", inputs: ["not both", "not both"] },
];

/**
 * The output of every gate of a circuit of NANDs, beside its inputs.
 *
 * @param gates In an order in which each has its inputs before it.
 * @throws {RangeError} if a gate takes what is neither an input nor an earlier gate.
 * @example
 * ```ts
 * import { adder, runCircuit } from "@dlcc/course";
 * const bits = runCircuit(adder, { a: 1, b: 1 });
 * console.log(bits["not both"], bits.carry, bits.sum); // → 0 1 0
 * ```
 */
export function runCircuit(gates: readonly Gate[], inputs: Readonly<Record<string, Bit>>): Record<string, Bit> {
  const bits: Record<string, Bit> = { ...inputs };
  for (const { name, inputs: wires } of gates) {
    const [first, second] = wires.map((wire) => {
      const bit = bits[wire];
      if (bit === undefined) {
        throw new RangeError(`runCircuit: ${name} must take inputs or earlier gates, got ${JSON.stringify(wire)}`);
      }
      return bit;
    });
    bits[name] = nand(first ?? 0, second ?? 0);
  }
  return bits;
}

/**
 * Adds two bits with five NANDs, the {@link adder}: `[carry, sum]`, which read as a binary number are a + b.
 *
 * @example
 * ```ts
 * import { addBits } from "@dlcc/course";
 * console.log(addBits(1, 1)); // → [ 1, 0 ]
 * ```
 */
export function addBits(a: Bit, b: Bit): [carry: Bit, sum: Bit] {
  const { carry = 0, sum = 0 } = runCircuit(adder, { a, b });
  return [carry, sum];
}

/**
 * Multiplies two numbers of two bits, `a₁a₀ × b₁b₀`, with NANDs alone: four products of bits, and two adders.
 *
 * Source: the course, "Deep Neural Networks", whose picture of a deep circuit is a multiplier.
 *
 * @example
 * ```ts
 * import { multiplyBits } from "@dlcc/course";
 * console.log(multiplyBits(1, 1, 1, 0)); // → [ 0, 1, 1, 0 ]
 * ```
 */
export function multiplyBits(a1: Bit, a0: Bit, b1: Bit, b0: Bit): [Bit, Bit, Bit, Bit] {
  const [carry, twos] = addBits(and(a1, b0), and(a0, b1));
  const [eights, fours] = addBits(and(a1, b1), carry);
  return [eights, fours, twos, and(a0, b0)];
}
