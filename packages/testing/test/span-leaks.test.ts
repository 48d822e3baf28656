/** Leaks: how many storages are out after a training step is the same after the first and after the ten-thousandth. */
import { customOp, grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import { type Minibatches, minibatches } from "@dlcc/data";
import { checkpointStore, type Place } from "@dlcc/io";
import { Dropout, Linear, Perceptron, relu, Sequential, summary } from "@dlcc/layers";
import { binaryCrossEntropy, crossEntropy, huber, l1, l2, mse } from "@dlcc/losses";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  clipByGlobalNorm,
  clipByValue,
  type Optimizer,
  rmsProp,
  sgd,
} from "@dlcc/optim";
import { type Backend, cpu, type Parameter, pow, randn, type Tensor, tensor, tidy, uniform } from "@dlcc/tensor";
import { type CountingBackend, counting, withoutFused } from "@dlcc/testing";
import { accuracy, createCheckpointer, evaluate, fit, keepBest } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";

interface Setting {
  readonly backend: CountingBackend;
  readonly model: Sequential;
  readonly x: Tensor;
  readonly y: Tensor;
}

async function setting(inner: Backend = cpu): Promise<Setting> {
  const backend = counting(inner);
  const layers = [new Linear(3, 4, { seed: 1 }), relu, new Linear(4, 2, { seed: 2 })];
  const model = await new Sequential(layers).to(backend);
  const x = randn([5, 3], { seed: 3, backend });
  const y = tensor([0, 1, 0, 1, 1], { dtype: "int32", backend });
  return { backend, model, x, y };
}

/** How many storages are out after the first call, and after the last. */
function liveAfter(backend: CountingBackend, calls: number, step: () => void): { first: number; last: number } {
  step();
  const first = backend.live;
  for (let i = 1; i < calls; i++) step();
  return { first, last: backend.live };
}

type Make = (parameters: Iterable<Parameter>) => Optimizer;
const makers = {
  "sgd with momentum": (parameters) => sgd(parameters, { lr: 0.01, momentum: 0.9 }),
  adam: (parameters) => adam(parameters, { lr: 0.001 }),
} satisfies Record<string, Make>;
const others = {
  sgd: (parameters) => sgd(parameters, { lr: 0.01, weightDecay: 0.1 }),
  "Nesterov's": (parameters) => sgd(parameters, { lr: 0.01, momentum: 0.9, nesterov: true }),
  adamW: (parameters) => adamW(parameters, { lr: 0.001 }),
  rmsProp: (parameters) => rmsProp(parameters, { lr: 0.001, momentum: 0.5, weightDecay: 0.1 }),
  adagrad: (parameters) => adagrad(parameters, { lr: 0.01, weightDecay: 0.1 }),
  adadelta: (parameters) => adadelta(parameters, { weightDecay: 0.1 }),
} satisfies Record<string, Make>;

/** What a model of two layers with biases needs: four parameters, each with `slots` cells; x and y. */
const held = (slots: number): number => 4 * (1 + slots) + 2;

const [oneThread, twoThreads] = await Promise.all([createWasm({ threads: 1 }), createWasm({ threads: 2 })]);
afterAll(() => {
  for (const backend of [oneThread, twoThreads]) backend.dispose();
});

/** The backends that must hold what they hold for ever, and what each says of its own memory. The GPU: gpu-training.test.ts. */
const lasting: readonly { name: string; inner: Backend; memory: () => object }[] = [
  { name: "cpu", inner: cpu, memory: () => ({}) },
  { name: "wasm on 1 thread", inner: oneThread, memory: () => ({ ...oneThread.memory }) },
  { name: "wasm on 2 threads", inner: twoThreads, memory: () => ({ ...twoThreads.memory }) },
];

describe.each(lasting)("10,000 steps hold as many storages at the end as after the first, on $name", (place) => {
  const { inner, memory } = place;

  test("of sgd with momentum, by hand", async () => {
    const { backend, model, x, y } = await setting(inner);
    const optimizer = makers["sgd with momentum"](model.parameters());
    const step = (): void => {
      const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
      optimizer.step(gradients);
      value.dispose();
    };
    const warm = liveAfter(backend, 10, step);
    const before = memory();
    const { last } = liveAfter(backend, 9_990, step);
    expect(warm.first).toBe(held(1)); // No more than what is needed.
    expect(last).toBe(held(1));
    expect(memory()).toEqual(before);
  });

  test("of adam, in a tidy, with nothing disposed of by hand", async () => {
    const { backend, model, x, y } = await setting(inner);
    const optimizer = makers.adam(model.parameters());
    const { first, last } = liveAfter(backend, 10_000, () =>
      tidy(() => {
        const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
        optimizer.step(gradients);
      }),
    );
    expect(first).toBe(held(2));
    expect(last).toBe(first);
  });

  test("of adam, in fit", async () => {
    const { backend, model, x, y } = await setting(inner);
    const batches = new Array(1000).fill({ x, y });
    const live: number[] = [];
    const onEpoch = (): void => {
      live.push(backend.live);
    };
    const optimizer = makers.adam(model.parameters());
    await fit({ model, loss: crossEntropy, optimizer, batches: () => batches, epochs: 10, onEpoch });
    expect(live).toHaveLength(10);
    expect(new Set(live).size).toBe(1);
    expect(backend.live).toBe(held(2)); // And fit has given back what it held on to.
  });
});

