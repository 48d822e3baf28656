import { describe, expect, test } from "vitest";
import { addBits, type Bit, decisionTable, learnPerceptron, multiplyBits, nand, perceptron } from "../src/index.ts";

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
