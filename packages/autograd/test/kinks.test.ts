/** Where a function has a kink or a tie, its derivative is a choice: PyTorch's (checked by hand with 1.13). */
import { grad } from "@dlcc/autograd";
import { abs, clip, max, maximum, min, minimum, norm, pow, sqrt, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const at = (...values: number[]): Tensor => tensor(values, { dtype: "float64" });
const slope = (f: (x: Tensor) => Tensor, ...values: number[]): Promise<unknown> =>
  grad((x) => f(x).sum())(at(...values)).array();

describe("at kinks", () => {
  test("relu′(0) = 0", async () => {
    expect(await slope((x) => x.relu(), -1, 0, 1)).toEqual([0, 0, 1]);
  });
  test("|·|′(0) = 0", async () => {
    expect(await slope((x) => abs(x), -1, 0, 1)).toEqual([-1, 0, 1]);
  });
  test("‖·‖′(0) = 0", async () => {
    expect(await slope((x) => norm(x), 0, 0)).toEqual([0, 0]);
  });
  test("clip′ is 1 at both ends", async () => {
    expect(await slope((x) => clip(x, -1, 1), -2, -1, 0, 1, 2)).toEqual([0, 1, 1, 1, 0]);
  });
  test("√′(0) = ∞", async () => {
    expect(await slope((x) => sqrt(x), 0)).toEqual([Number.POSITIVE_INFINITY]);
  });
});

describe("at ties", () => {
  test("maximum gives half to each", async () => {
    expect(await slope((x) => maximum(x, at(0, 1, 2)), 1, 1, 1)).toEqual([1, 0.5, 0]);
    expect(await slope((x) => maximum(at(0, 1, 2), x), 1, 1, 1)).toEqual([1, 0.5, 0]);
  });
  test("minimum gives half to each", async () => {
    expect(await slope((x) => minimum(x, at(0, 1, 2)), 1, 1, 1)).toEqual([0, 0.5, 1]);
  });
  test("the maximum of a value and itself is that value", async () => {
    expect(await slope((x) => maximum(x, x), 3)).toEqual([1]);
  });
  test("max over an axis shares among the largest", async () => {
    const x = tensor(
      [
        [2, 2, 1, 2],
        [0, 5, 5, 1],
      ],
      { dtype: "float64" },
    );
    expect(await grad((x) => max(x, 1).sum())(x).array()).toEqual([
      [1 / 3, 1 / 3, 0, 1 / 3],
      [0, 0.5, 0.5, 0],
    ]);
  });
  test("min over all shares among the smallest", async () => {
    expect(await slope((x) => min(x), 1, 2, 1)).toEqual([0.5, 0, 0.5]);
  });
});

describe("powers at 0", () => {
  test("x² is flat", async () => {
    expect(await slope((x) => pow(x, 2), 0, 1)).toEqual([0, 2]);
  });
  test("x¹ rises by 1", async () => {
    expect(await slope((x) => pow(x, 1), 0)).toEqual([1]);
  });
  test("x⁰ is flat", async () => {
    expect(await slope((x) => pow(x, 0), 0, 2)).toEqual([0, 0]);
  });
  test("0ᵇ is flat in b, from b = 0 on", async () => {
    expect(await slope((b) => pow(at(0, 0), b), 0, 2)).toEqual([0, 0]);
  });
  test("x² has second derivative 2, and third 0", async () => {
    const second = grad((x: Tensor) => grad((y) => pow(y, 2))(x));
    expect(await second(tensor(0)).item()).toBe(2);
    expect(await grad(second)(tensor(0)).item()).toBe(0);
  });
});