describe("200 steps do", () => {
  test.each(Object.entries(others))("of %s", async (_, make) => {
    const { backend, model, x, y } = await setting();
    const optimizer = make(model.parameters());
    const { first, last } = liveAfter(backend, 200, () => {
      const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
      optimizer.step(gradients);
      value.dispose();
    });
    expect(last).toBe(first);
  });

  test.each(Object.entries({ ...makers, ...others }))("of %s, of composites", async (_, make) => {
    const { backend, model, x, y } = await setting(withoutFused(cpu));
    const optimizer = make(model.parameters());
    const { first, last } = liveAfter(backend, 200, () => {
      const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
      optimizer.step(gradients);
      value.dispose();
    });
    expect(last).toBe(first);
  });

  test("with dropout, metrics, and values clipped, in fit", async () => {
    const { backend, model, x, y } = await setting();
    const wet = new Sequential([...model.layers, new Dropout(0.2, { seed: 1 })]);
    const live: number[] = [];
    await fit({
      model: wet,
      loss: crossEntropy,
      optimizer: makers["sgd with momentum"](wet.parameters()),
      batches: () => new Array(20).fill({ x, y }),
      epochs: 10,
      metrics: { accuracy },
      validate: () => evaluate({ model: wet, loss: crossEntropy, batches: [{ x, y }], metrics: { accuracy } }),
      transform: (gradients) => clipByValue(gradients, 0.1),
      onEpoch: () => {
        live.push(backend.live);
      },
    });
    expect(new Set(live).size).toBe(1);
    expect(backend.live).toBe(held(1));
  });

  test("of fit, with checkpoints, and the best epoch kept", async () => {
    const { backend, model, x, y } = await setting();
    const files = new Map<string, Uint8Array>();
    const place: Place = {
      name: "memory",
      list: async () => [...files.keys()],
      read: async (name) => files.get(name) as Uint8Array,
      write: async (name, bytes) => void files.set(name, bytes),
      remove: async (name) => void files.delete(name),
    };
    const optimizer = makers["sgd with momentum"](model.parameters());
    const live: number[] = [];
    const train = async (epochs: number): Promise<void> => {
      const best = keepBest(model);
      const store = checkpointStore(place);
      const checkpoints = createCheckpointer({ store, model, optimizer, parts: { best }, every: { steps: 3 } });
      const onEpoch = (): void => void live.push(backend.live);
      const batches = (): Minibatches => minibatches(x, y, { size: 2, seed: 1 });
      await fit({ model, loss: crossEntropy, optimizer, batches, epochs, onEpoch, best, checkpoints });
      best.dispose();
    };
    await train(10);
    await train(20); // it goes on from a checkpoint
    expect(live).toHaveLength(20);
    expect(backend.live).toBe(held(1));
  });

  test("of fit, with a transform that leaves everything lying about", async () => {
    const { backend, model, x, y } = await setting();
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    await fit({
      model,
      loss: crossEntropy,
      optimizer,
      batches: () => new Array(20).fill({ x, y }),
      epochs: 2,
      transform: (gradients) => new Map(Array.from(gradients, ([cell, gradient]) => [cell, gradient.mul(2).mul(0.5)])),
    });
    expect(backend.live).toBe(held(0));
  });

  test("with the norm of the gradients clipped", async () => {
    const { backend, model, x, y } = await setting();
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    const { first, last } = liveAfter(backend, 200, () => {
      const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
      const clipped = clipByGlobalNorm(gradients, 0.01);
      optimizer.step(clipped.gradients);
      clipped.norm.dispose();
      value.dispose();
    });
    expect(first).toBe(held(0));
    expect(last).toBe(first);
  });

  test("with a penalty on the gradient of the inputs, nested", async () => {
    const { backend, model, x } = await setting();
    const optimizer = sgd(model.parameters(), { lr: 0.01 });
    const { first, last } = liveAfter(backend, 200, () => {
      const { value, gradients } = valueAndGrad(
        () => pow(grad((x: Tensor) => l2(model.forward(x), model.forward(x).mul(0)))(x), 2).sum(),
        model.parameters(),
      );
      optimizer.step(gradients);
      value.dispose();
    });
    expect(first).toBe(held(0));
    expect(last).toBe(first);
  });
});

