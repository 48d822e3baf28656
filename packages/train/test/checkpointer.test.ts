import { Generator, Parameter, pow, randn, retain, slice, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Batch,
  type Checkpoint,
  CheckpointError,
  type CheckpointerOptions,
  type CheckpointInterval,
  createCheckpointer,
  type FitOptions,
  fit,
  type Gradients,
  type StepOptimizer,
} from "../src/index.ts";

const meanSquare = (outputs: Tensor, targets: Tensor): Tensor => pow(outputs.sub(targets), 2).mean();

/** `x W`, with a count of its forward passes, which scales the outputs: a buffer that matters. */
function network(units = 1) {
  const w = new Parameter("w", randn([2, units], { seed: 1 }));
  const passes = new Parameter("passes", tensor(0));
  return {
    w,
    passes,
    forward(x: Tensor): Tensor {
      passes.value = tidy(() => passes.value.add(1));
      return x.matmul(w.value).mul(passes.value.mul(0.01).add(1));
    },
    parameters: () => [w],
    buffers: () => [passes],
    config: (): unknown => ({ type: "Mine", units }),
  };
}

/** Heavy-ball descent by hand: it remembers a velocity. */
function momentum(parameters: readonly Parameter[], name = "momentum"): StepOptimizer {
  const velocity = new Map(
    parameters.map((p) => [
      p,
      new Parameter(
        "u",
        tidy(() => p.value.mul(0)),
      ),
    ]),
  );
  return {
    name,
    step(gradients) {
      tidy(() => {
        for (const [p, gradient] of gradients) {
          const u = velocity.get(p)!;
          u.value = u.value.mul(0.9).add(gradient);
          p.value = p.value.sub(u.value.mul(0.05));
        }
      });
      for (const gradient of gradients.values()) gradient.dispose();
    },
    stateDict: () => Object.fromEntries([...velocity.values()].map((u, i) => [`u.${i}`, u.value])),
    loadStateDict(state) {
      [...velocity.values()].forEach((u, i) => {
        const value = state[`u.${i}`];
        if (!value) throw new Error(`momentum: the state must have u.${i}`);
        u.value = value;
      });
    },
  };
}

/** Keeps what it was given, as a file would: values, not tensors. */
function memory() {
  const kept: Checkpoint[] = [];
  return {
    kept,
    async write({ tensors, metadata }: Checkpoint) {
      const copies = Object.entries(tensors).map(async ([name, value]) => {
        const { shape, dtype } = value;
        return [name, retain(tensor((await value.data()).slice(), { shape, dtype }))] as const;
      });
      kept.push({ tensors: Object.fromEntries(await Promise.all(copies)), metadata: { ...metadata } });
    },
    async read() {
      const last = kept.at(-1);
      if (!last) return undefined;
      const tensors = Object.entries(last.tensors).map(([name, value]) => [name, retain(value)]);
      return { ...last, tensors: Object.fromEntries(tensors) as Record<string, Tensor> };
    },
  };
}

const x = randn([23, 2], { seed: 2 });
const y = randn([23, 1], { seed: 3 });
/** Six batches an epoch, of 4 rows and of 3; another order in each epoch. */
function* batches(epoch: number): Iterable<Batch> {
  for (let i = 0; i < 6; i++) {
    const at = ((i * (epoch % 5 || 1)) % 6) * 4;
    yield { x: slice(x, [at, Math.min(23, at + 4)]), y: slice(y, [at, Math.min(23, at + 4)]) };
  }
}

let store: ReturnType<typeof memory>;
beforeEach(() => {
  store = memory();
});

type More = Partial<Omit<CheckpointerOptions, "store" | "model" | "optimizer">> & Partial<FitOptions>;

/** A run from the beginning of the program; with a store that has checkpoints it goes on. */
async function run({ every, options, parts, onFailure, ...more }: More = {}) {
  const model = network();
  const optimizer = momentum(model.parameters());
  const checkpoints = createCheckpointer({
    ...{ store, model, optimizer },
    ...{
      ...(every && { every }),
      ...(options && { options }),
      ...(parts && { parts }),
      ...(onFailure && { onFailure }),
    },
  });
  const reports = await fit({ model, loss: meanSquare, optimizer, batches, epochs: 4, checkpoints, ...more });
  const weights = [...(await model.w.value.data()), ...(await model.passes.value.data())];
  return { model, weights, reports: reports.map(({ seconds: _, ...report }) => report) };
}

/** Ends a run after so many steps, as a kill does: nothing is saved then. */
function killAfter(steps: number) {
  let done = 0;
  return {
    transform: (gradients: Gradients): Gradients => {
      if (done++ === steps) throw new Error("killed");
      return gradients;
    },
  };
}

