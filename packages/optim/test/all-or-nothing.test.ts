/** What fails at the last of several parameters has changed none of them. */
import { type Backend, cpu, loadValues, moveValues, Parameter, type Tensor, tensor } from "@dlcc/tensor";
import { beforeEach, describe, expect, test } from "vitest";
import { adam, type Optimizer, sgd } from "../src/index.ts";

const other: Backend = { ...cpu, name: "other" };
/** A device that can't be read at once, as a GPU. */
const { readSync: _, ...deaf } = { ...cpu, name: "deaf" };

/** A backend that has room for `room` more storages. */
function cramped(room: number): { readonly backend: Backend; readonly live: () => number } {
  let [left, live] = [room, 0];
  const backend: Backend = {
    ...cpu,
    name: "cramped",
    upload(data, dtype) {
      if (left-- === 0) throw new Error("no room");
      live++;
      return cpu.upload(data, dtype);
    },
    free: () => live--,
  };
  return { backend, live: () => live };
}

let [first, last]: Parameter[] = [];
let optimizer: Optimizer;

const gradients = (ofLast: unknown): Map<Parameter, Tensor> =>
  new Map([
    [first!, tensor([1, 1])],
    [last!, ofLast as Tensor],
  ]);
const state = async (): Promise<unknown> => {
  const entries = Object.entries(optimizer.stateDict()).map(async ([name, value]) => [name, await value.array()]);
  return [await first!.value.array(), await last!.value.array(), await Promise.all(entries)];
};

beforeEach(() => {
  [first, last] = [new Parameter("first", tensor([1, 2])), new Parameter("last", tensor([3, 4]))];
  optimizer = sgd([first, last], { lr: 0.5, momentum: 0.9 });
});

describe.each([0, 1])("step, after %d", (steps) => {
  const refused: Readonly<Record<string, readonly [gradient: () => unknown, message: RegExp]>> = {
    "a gradient of another shape": [() => tensor([1]), /gradient of last .* shape/],
    "a gradient of another dtype": [() => tensor([1, 1], { dtype: "float64" }), /gradient of last .* dtype/],
    "a gradient on another backend": [
      () => tensor([1, 1], { backend: other }),
      /^sgd: the gradient of last must be on its backend cpu, got other$/,
    ],
    "a gradient that was disposed of": [
      () => {
        const gone = tensor([1, 1]);
        gone.dispose();
        return gone;
      },
      /gradient of last: this tensor.* was disposed of/,
    ],
    "a gradient that is none": [() => [1, 1], /gradient of last: expected a tensor, got Array/],
  };
  test.each(Object.entries(refused))("with %s", async (_, [gradient, message]) => {
    if (steps > 0) optimizer.step(gradients(tensor([1, 1])));
    const before = await state();
    const given = gradients(gradient());
    expect(() => optimizer.step(given)).toThrow(message);
    expect(await state()).toEqual(before);
    expect(given.get(first!)?.disposed).toBe(false); // Still the caller's.
  });
});

test.each([
  ["NaN", () => Number.NaN, /lr must be a finite number from 0, got NaN/],
  ["no number at all", () => undefined as unknown as number, /got undefined/],
  [
    "an error",
    () => {
      throw new Error("no such step");
    },
    /no such step/,
  ],
])("step, when the schedule of the last group gives %s", async (_, lr, message) => {
  const groups = [{ parameters: [first!] }, { parameters: [last!], lr }];
  optimizer = sgd(groups, { lr: 0.5, momentum: 0.9 });
  const before = await state();
  expect(() => optimizer.step(gradients(tensor([1, 1])))).toThrow(message);
  expect(await state()).toEqual(before);
});

test("step, when the last parameter was disposed of", async () => {
  last!.peek().dispose();
  expect(() => optimizer.step(gradients(tensor([1, 1])))).toThrow(/^sgd: last: this tensor.* was disposed of/);
  expect(await first!.value.array()).toEqual([1, 2]);
});

test("step, when the last parameter was moved without its state, and the message says what to call", async () => {
  optimizer.step(gradients(tensor([1, 1])));
  await moveValues([last!], { backend: other, dtype: "float64" });
  const before = await state();
  const gradient = tensor([1, 1], { backend: other, dtype: "float64" });
  expect(() => optimizer.step(gradients(gradient))).toThrow(
    'the velocity of last must be float64 on other, as the parameter is, got float32 on cpu: create the optimizer after model.to, or move it as well, with await optimizer.to({ backend: other, dtype: "float64" })',
  );
  expect(await state()).toEqual(before);
});