describe("nothing is left behind", () => {
  test("by a model that is used, and not trained", async () => {
    const { backend, model, x, y } = await setting();
    const before = backend.live;
    tidy(() => crossEntropy(model.forward(x), y)).dispose();
    for (const loss of [huber, mse, l1, l2]) loss(x, x, { reduction: "none" }).dispose();
    tidy(() => binaryCrossEntropy(x, x.sigmoid(), { reduction: "none" })).dispose();
    summary(model, [3]);
    await evaluate({ model, loss: crossEntropy, batches: [{ x, y }], metrics: { accuracy } });
    expect(backend.live).toBe(before);
  });

  test("by a valueAndGrad that throws", async () => {
    const { backend, model, x } = await setting();
    const before = backend.live;
    const fail = (): Tensor => {
      model.forward(x);
      throw new Error("mine");
    };
    expect(() => valueAndGrad(fail, model.parameters())).toThrow("mine");
    expect(() => valueAndGrad(() => model.forward(x), model.parameters())).toThrow(/scalar/);
    expect(backend.live).toBe(before);
  });

  test("by a fit that stops at a loss of NaN", async () => {
    const { backend, model, x, y } = await setting();
    const before = backend.live;
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    const loss = (o: Tensor, y: Tensor): Tensor => crossEntropy(o, y).mul(Number.NaN);
    const batches = () => [
      { x, y },
      { x, y },
    ];
    await expect(fit({ model, loss, optimizer, batches, epochs: 1 })).rejects.toThrow(/NaN/);
    expect(backend.live).toBe(before);
  });

  test("by stateDict and loadStateDict, when what they give is given back", async () => {
    const { backend, model } = await setting();
    const before = backend.live;
    const state = model.stateDict();
    expect(backend.live).toBe(before); // Claims on the same storages.
    model.loadStateDict(state);
    for (const value of Object.values(state)) value.dispose();
    expect(backend.live).toBe(before);
  });

  test("by an optimizer that goes on where another one stood", async () => {
    const { backend, model, x, y } = await setting();
    const optimizer = adam(model.parameters());
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    value.dispose();
    const state = optimizer.stateDict();
    for (let i = 0; i < 3; i++) await optimizer.loadStateDict(state);
    for (const value of Object.values(state)) value.dispose();
    expect(backend.live).toBe(held(2));
  });

  test("by a model that moves away", async () => {
    const { backend, model } = await setting();
    await model.to(cpu);
    expect(backend.live).toBe(2); // x and y.
  });

  test("by an optimizer's state that moves away", async () => {
    const { backend, model, x, y } = await setting();
    const optimizer = adam(model.parameters());
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
    value.dispose();
    expect(backend.live).toBe(held(2));
    await optimizer.to(cpu);
    expect(backend.live).toBe(held(0));
  });

  test("by gradients that nobody steps with, when they are disposed of", async () => {
    const { backend, model, x, y } = await setting();
    const before = backend.live;
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    expect(backend.live).toBe(before + 5);
    value.dispose();
    for (const gradient of gradients.values()) gradient.dispose();
    expect(backend.live).toBe(before);
  });

  test("by a perceptron", async () => {
    const backend = counting(cpu);
    const perceptron = await new Perceptron([6, 2, 2], 5).to(backend);
    const x = uniform([4, 3], { seed: 1, backend });
    expect(backend.live).toBe(3);
    perceptron.forward(x).dispose();
    expect(backend.live).toBe(3);
  });

  test("by an op of one's own", async () => {
    const backend = counting(cpu);
    const x = uniform([3], { seed: 1, backend });
    const cube = customOp<[Tensor]>({
      name: "cube",
      forward: (x) => x.mul(x).mul(x),
      backward: (g, [x]) => [g.mul(x).mul(x).mul(3)],
    });
    const { value, gradients } = valueAndGrad(() => cube(x).sum(), [x]);
    value.dispose();
    gradients.get(x)?.dispose();
    expect(backend.live).toBe(1);
  });

  test("by a gradient check", async () => {
    const backend = counting(cpu);
    const x = uniform([2, 2], { seed: 1, backend, dtype: "float64" });
    await gradCheck((x) => x.matmul(x).sigmoid(), [x]);
    expect(backend.live).toBe(1);
  });
});
