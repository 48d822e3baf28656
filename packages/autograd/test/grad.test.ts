/** `grad`: the functional form, and what nests. */
import { grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { Parameter, pow, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { normal } from "./cases.ts";

const scalar = (value: number): Tensor => tensor(value, { dtype: "float64" });

describe("grad", () => {
  test("is the derivative by the first argument; the others are passed on", async () => {
    const f = (x: Tensor, y: Tensor, n: number): Tensor => x.mul(y).mul(n);
    expect(await grad(f)(scalar(2), scalar(3), 5).item()).toBe(15);
  });
  test("is zero where the function does not depend on the argument", async () => {
    const slope = grad(() => scalar(1))(tensor([1, Number.POSITIVE_INFINITY]));
    expect(await slope.array()).toEqual([0, 0]);
  });
  test("leaves its argument as it was", () => {
    const x = scalar(2);
    grad((x: Tensor) => x.mul(x))(x).dispose();
    expect(x.disposed).toBe(false);
  });
  test("of the identity is the caller's own", async () => {
    const x = scalar(2);
    const slope = grad((x: Tensor) => x)(x);
    slope.dispose();
    expect(await x.item()).toBe(2);
  });
});

describe("derivatives of derivatives", () => {
  test("x⁴, up to the fifth", async () => {
    let f = (x: Tensor): Tensor => pow(x, 4);
    const values: number[] = [];
    for (let order = 1; order <= 5; order++) {
      f = grad(f);
      values.push(await f(scalar(2)).item());
    }
    expect(values).toEqual([32, 48, 48, 24, 0]); // 4x³, 12x², 24x, 24, 0
  });

  test("tanh, to the third: −2 (1 − t²)(1 − 3t²)", async () => {
    const t = Math.tanh(0.3);
    const third = grad(grad(grad((x: Tensor) => x.tanh())))(scalar(0.3));
    expect(await third.item()).toBeCloseTo(-2 * (1 - t * t) * (1 - 3 * t * t), 13);
  });

  test("a Hessian times a vector: of Σx³ it is 6xv", async () => {
    const v = tensor([1, 2], { dtype: "float64" });
    const product = grad((x: Tensor) =>
      grad((x: Tensor) => pow(x, 3).sum())(x)
        .mul(v)
        .sum(),
    );
    expect(await product(tensor([3, 4], { dtype: "float64" })).array()).toEqual([18, 48]);
  });

  test("a penalty on a gradient, by a parameter: of (∂/∂x wx²)² it is 8wx²", async () => {
    const w = new Parameter("w", scalar(3));
    const { gradients } = valueAndGrad(() => {
      const slope = grad((x: Tensor) => x.mul(x).mul(w.value))(scalar(5));
      return slope.mul(slope);
    }, [w]);
    expect(await gradients.get(w)?.item()).toBe(600);
  });

  test("a step of learning, differentiated: of C(w − η C′(w)) with C = w² it is 2w (1 − 2η)²", async () => {
    const w = new Parameter("w", scalar(3));
    const { gradients } = valueAndGrad(() => {
      const inner = valueAndGrad(() => w.value.mul(w.value), [w]);
      const next = w.value.sub((inner.gradients.get(w) as Tensor).mul(0.1));
      return next.mul(next);
    }, [w]);
    expect(await gradients.get(w)?.item()).toBeCloseTo(2 * 3 * 0.8 ** 2, 14);
  });

  test("of a function that tidies up after itself", async () => {
    const f = (x: Tensor): Tensor => tidy(() => x.exp().mul(x).sum()); // (x eˣ)″ = (x + 2) eˣ
    const second = grad((x: Tensor) => tidy(() => grad(f)(x)).sum());
    expect(await second(scalar(1)).item()).toBeCloseTo(3 * Math.E, 13);
  });

  test("after the inner gradients' intermediate results were disposed of", async () => {
    const second = grad((x: Tensor) => {
      const { value, gradients } = valueAndGrad(() => pow(x, 3), [x]);
      const slope = gradients.get(x) as Tensor;
      const result = slope.mul(slope); // (3x²)² = 9x⁴
      value.dispose();
      slope.dispose();
      return result;
    });
    expect(await second(scalar(2)).item()).toBe(288); // 36x³
  });
});

describe("nesting does not confuse one derivative's variable with another's", () => {
  // Source: Siskind & Pearlmutter 2005, "Perturbation confusion".
  test("d/dx [x · d/dy (x + y)] = 1, not 2", async () => {
    const f = (x: Tensor): Tensor => x.mul(grad((y: Tensor) => x.add(y))(scalar(1)));
    expect(await grad(f)(scalar(1)).item()).toBe(1);
  });
  test("d/dx [x · d/dy (xy) at y = x] = 2x", async () => {
    const f = (x: Tensor): Tensor => x.mul(grad((y: Tensor) => x.mul(y))(x));
    expect(await grad(f)(scalar(3)).item()).toBe(6);
  });
  test("d/dx [d/dy (xy²) at y = x] = 4x", async () => {
    const f = (x: Tensor): Tensor => grad((y: Tensor) => x.mul(y).mul(y))(x);
    expect(await grad(f)(scalar(3)).item()).toBe(12);
  });
  test("two variables that were made of one tensor are two", async () => {
    const shared = scalar(3);
    const [a, b] = [grad((a: Tensor) => a.mul(a).mul(shared))(shared), grad((b: Tensor) => b.mul(shared))(shared)];
    expect([await a.item(), await b.item()]).toEqual([18, 3]);
  });
});

test("second derivatives of a small network agree with differences", async () => {
  const [x, second] = [normal([3, 2]), normal([1, 4], 2)];
  const cost = (w: Tensor): Tensor => x.matmul(w).tanh().matmul(second.transpose()).sigmoid().mean();
  const slope = grad(cost);
  expect(await gradCheck((w) => slope(w), [normal([2, 4], 3)])).toBeLessThan(1);
});
