/** Clipping: by value, and by the norm of all gradients together. */
import { clipByGlobalNorm, clipByValue } from "@dlcc/optim";
import { ArgumentError, Parameter, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const [a, b] = [new Parameter("a", tensor([0, 0])), new Parameter("b", tensor(0))];
const given = (): Map<Parameter, Tensor> =>
  new Map([
    [a, tensor([2, -3], { dtype: "float64" })],
    [b, tensor(6, { dtype: "float64" })],
  ]); // ‖·‖ = 7

describe("clipByValue", () => {
  test("holds each element within ±limit", async () => {
    const clipped = clipByValue(given(), 2.5);
    expect(await clipped.get(a)?.array()).toEqual([2, -2.5]);
    expect(await clipped.get(b)?.item()).toBe(2.5);
  });
  test("takes the gradients over: it frees them", () => {
    const gradients = given();
    clipByValue(gradients, 1);
    expect([...gradients.values()].every(({ disposed }) => disposed)).toBe(true);
  });
});

describe("clipByGlobalNorm", () => {
  test("gives the norm that all gradients together had", async () => {
    expect(await clipByGlobalNorm(given(), 1).norm.item()).toBe(7);
  });
  test("scales all by one factor, to the limit (less PyTorch's millionth)", async () => {
    const { gradients } = clipByGlobalNorm(given(), 3.5);
    const factor = 3.5 / (7 + 1e-6);
    const ours = [...((await gradients.get(a)?.data()) ?? []), (await gradients.get(b)?.item()) ?? 0];
    [2, -3, 6].forEach((value, i) => {
      expect(ours[i]).toBeCloseTo(value * factor, 14);
    });
  });
  test("leaves gradients below the limit as they are", async () => {
    const { gradients } = clipByGlobalNorm(given(), 100);
    expect(await gradients.get(a)?.array()).toEqual([2, -3]);
  });
  test("leaves gradients of 0 at 0", async () => {
    const { gradients, norm } = clipByGlobalNorm(new Map([[b, tensor(0)]]), 1);
    expect(await norm.item()).toBe(0);
    expect(await gradients.get(b)?.item()).toBe(0);
  });
  test("of no gradients has norm 0", async () => {
    expect(await clipByGlobalNorm(new Map(), 1).norm.item()).toBe(0);
  });
  test("takes the gradients over: it frees them", () => {
    const gradients = given();
    clipByGlobalNorm(gradients, 1);
    expect([...gradients.values()].every(({ disposed }) => disposed)).toBe(true);
  });
});

test.each([
  ["clipByValue", clipByValue],
  ["clipByGlobalNorm", clipByGlobalNorm],
] as const)("%s refuses a limit below 0 or NaN, and leaves the gradients", (name, clip) => {
  const gradients = given();
  expect(() => clip(gradients, -1)).toThrow(ArgumentError);
  expect(() => clip(gradients, Number.NaN)).toThrow(name);
  expect([...gradients.values()].some(({ disposed }) => disposed)).toBe(false);
});
