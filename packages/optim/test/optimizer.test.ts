/** What all optimizers share: groups, ownership, state, and refused arguments. */
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  cosine,
  createOptimizer,
  gradientDescent,
  type Optimizer,
  rmsProp,
  sgd,
  warmUp,
} from "@dlcc/optim";
import {
  ArgumentError,
  abs,
  BackendError,
  cpu,
  DTypeError,
  Generator,
  moveValues,
  normal,
  Parameter,
  ShapeError,
  slice,
  type Tensor,
  tensor,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const cell = (...values: number[]): Parameter => new Parameter("v", tensor(values));
const one = (parameter: Parameter, ...gradient: number[]): Map<Parameter, Tensor> =>
  new Map([[parameter, tensor(gradient)]]);

const makers: Readonly<Record<string, (parameters: Parameter[]) => Optimizer>> = {
  gradientDescent: (p) => gradientDescent(p, { lr: 0.1 }),
  sgd: (p) => sgd(p, { lr: 0.1, weightDecay: 0.01 }),
  momentum: (p) => sgd(p, { lr: 0.1, momentum: 0.9 }),
  nesterov: (p) => sgd(p, { lr: warmUp(cosine(0.1, { steps: 15 }), { steps: 4 }), momentum: 0.9, nesterov: true }),
  adam: (p) => adam(p, { lr: cosine(0.1, { steps: 20 }) }),
  adamW: (p) => adamW(p, { lr: 0.1 }),
  rmsProp: (p) => rmsProp(p, { lr: 0.01 }),
  "rmsProp with momentum": (p) => rmsProp(p, { lr: 0.01, momentum: 0.9 }),
  adagrad: (p) => adagrad(p, { lr: 0.1 }),
  adadelta: (p) => adadelta(p, { lr: 1 }),
};

describe("step", () => {
  test("takes the gradients over: it frees them", () => {
    const v = cell(1, 2);
    const gradients = one(v, 1, 1);
    sgd([v], { lr: 0.1 }).step(gradients);
    expect(gradients.get(v)?.disposed).toBe(true);
  });
  test("frees the gradients of parameters that it does not train, too", () => {
    const [v, other] = [cell(1), cell(1)];
    const gradients = new Map([...one(v, 1), ...one(other, 1)]);
    sgd([v], { lr: 0.1 }).step(gradients);
    expect(gradients.get(other)?.disposed).toBe(true);
  });
  test("leaves a parameter that has no gradient as it is", async () => {
    const [v, idle] = [cell(1), cell(1)];
    sgd([v, idle], { lr: 0.5, weightDecay: 1 }).step(one(v, 1));
    expect([await v.value.item(), await idle.value.item()]).toEqual([0, 1]);
  });
  test.each(Object.entries(makers))("of %s leaves variables that hold the old value as they were", async (_, make) => {
    const v = cell(1, 2);
    const before = v.value;
    const view = slice(before, [1]);
    const optimizer = make([v]);
    for (let i = 0; i < 3; i++) optimizer.step(one(v, 1, 1));
    expect(await before.array()).toEqual([1, 2]);
    expect(await view.array()).toEqual([2]);
    expect(await v.value.array()).not.toEqual([1, 2]);
  });
  test("counts, from 0", () => {
    const v = cell(1);
    const optimizer = sgd([v], { lr: 0.1 });
    expect(optimizer.steps).toBe(0);
    optimizer.step(one(v, 1));
    expect(optimizer.steps).toBe(1);
  });
  test.each(Object.entries(makers))(
    "of %s refuses a gradient of another shape, naming both, and moves nothing",
    async (_, make) => {
      const [first, second] = [cell(1, 2), new Parameter("second", tensor([3]))];
      const gradients = new Map([...one(first, 1, 1), ...one(second, 1, 1)]);
      const optimizer = make([first, second]);
      expect(() => optimizer.step(gradients)).toThrow(ShapeError);
      expect(() => optimizer.step(gradients)).toThrow(/second must have its shape \[1\], got \[2\]/);
      expect(await first.value.array()).toEqual([1, 2]);
      expect(optimizer.steps).toBe(0);
    },
  );
});

describe("the learning rate", () => {
  test("may be a schedule, which is asked with the number of steps done", async () => {
    const v = cell(0);
    const optimizer = sgd([v], { lr: (step) => 10 ** step });
    const rates: number[] = [];
    for (let i = 0; i < 3; i++) {
      rates.push(optimizer.lr);
      optimizer.step(one(v, 1));
    }
    expect(rates).toEqual([1, 10, 100]);
    expect(await v.value.item()).toBe(-111);
  });
  test("is refused at the step if a schedule gives NaN", () => {
    const v = cell(0);
    const optimizer = sgd([v], { lr: () => Number.NaN });
    expect(() => optimizer.step(one(v, 1))).toThrow(/lr must be a finite number from 0, got NaN/);
  });
});

describe("groups", () => {
  test("have their own options, and the common ones otherwise", async () => {
    const [a, b] = [cell(1), cell(1)];
    const optimizer = sgd(
      [
        { parameters: [a], weightDecay: 1 },
        { parameters: [b], lr: 0.25 },
      ],
      { lr: 0.5 },
    );
    optimizer.step(new Map([...one(a, 1), ...one(b, 1)]));
    expect([await a.value.item(), await b.value.item()]).toEqual([0, 0.75]); // 1 − ½(1 + 1) and 1 − ¼
  });
  test("list their parameters one after the other", () => {
    const [a, b, c] = [cell(1), cell(1), cell(1)];
    const optimizer = adam([{ parameters: [c] }, { parameters: new Set([a, b]) }]);
    expect(optimizer.parameters()).toEqual([c, a, b]);
  });
  test("remember what each needs: one with momentum, one without", () => {
    const [a, b] = [cell(1), cell(1)];
    const optimizer = sgd([{ parameters: [a], momentum: 0.9 }, { parameters: [b] }], { lr: 0.5 });
    optimizer.step(new Map([...one(a, 1), ...one(b, 1)]));
    expect(Object.keys(optimizer.stateDict())).toEqual(["steps", "velocity.0"]);
  });
});

describe("saving and going on", () => {
  /** Random gradients, the same for each run. */
  const gradientsAt = (step: number, parameters: readonly Parameter[]): Map<Parameter, Tensor> => {
    const generator = new Generator(7, step);
    return new Map(parameters.map((p) => [p, tensor(Array.from({ length: p.peek().size }, () => normal(generator)))]));
  };
  test.each(Object.entries(makers))("%s continues as if it had never stopped, bit for bit", async (_, make) => {
    const start = (): Parameter[] => [cell(1, 2, 3), cell(-1, 0.5)];
    const whole = start();
    const optimizer = make(whole);
    for (let step = 0; step < 20; step++) optimizer.step(gradientsAt(step, whole));

    const first = start();
    const early = make(first);
    for (let step = 0; step < 10; step++) early.step(gradientsAt(step, first));
    const second = first.map(({ value }) => new Parameter("v", value));
    const late = make(second);
    await late.loadStateDict(early.stateDict());
    expect(late.steps).toBe(10);
    for (let step = 10; step < 20; step++) late.step(gradientsAt(step, second));

    for (const [i, parameter] of whole.entries()) {
      expect(await second[i]?.value.data()).toEqual(await parameter.value.data());
    }
  });

  test("the saved state does not change when the optimizer goes on", async () => {
    const v = cell(1);
    const optimizer = sgd([v], { lr: 0.1, momentum: 0.5 });
    optimizer.step(one(v, 1));
    const state = optimizer.stateDict();
    optimizer.step(one(v, 1));
    expect(await state.steps?.item()).toBe(1);
    expect(await state["velocity.0"]?.array()).toEqual([1]);
  });

  test("loading replaces all that was remembered", async () => {
    const [v, w] = [cell(1), cell(1)];
    const fresh = sgd([v], { lr: 1, momentum: 0.5 }).stateDict();
    const optimizer = sgd([w], { lr: 1, momentum: 0.5 });
    optimizer.step(one(w, 1));
    await optimizer.loadStateDict(fresh);
    expect(optimizer.steps).toBe(0);
    optimizer.step(one(w, 1));
    expect(await w.value.item()).toBe(-1); // 1 − 1 − 1: no velocity from before.
  });

  const stateOf = (make: (parameters: Parameter[]) => Optimizer): Record<string, Tensor> => {
    const v = cell(1, 2);
    const optimizer = make([v]);
    optimizer.step(one(v, 1, 1));
    return optimizer.stateDict();
  };
  const pick = (name: string): ((parameters: Parameter[]) => Optimizer) =>
    makers[name] as (p: Parameter[]) => Optimizer;

  test.each([
    ["momentum", "adam"],
    ["adam", "momentum"],
    ["adam", "sgd"],
    ["sgd", "adam"],
    ["rmsProp", "rmsProp with momentum"],
    ["rmsProp with momentum", "rmsProp"],
    ["adagrad", "rmsProp"],
    ["adadelta", "adagrad"],
  ])("the state of %s is refused by %s", async (from, to) => {
    const optimizer = pick(to)([cell(1, 2)]);
    await expect(optimizer.loadStateDict(stateOf(pick(from)))).rejects.toThrow(ArgumentError);
    expect(optimizer.steps).toBe(0);
  });
  test("the state of a model with more parameters is refused, naming what has no place", async () => {
    const state = { ...stateOf(pick("momentum")), "velocity.1": tensor([1]) };
    await expect(pick("momentum")([cell(1, 2)]).loadStateDict(state)).rejects.toThrow(/velocity\.1/);
  });
  test("a state of another shape is refused, naming both", async () => {
    const state = stateOf(pick("momentum"));
    const optimizer = pick("momentum")([cell(1, 2, 3)]);
    await expect(optimizer.loadStateDict(state)).rejects.toThrow(/velocity\.0 .*\[3\].*\[2\]/);
  });
  test("a state of another dtype is refused, naming both", async () => {
    const state = stateOf(pick("momentum"));
    const optimizer = pick("momentum")([new Parameter("v", tensor([1, 2], { dtype: "float64" }))]);
    await expect(optimizer.loadStateDict(state)).rejects.toThrow(/velocity\.0 .*float64.*float32/);
  });
  test("a state without steps is refused", async () => {
    await expect(pick("adam")([cell(1)]).loadStateDict({})).rejects.toThrow(/must have "steps", got none/);
  });
  test("a refused state leaves everything as it was", async () => {
    const v = cell(1, 2);
    const optimizer = pick("momentum")([v]);
    optimizer.step(one(v, 1, 1));
    const state = { steps: tensor(9, { dtype: "int32" }), "velocity.0": tensor([7, 7]), "velocity.5": tensor([1]) };
    await expect(optimizer.loadStateDict(state)).rejects.toThrow();
    expect(optimizer.steps).toBe(1);
    expect(await optimizer.stateDict()["velocity.0"]?.array()).toEqual([1, 1]);
  });
});

describe("to", () => {
  test("moves what is remembered, and going on there gives the same", async () => {
    const other = { ...cpu, name: "other" };
    const [v, w] = [cell(1, 2), cell(1, 2)];
    const [moving, staying] = [adam([v]), adam([w])];
    for (const [optimizer, parameter] of [
      [moving, v],
      [staying, w],
    ] as const)
      optimizer.step(one(parameter, 1, -1));
    expect(await moving.to(other)).toBe(moving);
    v.value = await v.value.to(other);
    expect(moving.stateDict()["firstMoment.0"]?.backend).toBe(other);
    moving.step(new Map([[v, tensor([2, 3], { backend: other })]]));
    staying.step(one(w, 2, 3));
    expect(await v.value.data()).toEqual(await w.value.data());
  });

  test("takes a dtype, too", async () => {
    const v = cell(1, 2);
    const optimizer = adam([v]);
    optimizer.step(one(v, 1, -1));
    await moveValues([v], { dtype: "float64" });
    await optimizer.to({ dtype: "float64" });
    optimizer.step(new Map([[v, tensor([2, 3], { dtype: "float64" })]]));
    expect(v.value.dtype).toBe("float64");
  });

  test("an optimizer that was left behind is refused at its next step, with the way out", async () => {
    const v = cell(1, 2);
    const optimizer = sgd([v], { lr: 0.1, momentum: 0.9 });
    optimizer.step(one(v, 1, -1));
    const before = await v.value.array();
    await moveValues([v], { dtype: "float64" });
    expect(() => optimizer.step(new Map([[v, tensor([2, 3])]]))).toThrow(
      new DTypeError("sgd: the gradient of v must have its dtype float64, got float32"),
    );
    expect(() => optimizer.step(new Map([[v, tensor([2, 3], { dtype: "float64" })]]))).toThrow(
      new DTypeError(
        'sgd: the velocity of v must be float64 on cpu, as the parameter is, got float32 on cpu: create the optimizer after model.to, or move it as well, with await optimizer.to({ backend: cpu, dtype: "float64" })',
      ),
    );
    const other = { ...cpu, name: "other" };
    await moveValues([v], { backend: other, dtype: "float32" });
    expect(() => optimizer.step(new Map([[v, tensor([2, 3], { backend: other })]]))).toThrow(
      new BackendError(
        'sgd: the velocity of v must be float32 on other, as the parameter is, got float32 on cpu: create the optimizer after model.to, or move it as well, with await optimizer.to({ backend: other, dtype: "float32" })',
      ),
    );
    expect(await v.value.array()).toEqual(before);
    expect(optimizer.steps).toBe(1);
  });
});

describe("refused options", () => {
  const v = cell(1);
  const cases: Readonly<Record<string, () => unknown>> = {
    "a learning rate below 0": () => sgd([v], { lr: -1 }),
    "a learning rate that is NaN": () => adam([v], { lr: Number.NaN }),
    "an infinite learning rate": () => sgd([v], { lr: Number.POSITIVE_INFINITY }),
    "no learning rate": () => gradientDescent([v], {} as { lr: number }),
    "momentum of 1": () => sgd([v], { lr: 1, momentum: 1 }),
    "momentum below 0": () => sgd([v], { lr: 1, momentum: -0.1 }),
    "weight decay below 0": () => sgd([v], { lr: 1, weightDecay: -1 }),
    "nesterov without momentum": () => sgd([v], { lr: 1, nesterov: true }),
    "beta1 of 1": () => adam([v], { lr: 1, beta1: 1 }),
    "beta2 below 0": () => adamW([v], { lr: 1, beta2: -1 }),
    "adam's epsilon below 0": () => adam([v], { lr: 1, epsilon: -1 }),
    "adamW's weight decay below 0": () => adamW([v], { lr: 1, weightDecay: -1 }),
    "rmsProp's alpha of 1": () => rmsProp([v], { lr: 1, alpha: 1 }),
    "rmsProp's momentum of 1": () => rmsProp([v], { lr: 1, momentum: 1 }),
    "rmsProp's epsilon that is NaN": () => rmsProp([v], { lr: 1, epsilon: Number.NaN }),
    "adagrad's weight decay below 0": () => adagrad([v], { lr: 1, weightDecay: -1 }),
    "adagrad's epsilon below 0": () => adagrad([v], { lr: 1, epsilon: -1 }),
    "adadelta's rho of 1": () => adadelta([v], { lr: 1, rho: 1 }),
    "adadelta's epsilon below 0": () => adadelta([v], { lr: 1, epsilon: -1 }),
    "an option of a group": () => sgd([{ parameters: [v], momentum: 2 }], { lr: 1 }),
    "a rate of a group": () => adam([{ parameters: [v], lr: -1 }], { lr: 1 }),
    "nothing to train": () => sgd([], { lr: 1 }),
    "groups with nothing to train": () => sgd([{ parameters: [] }], { lr: 1 }),
    "a parameter listed twice": () => sgd([v, v], { lr: 1 }),
    "a parameter in two groups": () => sgd([{ parameters: [v] }, { parameters: [v] }], { lr: 1 }),
    "tensors in the place of parameters": () => sgd([v.value] as unknown as Parameter[], { lr: 1 }),
    "parameters among groups": () => sgd([v, { parameters: [cell(1)] }] as unknown as Parameter[], { lr: 1 }),
  };
  test.each(Object.entries(cases))("%s", (_, make) => {
    expect(make).toThrow(ArgumentError);
  });
  test("the message names optimizer, option, value and range", () => {
    expect(() => sgd([v], { lr: 1, momentum: 1 })).toThrow("sgd: momentum must be a number from 0 to below 1, got 1");
    expect(() => adamW([v], { lr: -1 })).toThrow("adamW: lr must be a finite number from 0, got -1");
  });
});

test("a custom rule is a few lines", async () => {
  const v = cell(1, 1);
  const signs = createOptimizer(
    {
      name: "signs",
      slots: () => ["count"],
      update: ([parameter, count], gradient, { lr }) => {
        if (!parameter || !count) return;
        parameter.value = parameter.value.sub(gradient.div(abs(gradient)).mul(lr));
        count.value = count.value.add(1);
      },
    },
    [v],
    { lr: 0.5 },
  );
  signs.step(one(v, 3, -4));
  expect(await v.value.array()).toEqual([0.5, 1.5]);
  expect(await signs.stateDict()["count.0"]?.array()).toEqual([1, 1]);
});
