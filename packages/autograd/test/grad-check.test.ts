/** A check is worth what it finds. */
import { customOp, GradCheckError, gradCheck } from "@dlcc/autograd";
import { Parameter, slice, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { normal } from "./cases.ts";

const withRule = (
  forward: (x: Tensor) => Tensor,
  rule: (g: Tensor, x: Tensor, y: Tensor) => Tensor,
): ((x: Tensor) => Tensor) => customOp<[Tensor]>({ name: "mine", forward, backward: (g, [x], y) => [rule(g, x, y)] });

describe("gradCheck finds", () => {
  const x = normal([2, 3]);
  const wrong: Readonly<Record<string, (x: Tensor) => Tensor>> = {
    "a wrong factor": withRule(
      (x) => x.mul(x),
      (g, x) => g.mul(x),
    ),
    "a wrong sign": withRule(
      (x) => x.neg(),
      (g) => g,
    ),
    "a factor that is off by a part in 100,000": withRule(
      (x) => x.exp(),
      (g, _, y) => g.mul(y).mul(1.00001),
    ),
    "a missing incoming gradient": withRule(
      (x) => x.mul(3),
      (g) => g.mul(0).add(3),
    ),
    "a missing derivative": withRule(
      (x) => x.mul(3),
      (g) => g.mul(0),
    ),
    "a derivative that is NaN": withRule(
      (x) => x.mul(1),
      (g) => g.mul(0).div(0),
    ),
    // A plain sum in the place of the random cotangent would miss this one.
    "gradients in the wrong elements": withRule(
      (x) => slice(x, [], [undefined, undefined, -1]),
      (g) => g,
    ),
  };
  test.each(Object.entries(wrong))("%s", async (_, f) => {
    await expect(gradCheck(f, [x])).rejects.toThrow(GradCheckError);
  });
  test("one wrong element of many", async () => {
    const only = tensor(
      [
        [0, 0, 0],
        [0, 1e-4, 0],
      ],
      { dtype: "float64" },
    );
    const f = withRule(
      (x) => x.mul(2),
      (g) => g.mul(2).add(only),
    );
    await expect(gradCheck(f, [x])).rejects.toThrow(/element 4/);
  });
  test("the input that is wrong, by its place", async () => {
    const product = customOp<[Tensor, Tensor]>({
      name: "product",
      forward: (a, b) => a.mul(b),
      backward: (g, [, b]) => [g.mul(b), g.mul(b)],
    });
    await expect(gradCheck((a, b) => product(a, b), [x, normal([2, 3], 2)])).rejects.toThrow(/input 1/);
  });
});

describe("gradCheck", () => {
  test("gives the largest distance, in units of the tolerance", async () => {
    const almost = withRule(
      (x) => x.mul(1),
      (g) => g.mul(1 + 5e-7),
    ); // Off by half of 1e-6.
    const x = tensor([1], { dtype: "float64" });
    expect(await gradCheck((x) => almost(x).mul(10), [x])).toBeGreaterThan(0.1);
  });
  test("takes parameters, which the function reads by itself, and leaves them as they were", async () => {
    const w = new Parameter("w", normal([3]));
    const before = await w.value.array();
    expect(await gradCheck(() => w.value.exp(), [w])).toBeLessThan(1);
    expect(await w.value.array()).toEqual(before);
  });
  test("leaves parameters as they were when it fails", async () => {
    const w = new Parameter("w", normal([3]));
    const before = await w.value.array();
    const wrong = withRule(
      (x) => x.neg(),
      (g) => g,
    );
    await expect(gradCheck(() => wrong(w.value), [w])).rejects.toThrow(/by w \[3\]/);
    expect(await w.value.array()).toEqual(before);
  });
  test("tells two inputs apart that are one tensor", async () => {
    const x = normal([3]);
    expect(await gradCheck((a, b) => a.mul(a).mul(b), [x, x])).toBeLessThan(1);
  });
  test("checks as many elements as it is told", async () => {
    let calls = 0;
    const f = (x: Tensor): Tensor => {
      calls++;
      return x.mul(2);
    };
    await gradCheck(f, [normal([100])], { elements: 3 });
    expect(calls).toBe(2 + 2 * 3); // Once for the shape, once for the derivative, twice an element.
  });
  test("takes a looser tolerance", async () => {
    const rough = withRule(
      (x) => x.mul(2),
      (g) => g.mul(2.001),
    );
    expect(await gradCheck(rough, [normal([3])], { tolerance: 0.01 })).toBeLessThan(1);
  });
  test("refuses float32, in which differences drown, and says what to do", async () => {
    await expect(gradCheck((x) => x.exp(), [tensor([1])])).rejects.toThrow(/float32.*cast\("float64"\)/);
  });
  test("refuses nothing to check", async () => {
    await expect(gradCheck(() => normal([1]), [])).rejects.toThrow(GradCheckError);
  });
});
