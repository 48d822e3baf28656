/** The derivatives of the elementwise ops of one input, by the table that the conformance suite has, too. */
import { grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { huber } from "@dlcc/losses";
import { ops, type Tensor, tensor, type UnaryOp, unaryOps, uniform, zeros } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { unaryRows } from "../src/unary-rows.ts";

/** Numbers from where the op is tested. With this seed they keep away from kinks. */
const inputOf = (op: UnaryOp): Tensor => {
  const { from, to } = unaryRows[op];
  return uniform([2, 3], { low: from, high: to, seed: 4, dtype: "float64" });
};

const [flat, sloped] = [true, false].map((is) => unaryOps.filter((op) => (unaryRows[op].flat ?? false) === is));

describe("the derivative agrees with differences, to the second order", () => {
  test.each(sloped ?? [])("%s", async (op) => {
    const x = inputOf(op);
    await gradCheck(ops[op], [x]);
    const first = (at: Tensor): Tensor => valueAndGrad(() => ops[op](at).mul(at).sum(), [at]).gradients.get(at) ?? at;
    await gradCheck(first, [x]);
  });
});

describe("what is flat wherever it is smooth passes no derivative on", () => {
  test.each(flat ?? [])("%s", (op) => {
    const x = inputOf(op);
    expect(valueAndGrad(() => ops[op](x).sum(), [x]).gradients.size).toBe(0);
  });
});

test("huber's slope is ±delta as far out as infinity", async () => {
  const slope = grad((o: Tensor) => huber(o, zeros([4]), { delta: 2, reduction: "sum" }));
  const { POSITIVE_INFINITY: infinity } = Number;
  expect(await slope(tensor([-infinity, -1, 0, infinity])).array()).toEqual([-2, -1, 0, 2]);
});
