/** Resuming equals never having stopped, bit for bit: a run goes through the bytes of checkpoints, on cpu and wasm. */
import { minibatches } from "@dlcc/data";
import { checkpointStore, type Place } from "@dlcc/io";
import { Dropout, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, cosine, type Optimizer, rmsProp, sgd } from "@dlcc/optim";
import { type Backend, cpu, Generator, type Parameter, randn, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { type Batch, createCheckpointer, type EpochReport, fit, type Gradients, keepBest } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";

const images = randn([90, 6], { seed: 1 });
const labels = tensor(Int32Array.from({ length: 90 }, (_, i) => i % 3));

const wasm = await Promise.all([1, 2].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of wasm) backend.dispose();
});
const backends: readonly [string, Backend][] = [
  ["cpu", cpu],
  ["wasm, 1 thread", wasm[0]!],
  ["wasm, 2 threads", wasm[1]!],
];

const optimizers: readonly [string, (parameters: Parameter[]) => Optimizer][] = [
  ["SGD with momentum and weight decay", (p) => sgd(p, { lr: 0.1, momentum: 0.9, weightDecay: 1e-3 })],
  ["Adam under a cosine schedule", (p) => adam(p, { lr: cosine(0.01, { steps: 20 }) })],
  ["RMSprop", (p) => rmsProp(p, { lr: 0.01 })],
];

/** A disk that is full at two of three writes, and read-only at every other removal. */
function failing(place: Place): Place {
  let [writes, removals] = [0, 0];
  return {
    ...place,
    write: (name, bytes) =>
      writes++ % 3 > 0 ? Promise.reject(new Error("ENOSPC: no space left on device")) : place.write(name, bytes),
    remove: (name) =>
      removals++ % 2 > 0 ? Promise.reject(new Error("EROFS: read-only file system")) : place.remove(name),
  };
}

/** A place that lives as long as the test: what is in it went through bytes. */
function memory(): Place {
  const files = new Map<string, Uint8Array>();
  return {
    name: "memory",
    list: async () => [...files.keys()],
    read: async (name) => files.get(name) as Uint8Array,
    write: async (name, bytes) => void files.set(name, bytes.slice()),
    remove: async (name) => void files.delete(name),
  };
}

interface Options {
  readonly backend: Backend;
  readonly optimizerOf: (parameters: Parameter[]) => Optimizer;
  readonly place: Place;
  /** The step in which the process is killed. */
  readonly killed?: number;
  /** Whether the order is a generator's that goes on from epoch to epoch. */
  readonly continuing?: boolean;
}

/** A program, from its first line: dropout, an augmentation with a random stream, the best epoch, and all in a checkpoint. */
async function program({
  backend,
  optimizerOf,
  place,
  killed = Number.POSITIVE_INFINITY,
  continuing = false,
}: Options) {
  const model = await new Sequential([
    new Linear(6, 8, { seed: 1 }),
    relu,
    new Dropout(0.3, { seed: 3 }),
    new Linear(8, 3, { seed: 2 }),
  ]).to(backend);
  const optimizer = optimizerOf(model.parameters());
  const augmentation = new Generator(5);
  const order = new Generator(7);
  function* batches(epoch: number): Iterable<Batch> {
    const seed = continuing ? order : 7;
    for (const { x, y } of minibatches(images, labels, { size: 20, seed, epoch, backend })) {
      const noisy = tidy(() => x.add(randn(x.shape, { seed: augmentation, standardDeviation: 0.1, backend })));
      yield { x: noisy, y };
      noisy.dispose();
    }
  }
  const best = keepBest(model, { patience: 3, by: ({ loss }: EpochReport) => loss });
  let steps = 0;
  const transform = (gradients: Gradients): Gradients => {
    if (steps++ === killed) throw new Error("killed");
    return gradients;
  };
  const checkpoints = createCheckpointer({
    store: checkpointStore(place, { keep: 2 }),
    model,
    optimizer,
    every: { steps: 2 },
    parts: { augmentation, best, order },
    onFailure: () => {},
  });
  const run = { model, loss: crossEntropy, optimizer, batches, epochs: 4, transform, best, checkpoints };
  const reports = await fit(run);
  const bytes: Record<string, Uint8Array> = {};
  const state: Record<string, Tensor> = { ...model.stateDict(), ...optimizer.stateDict() };
  for (const [name, value] of Object.entries(state)) {
    bytes[name] = new Uint8Array((await value.data()).slice().buffer);
    value.dispose();
  }
  model.dispose();
  optimizer.dispose();
  best.dispose();
  return { bytes, losses: reports.map(({ loss }) => loss) };
}

describe.each(backends)("%s", (_, backend) => {
  test.each(optimizers)("%s: killed in any step and resumed, it ends with the same bytes", async (_, optimizerOf) => {
    const whole = await program({ backend, optimizerOf, place: memory() });
    for (let killed = 0; killed < 18; killed += 3) {
      const options = { backend, optimizerOf, place: memory() };
      await expect(program({ ...options, killed })).rejects.toThrow("killed");
      await expect(program({ ...options, killed: 2 })).rejects.toThrow("killed");
      expect(await program(options), `after ${killed} steps`).toEqual(whole);
    }
  });
});

test.each([[4], [5], [6], [11]])(
  "an order that goes on from epoch to epoch does so after a kill in step %d",
  async (killed) => {
    const [[, optimizerOf]] = optimizers as [(typeof optimizers)[0]];
    const options = { backend: cpu, optimizerOf, continuing: true };
    const place = memory();
    await expect(program({ ...options, place, killed })).rejects.toThrow("killed");
    expect(await program({ ...options, place })).toEqual(await program({ ...options, place: memory() }));
  },
);

test("a disk that fails now and then costs steps that are done once more, and nothing else", async () => {
  const [[, optimizerOf]] = optimizers as [(typeof optimizers)[0]];
  const options = { backend: cpu, optimizerOf };
  const whole = await program({ ...options, place: memory() });
  for (let killed = 1; killed < 20; killed += 3) {
    const place = failing(memory());
    await expect(program({ ...options, place, killed })).rejects.toThrow("killed");
    expect(await program({ ...options, place }), `after ${killed} steps`).toEqual(whole);
  }
});

test("threads don't matter, not even where a run goes on with others than it began with", async () => {
  const [, [, optimizerOf]] = optimizers as [unknown, [string, (p: Parameter[]) => Optimizer]];
  const whole = await program({ backend: wasm[0]!, optimizerOf, place: memory() });
  const place = memory();
  await expect(program({ backend: wasm[1]!, optimizerOf, place, killed: 9 })).rejects.toThrow("killed");
  expect(await program({ backend: wasm[0]!, optimizerOf, place })).toEqual(whole);
});