describe("a run with checkpoints", () => {
  test("gives the numbers of one without", async () => {
    const model = network();
    await fit({ model, loss: meanSquare, optimizer: momentum(model.parameters()), batches, epochs: 4 });
    const { weights } = await run({ every: { steps: 1 } });
    expect(weights).toEqual([...(await model.w.value.data()), 24]);
  });

  test.each<[CheckpointInterval]>([
    [{ steps: 1 }],
    [{ steps: 4 }],
    [{ epochs: 1 }],
    [{ epochs: 3 }],
    [{ seconds: 1e-9 }],
  ])(
    "saved every %j and killed after any step, it ends as one that was never interrupted: weights and reports",
    async (every) => {
      const whole = await run({ every });
      for (let steps = 0; steps < 24; steps++) {
        store = memory();
        await expect(run({ every, ...killAfter(steps) })).rejects.toThrow("killed");
        const resumed = await run({ every });
        expect(resumed.weights, `${steps} steps`).toEqual(whole.weights);
        expect(resumed.reports, `${steps} steps`).toEqual(whole.reports);
      }
    },
  );

  test("killed again and again, it still ends as one that was never interrupted", async () => {
    const whole = await run({ every: { steps: 2 } });
    store = memory();
    for (let kills = 0; kills < 8; kills++) {
      await expect(run({ every: { steps: 2 }, ...killAfter(3) })).rejects.toThrow("killed");
    }
    expect((await run()).weights).toEqual(whole.weights);
  });

  test.each([1, 3, 6, 7])("stopped by its signal in step %d, it saves, and goes on from there", async (steps) => {
    const whole = await run();
    store = memory();
    const controller = new AbortController();
    let done = 0;
    const transform = (gradients: Gradients): Gradients => {
      if (++done === steps) controller.abort();
      return gradients;
    };
    const { reports } = await run({ every: { epochs: 9 }, signal: controller.signal, transform });
    expect(reports).toHaveLength(Math.floor((steps - 1) / 6));
    expect(store.kept).toHaveLength(1);
    let more = 0;
    const count = (gradients: Gradients): Gradients => {
      more++;
      return gradients;
    };
    const resumed = await run({ transform: count });
    expect(more).toBe(24 - steps);
    expect(resumed.weights).toEqual(whole.weights);
    expect(resumed.reports).toEqual(whole.reports);
  });

  test("stopped before its first step, it saves its beginning", async () => {
    const signal = AbortSignal.abort();
    expect((await run({ signal })).reports).toEqual([]);
    expect(store.kept).toHaveLength(1);
    const resumed = await run();
    store = memory();
    expect(resumed).toEqual({ ...(await run()), model: resumed.model });
  });

  test("that is over does nothing, and has its reports", async () => {
    const whole = await run({ every: { epochs: 9 } });
    const again = await run(killAfter(0));
    expect(again.weights).toEqual(whole.weights);
    expect(again.reports).toEqual(whole.reports);
  });

  test("goes on to more epochs", async () => {
    await run({ epochs: 2 });
    const { weights, reports } = await run({ epochs: 4 });
    store = memory();
    const whole = await run();
    expect(weights).toEqual(whole.weights);
    expect(reports).toEqual(whole.reports);
  });

  test("takes batches that know their place there, and draws no others", async () => {
    const whole = await run({ every: { steps: 1 } });
    store = memory();
    const drawn: string[] = [];
    /** An iterator that can go to a place. */
    const knowing = (epoch: number): Iterable<Batch> => {
      const all = [...batches(epoch)];
      let at = 0;
      const iterator = {
        [Symbol.iterator]: () => iterator,
        next() {
          drawn.push(`${epoch}:${at}`);
          return at < 6 ? { value: all[at++]!, done: false } : { value: undefined, done: true };
        },
        state: () => ({ at }),
        loadState: (state: { at: number }) => {
          at = state.at;
        },
      };
      return iterator as unknown as Iterable<Batch>;
    };
    await expect(run({ batches: knowing, every: { steps: 1 }, ...killAfter(9) })).rejects.toThrow("killed");
    drawn.length = 0;
    expect((await run({ batches: knowing, epochs: 2 })).reports).toEqual(whole.reports.slice(0, 2));
    expect(drawn).toEqual(["2:3", "2:4", "2:5", "2:6"]);
  });

  test("keeps the state of more parts: a generator, and tensors", async () => {
    const withParts = () => {
      const noise = new Generator(5);
      const mean = new Parameter("mean", tensor(0));
      const transform = (gradients: Gradients): Gradients =>
        new Map(
          Array.from(gradients, ([p, gradient]) => {
            mean.value = mean.value.mul(0.5).add(gradient.mean());
            return [p, gradient.add(randn([2, 1], { seed: noise, standardDeviation: 0.1 })).add(mean.value)];
          }),
        );
      const average = {
        stateDict: () => ({ mean: mean.value }),
        loadStateDict: (state: Readonly<Record<string, Tensor>>) => {
          mean.value = state.mean!;
        },
      };
      return { parts: { noise, average }, transform, every: { steps: 1 } };
    };
    const whole = await run(withParts());
    store = memory();
    for (const steps of [5, 9, 2]) {
      const { transform, ...more } = withParts();
      const { transform: kill } = killAfter(steps);
      await expect(run({ ...more, transform: (gradients) => transform(kill(gradients)) })).rejects.toThrow("killed");
    }
    expect((await run(withParts())).weights).toEqual(whole.weights);
  });

  test("figures that are NaN or infinite survive", async () => {
    const metrics = { bad: () => tensor(Number.NaN), large: () => tensor(Number.NEGATIVE_INFINITY) };
    const whole = await run({ metrics, every: { steps: 1 } });
    store = memory();
    await expect(run({ metrics, every: { steps: 1 }, ...killAfter(9) })).rejects.toThrow("killed");
    expect((await run({ metrics })).reports).toEqual(whole.reports);
    expect(whole.reports[0]?.metrics).toEqual({ bad: Number.NaN, large: Number.NEGATIVE_INFINITY });
  });
});

