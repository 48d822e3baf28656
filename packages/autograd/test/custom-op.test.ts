/** Ops of one's own. */
import { customOp, grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { ArgumentError, ShapeError, sqrt, step, type Tensor, tensor, withRecorder } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { normal, opsOf } from "./cases.ts";

const swish = customOp<[Tensor]>({
  name: "swish",
  forward: (x) => x.mul(x.sigmoid()),
  backward: (gradient, [x], y) => [gradient.mul(y.add(x.sigmoid().mul(y.neg().add(1))))],
});

const hypotenuse = customOp<[Tensor, Tensor]>({
  name: "hypotenuse",
  forward: (a, b) => sqrt(a.mul(a).add(b.mul(b))),
  backward: (gradient, [a, b], c) => [gradient.mul(a).div(c), gradient.mul(b).div(c)],
});

test("its derivative is the one that it says", async () => {
  expect(await gradCheck((x) => swish(x), [normal([4])])).toBeLessThan(1);
  expect(await gradCheck((a, b) => hypotenuse(a, b), [normal([3]), normal([3], 2)])).toBeLessThan(1);
});

test("its derivative can be differentiated", async () => {
  expect(await gradCheck((x) => grad((x: Tensor) => swish(x).sum())(x), [normal([4])])).toBeLessThan(1);
  const slope = (a: Tensor, b: Tensor): Tensor => grad((a: Tensor) => hypotenuse(a, b).sum())(a);
  expect(await gradCheck(slope, [normal([3]), normal([3], 2)])).toBeLessThan(1);
});

test("recorders see one op, and nothing of what is inside", () => {
  const x = tensor([1]);
  expect(opsOf(() => swish(x))).toEqual(["custom"]);
  const names: unknown[] = [];
  withRecorder({ record: ({ attributes }) => names.push("name" in attributes && attributes.name) }, () => swish(x));
  expect(names).toEqual(["swish"]);
});

test("it may pretend that a step has a slope", async () => {
  const straightThrough = customOp<[Tensor]>({ name: "straightThrough", forward: step, backward: (g) => [g] });
  const { value, gradients } = (() => {
    const x = tensor([-1, 2]);
    const run = valueAndGrad(() => straightThrough(x).sum(), [x]);
    return { value: run.value, gradients: run.gradients.get(x) };
  })();
  expect(await value.item()).toBe(1);
  expect(await gradients?.array()).toEqual([1, 1]);
});

test("it may return its input, which keeps its own derivative", async () => {
  const reversal = customOp<[Tensor]>({ name: "reversal", forward: (x) => x, backward: (g) => [g.neg()] });
  const x = tensor(3);
  const { gradients } = valueAndGrad(() => reversal(x).add(x.mul(5)), [x]);
  expect(await gradients.get(x)?.item()).toBe(4);
  expect(x.disposed).toBe(false);
});

test("an input may have no derivative", () => {
  const scaled = customOp<[Tensor, Tensor]>({
    name: "scaled",
    forward: (x, factor) => x.mul(factor),
    backward: (gradient, [, factor]) => [gradient.mul(factor), undefined],
  });
  const [x, factor] = [tensor(2), tensor(3)];
  expect([...valueAndGrad(() => scaled(x, factor), [x, factor]).gradients.keys()]).toEqual([x]);
});

describe("it is refused", () => {
  const x = tensor([1, 2]);
  const make = (backward: () => readonly (Tensor | undefined)[]) =>
    customOp<[Tensor]>({ name: "mine", forward: (x) => x.mul(2).sum(), backward });

  test("with too few derivatives, naming it and both counts", () => {
    expect(() => valueAndGrad(() => make(() => [])(x), [x])).toThrow(ArgumentError);
    expect(() => valueAndGrad(() => make(() => [])(x), [x])).toThrow(/mine.*each input, got 0 for 1$/);
  });
  test("with too many derivatives", () => {
    expect(() => valueAndGrad(() => make(() => [x, x])(x), [x])).toThrow(/mine.*each input, got 2 for 1$/);
  });
  test("with a derivative of another shape, naming it and both shapes", () => {
    const wrong = make(() => [tensor([[1, 2]])]);
    expect(() => valueAndGrad(() => wrong(x), [x])).toThrow(ShapeError);
    expect(() => valueAndGrad(() => wrong(x), [x])).toThrow(/mine.*\[2\].*\[1,2\]/);
  });
  test("when forward gives no tensor", () => {
    const nothing = customOp<[Tensor]>({ name: "nothing", forward: () => 1 as unknown as Tensor, backward: () => [] });
    expect(() => nothing(x)).toThrow(/nothing: forward must return one tensor/);
  });
});