test("step, when there is no room for what is remembered of the last parameter", async () => {
  const { backend, live } = cramped(7); // Two parameters, two gradients, and three of the four moments.
  [first, last] = [1, 2].map((value) => new Parameter("p", tensor([value], { backend })));
  optimizer = adam([first!, last!]);
  const given = new Map([first!, last!].map((parameter) => [parameter, tensor([1], { backend })]));
  const before = [await state(), live()];
  expect(() => optimizer.step(given)).toThrow("no room");
  expect([await state(), live()]).toEqual(before);
});

describe("loadStateDict", () => {
  const good = (): Record<string, Tensor> => ({
    steps: tensor(7, { dtype: "int32" }),
    "velocity.0": tensor([5, 5]),
    "velocity.1": tensor([6, 6]),
  });
  const gone = tensor([1, 1]);
  gone.dispose();
  const refused: Readonly<Record<string, readonly [change: Readonly<Record<string, unknown>>, message: RegExp]>> = {
    "of another shape": [{ "velocity.1": tensor([1]) }, /velocity\.1 must be float32 \[2\]/],
    "of another dtype": [{ "velocity.1": tensor([1, 1], { dtype: "float64" }) }, /got float64/],
    "that was disposed of": [{ "velocity.1": gone }, /velocity\.1: this tensor.* was disposed of/],
    "that is none": [{ "velocity.1": [1, 1] }, /velocity\.1: expected a tensor/],
    "that is elsewhere, and can't be read at once": [
      { "velocity.1": tensor([1, 1], { backend: deaf }) },
      /velocity\.1 must be on cpu, .* got deaf: move the state first, each with await t\.to\(backend\)/,
    ],
    "that is surplus": [{ "velocity.2": tensor([1, 1]) }, /Not in this optimizer: velocity\.2/],
    "with a count below 0": [{ steps: tensor(-1) }, /steps must be a whole number from 0, got -1/],
    "with a fraction for a count": [{ steps: tensor(0.5) }, /steps must be a whole number from 0, got 0\.5/],
    "with a count that is NaN": [{ steps: tensor(Number.NaN) }, /got NaN/],
    "with two counts": [{ steps: tensor([1, 2]) }, /item: .*one element/],
    "with a count that is no tensor": [{ steps: 3 }, /steps: expected a tensor/],
  };
  test.each(Object.entries(refused))("%s", async (_, [change, message]) => {
    optimizer.step(gradients(tensor([1, 1])));
    const before = await state();
    await expect(optimizer.loadStateDict({ ...good(), ...change } as Record<string, Tensor>)).rejects.toThrow(message);
    expect(await state()).toEqual(before);
    await optimizer.loadStateDict(good());
    expect(optimizer.steps).toBe(7);
  });

  test("puts what is remembered where the parameters are, and keeps no storage of what was", async () => {
    const { backend, live } = cramped(100);
    await moveValues([first!, last!], { backend });
    await optimizer.loadStateDict(good());
    const held = live();
    for (let i = 0; i < 3; i++) await optimizer.loadStateDict(good());
    expect(live()).toBe(held);
    expect(optimizer.stateDict()["velocity.1"]?.backend).toBe(backend);
  });

  test("of a state that does not fit keeps no storage either", async () => {
    const { backend, live } = cramped(100);
    await moveValues([first!, last!], { backend });
    const held = live();
    await expect(optimizer.loadStateDict({ ...good(), "velocity.1": tensor([1]) })).rejects.toThrow(/velocity\.1/);
    expect(live()).toBe(held);
  });
});

describe("to", () => {
  test("when there is no room for the last", async () => {
    optimizer.step(gradients(tensor([1, 1])));
    const before = await state();
    const { backend, live } = cramped(1);
    await expect(optimizer.to(backend)).rejects.toThrow("no room");
    expect(await state()).toEqual(before);
    expect(live()).toBe(0);
    expect(optimizer.stateDict()["velocity.0"]?.backend).toBe(cpu);
  });

  test("a dtype of whole numbers is refused, as it would cut", async () => {
    await expect(optimizer.to({ dtype: "int32" })).rejects.toThrow(/dtype must be float32 or float64, got int32/);
  });
});

test("a name that every object has is missing like others", () => {
  const cells = new Map([["toString", first!]]);
  expect(() => loadValues("load", "model", cells, {})).toThrow(/Missing: toString/);
});