describe("a checkpoint of another run is refused, by what differs:", () => {
  const options = { lr: 0.05, data: { name: "irises", rows: 23 } };
  const begun = async (): Promise<void> => {
    await expect(run({ options, every: { steps: 1 }, ...killAfter(3) })).rejects.toThrow("killed");
  };

  test("options", async () => {
    await begun();
    const others = { lr: 0.1, data: { name: "irises", rows: 24 }, seed: 1 };
    const resumed = run({ options: others });
    await expect(resumed).rejects.toThrow(CheckpointError);
    await expect(resumed).rejects.toThrow(
      "checkpoint: it must be of this run, got another's: lr is 0.05 there, and 0.1 here; data.rows is 23 there, and 24 here; seed is missing there, and 1 here",
    );
  });

  test("the architecture and the optimizer", async () => {
    const begin = network(1);
    const store = memory();
    await createCheckpointer({ store, model: begin, optimizer: momentum(begin.parameters()) }).save(1);
    const model = network(3);
    const other = createCheckpointer({ store, model, optimizer: momentum(model.parameters(), "adam") });
    await expect(other.load()).rejects.toThrow(
      'architecture.units is 1 there, and 3 here; optimizer is "momentum" there, and "adam" here',
    );
  });

  test("shapes, of a model that does not know its architecture; nothing has changed then", async () => {
    const mute = (units: number) => ({
      ...network(units),
      config: () => {
        throw new Error("unknown");
      },
    });
    const begin = mute(1);
    await createCheckpointer({ store, model: begin, optimizer: momentum(begin.parameters()) }).save(1);
    const model = mute(3);
    const before = await model.w.value.data();
    const other = createCheckpointer({ store, model, optimizer: momentum(model.parameters()) });
    await expect(other.load()).rejects.toThrow(
      "checkpoint: parameters.0.w must be float32 [2,3], as in this network, got float32 [2,1] in the state",
    );
    expect(await model.w.value.data()).toEqual(before);
  });

  test("an optimizer that can't take its state: the model is as it was, too", async () => {
    await begun();
    const model = network();
    const before = await model.w.value.data();
    const optimizer = momentum(model.parameters());
    const picky = {
      ...optimizer,
      loadStateDict: vi.fn(() => {
        throw new Error("not mine");
      }),
    };
    const checkpoints = createCheckpointer({ store, model, optimizer: picky, options });
    picky.loadStateDict
      .mockImplementationOnce(() => {
        throw new Error("not mine");
      })
      .mockImplementation(() => undefined as never);
    await expect(checkpoints.load()).rejects.toThrow("not mine");
    expect(await model.w.value.data()).toEqual(before);
    expect(await model.passes.value.item()).toBe(0);
  });

  test.each([
    [{ format: "dlcc" }, /its format must be "dlcc-checkpoint", got dlcc/],
    [{ format: "dlcc-checkpoint", formatVersion: "2" }, /formatVersion must be 1 or less for this dlcc, got 2/],
  ])("%j", async (metadata, message) => {
    store.kept.push({ tensors: {}, metadata: metadata as Record<string, string> });
    await expect(run()).rejects.toThrow(message);
  });
});

describe("a checkpoint that can't be written", () => {
  test("ends the run, unless onFailure takes the error", async () => {
    store.write = () => Promise.reject(new Error("ENOSPC: no space left on device"));
    await expect(run()).rejects.toThrow("ENOSPC");
  });

  test("is tried again after the next interval; training goes on", async () => {
    const whole = await run();
    store = memory();
    const { write } = store;
    const failures: unknown[] = [];
    let writes = 0;
    store.write = (checkpoint) => (++writes % 3 === 1 ? Promise.reject(new Error("full")) : write(checkpoint));
    const { weights } = await run({
      every: { steps: 5 },
      onFailure: (error) => failures.push((error as Error).message),
    });
    expect(weights).toEqual(whole.weights);
    // After 5, 10, 15 and 20 steps, and at the end.
    expect([writes, failures]).toEqual([5, ["full", "full"]]);
    expect(store.kept).toHaveLength(3);
  });
});

test.each([
  [{ every: { steps: 0 } }, /every must be \{ steps \}, \{ seconds \} or \{ epochs \} above 0, got \{"steps":0\}/],
  [{ every: {} }, /above 0, got \{\}/],
  [{ store: undefined }, /createCheckpointer: store must be given/],
])("createCheckpointer refuses %j", (wrong, message) => {
  const model = network();
  const options = { store, model, optimizer: momentum(model.parameters()), ...wrong } as unknown as CheckpointerOptions;
  expect(() => createCheckpointer(options)).toThrow(message);
});
