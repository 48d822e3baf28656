import { describe, expect, test } from "vitest";
import {
  addBits,
  adder,
  type Bit,
  countWrong,
  decisionTable,
  learnPerceptron,
  multiplyBits,
  nand,
  perceptron,
  runCircuit,
} from "../src/index.ts";

const number = (bits: readonly Bit[]): number => bits.reduce<number>((sum, bit) => 2 * sum + bit, 0);

describe("the perceptron", () => {
  test("goes to the festival in good weather alone: all eight rows", () => {
    const table = decisionTable((bits) => [perceptron([6, 2, 2], 5)(...bits)], 3);
    expect(table).toHaveLength(8);
    for (const { inputs, outputs } of table) expect(outputs).toEqual([inputs[0]]);
  });
  test("does not fire at its threshold", () => expect(perceptron([1], 1)(1)).toBe(0));
  test("is NAND", () => {
    for (const { inputs, outputs } of decisionTable(([a, b]) => [nand(a!, b!)], 2)) {
      expect(outputs).toEqual([inputs[0] && inputs[1] ? 0 : 1]);
    }
  });
});

describe("circuits of NANDs", () => {
  test("add two bits", () => {
    for (const { inputs, outputs } of decisionTable(([a, b]) => addBits(a!, b!), 2)) {
      expect(number(outputs)).toBe(inputs[0]! + inputs[1]!);
    }
  });
  test("multiply two numbers of two bits: all sixteen", () => {
    const table = decisionTable(([a, b, c, d]) => multiplyBits(a!, b!, c!, d!), 4);
    expect(table).toHaveLength(16);
    for (const { inputs, outputs } of table) {
      expect(number(outputs)).toBe(number(inputs.slice(0, 2)) * number(inputs.slice(2)));
    }
  });
});

describe("a circuit, gate by gate", () => {
  test("each gate of the adder is the NAND of its inputs", () => {
    for (const { inputs } of decisionTable(() => [], 2)) {
      const bits = runCircuit(adder, { a: inputs[0]!, b: inputs[1]! });
      for (const { name, inputs: wires } of adder) expect(bits[name]).toBe(nand(bits[wires[0]]!, bits[wires[1]]!));
      expect(number([bits.carry!, bits.sum!])).toBe(inputs[0]! + inputs[1]!);
    }
  });
  test("a gate that takes what is not there yet is named", () =>
    expect(() => runCircuit([{ name: "out", inputs: ["a", "later"] }], { a: 1 })).toThrow(
      'runCircuit: out must take inputs or earlier gates, got "later"',
    ));
});

describe("the learning rule", () => {
  const rows = (f: (a: Bit, b: Bit) => boolean) => decisionTable(([a, b]) => [f(a!, b!) ? 1 : 0], 2);

  test.each([
    ["AND", (a: Bit, b: Bit) => a === 1 && b === 1],
    ["OR", (a: Bit, b: Bit) => a === 1 || b === 1],
    ["NAND", (a: Bit, b: Bit) => !(a && b)],
  ])("learns %s", (_name, f) => {
    const { weights, threshold, mistakes } = learnPerceptron(rows(f), { lr: 1, epochs: 50 });
    expect(mistakes.at(-1)).toBe(0);
    for (const { inputs, outputs } of rows(f)) expect([perceptron(weights, threshold)(...inputs)]).toEqual(outputs);
  });
  test("never learns XOR", () => {
    const { mistakes } = learnPerceptron(
      rows((a, b) => a !== b),
      { lr: 1, epochs: 200 },
    );
    expect(mistakes).toHaveLength(200);
    expect(Math.min(...mistakes)).toBeGreaterThan(0);
  });
});

test("counts the rows that a perceptron gets wrong: x₁ + x₂ > ½ is OR, and XOR but for 1 1", () => {
  const xor = decisionTable(([a, b]) => [a === b ? 0 : 1], 2);
  expect(countWrong(xor, perceptron([1, 1], 0.5))).toBe(1);
  // The weights that the rule ends with are 0, 0 and threshold 0: they never fire, which is wrong for both ones.
  expect(countWrong(xor, perceptron([0, 0], 0))).toBe(2);
});
