/** Where a function has a kink or a tie, its derivative is a choice: PyTorch's (checked by hand with 1.13). */
import { grad } from "@dlcc/autograd";
import { abs, clip, max, maximum, min, minimum, norm, pow, sqrt, type Tensor, tensor, where } from "@dlcc/tensor";
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

  /** The nth derivative of xᵖ at 0, with p as a number and as a tensor. */
  const nth = async (n: number, p: number): Promise<number[]> => {
    const derive = (f: (x: Tensor) => Tensor): ((x: Tensor) => Tensor) => {
      let derived = f;
      for (let i = 0; i < n; i++) derived = grad(derived);
      return derived;
    };
    const zero = tensor(0, { dtype: "float64" });
    const power = tensor(p, { dtype: "float64" });
    return Promise.all([derive((x) => pow(x, p)), derive((x) => pow(x, power))].map((f) => f(zero).item()));
  };
  test.each([
    [1, 0, 0],
    [2, 0, 0],
    [3, 0, 0],
    [1, 1, 1],
    [2, 1, 0],
    [3, 1, 0],
    [2, 2, 2],
    [3, 2, 0],
    [4, 2, 0],
    [3, 3, 6],
  ])("derivative %d of x^%d is %d", async (n, p, expected) => {
    expect(await nth(n, p)).toEqual([expected, expected]);
  });
  test("x⁰ is flat at infinity and NaN, too", async () => {
    const powers = at(0, 0, 0);
    expect(await slope((x) => pow(x, powers), Number.POSITIVE_INFINITY, Number.NaN, -2)).toEqual([0, 0, -0]);
  });
  test("∂²xᵇ/∂x∂b is xᵇ⁻¹ (1 + b log x), which at b = 0 is 1/x, and 0 at x = 0 from b > 1 on", async () => {
    const mixed = (x: Tensor, b: Tensor) => grad((b: Tensor) => grad((x: Tensor) => pow(x, b).sum())(x).sum())(b);
    const swapped = (x: Tensor, b: Tensor) => grad((x: Tensor) => grad((b: Tensor) => pow(x, b).sum())(b).sum())(x);
    expect(await mixed(at(2, -2), at(0, 0)).array()).toEqual([0.5, Number.NaN]);
    expect(await swapped(at(2, 4), at(0, 0)).array()).toEqual([0.5, 0.25]);
    expect(await swapped(at(0, 0), at(2, 3)).array()).toEqual([0, 0]);
  });
  test("aᵇ of a number a: log a · aᵇ, and 0 where a is 0", async () => {
    expect(await slope((b) => pow(2, b), 3)).toEqual([8 * Math.log(2)]);
    expect(await slope((b) => pow(0, b), 0, 2)).toEqual([0, 0]);
  });
  test("by the power, a negative base has no derivative", async () => {
    expect(await slope((b) => pow(at(-2), b), 2)).toEqual([Number.NaN]);
  });
});

describe("NaN lets the gradient through, as PyTorch's does", () => {
  const { NaN: nan } = Number;
  test("relu", async () => {
    expect(await slope((x) => x.relu(), -1, nan, 1)).toEqual([0, 1, 1]);
  });
  test("maximum and minimum, of either operand", async () => {
    for (const extreme of [maximum, minimum]) {
      expect(await slope((x) => extreme(x, at(0, 0)), nan, nan)).toEqual([1, 1]);
      expect(await slope((x) => extreme(at(nan, nan), x), 0, nan)).toEqual([1, 1]);
      expect(await slope((x) => extreme(x, 0), nan)).toEqual([1]);
    }
  });
  test("max and min, to the elements that are NaN", async () => {
    for (const extreme of [max, min]) {
      expect(await slope((x) => extreme(x), 1, nan, 2)).toEqual([0, 1, 0]);
      expect(await slope((x) => extreme(x), nan, nan, 2)).toEqual([0.5, 0.5, 0]);
    }
  });
});

describe("at infinity", () => {
  test("the derivative of a branch that is not taken may be infinite: where passes 0 · ∞ on, unless its input is guarded", async () => {
    expect(await slope((x) => where(x.greater(0), x.log(), 0), 0)).toEqual([Number.NaN]);
    expect(await slope((x) => where(x.greater(0), where(x.greater(0), x, 1).log(), 0), 0)).toEqual([0]);
  });
});
