/**
 * What the training loop costs beside its steps: `fit`, with random order, minibatches, accuracy and progress, against
 * the same steps by hand, on minibatches that are there already. Both in one process and in turns of some milliseconds:
 * from one process to the next, the same step may differ by more than the loop costs.
 */
import { minibatches } from "@dlcc/data";
import { crossEntropy } from "@dlcc/losses";
import { type Tensor, tensor } from "@dlcc/tensor";
import { accuracy, type Batch, fit } from "@dlcc/train";
import { createWasm, type WasmBackend } from "@dlcc/wasm";
import { imagesOf, type Learner, learner, stepOf } from "./learner.ts";
import type { Pace } from "./measure.ts";
import { dense } from "./networks.ts";
import { sampleMilliseconds } from "./protocol.ts";
import { training } from "./recipe.ts";
import { type Spread, spreadOf } from "./statistics.ts";

/** What the loop costs in one setting. */
export interface Loop {
  readonly threads: number;
  readonly batch: number;
  /** Where the examples are that minibatches are drawn from: on the host, or where the network is. */
  readonly examples: "cpu" | "wasm";
  /** Milliseconds a step. */
  readonly bare: Spread;
  readonly fit: Spread;
  /** How much longer `fit` takes, as a fraction, turn by turn. */
  readonly more: Spread;
}

/** A name for `--only`. */
export const loopId = (threads: number): string => `loop dlcc-wasm-${threads}`;

/** How many examples there are to draw from. */
const count = 4096;
const data = training(dense, count);
const seed = 1;

/** Turns take longer than the race's rounds, all in all: the differences are small. */
const patience = 3;

/** Measures all settings with so many threads. */
export async function loops(threads: number, pace: Pace): Promise<Loop[]> {
  const backend = await createWasm({ threads });
  const host = [imagesOf(data), tensor(data.labels)] as const;
  const there = [await host[0].to(backend), await host[1].to(backend)] as const;
  const found: Loop[] = [];
  try {
    for (const batch of [10, 64, 128]) {
      await checkSame(batch, host, backend);
      for (const examples of ["cpu", "wasm"] as const) {
        const spreads = await inTurns(batch, examples === "cpu" ? host : there, backend, pace);
        found.push({ threads, batch, examples, ...spreads });
      }
    }
  } finally {
    for (const tensor of [...host, ...there]) tensor.dispose();
    backend.dispose();
  }
  return found;
}

type Examples = readonly [images: Tensor, labels: Tensor];

/** An epoch's minibatches, all of one size. */
const epochOf = ([images, labels]: Examples, size: number, epoch: number, backend: WasmBackend): Iterable<Batch> =>
  minibatches(images, labels, { size, seed, epoch, backend, dropLast: true });

const fitted = ({ model, optimizer }: Learner, batches: Iterable<Batch>): Promise<unknown> =>
  fit({
    model,
    loss: crossEntropy,
    optimizer,
    batches: () => batches,
    metrics: { accuracy },
    epochs: 1,
    onProgress() {},
  });

/** Both ways to the same weights, to the last bit. */
async function checkSame(size: number, examples: Examples, backend: WasmBackend): Promise<void> {
  const [byHand, byFit] = [await learner(data, backend), await learner(data, backend)];
  for (const batch of epochOf(examples, size, 1, backend)) stepOf(byHand, batch).dispose();
  await fitted(byFit, epochOf(examples, size, 1, backend));
  for (const [i, { value }] of byHand.parameters.entries()) {
    const other = byFit.parameters[i]?.value as Tensor;
    if (String(value.dataSync()) !== String(other.dataSync()))
      throw new Error(`loop: fit does other work than the steps`);
  }
}

async function inTurns(
  size: number,
  examples: Examples,
  backend: WasmBackend,
  pace: Pace,
): Promise<Pick<Loop, "bare" | "fit" | "more">> {
  const learning = await learner(data, backend);
  const ready = Array.from(epochOf(examples, size, 1, backend), ({ x, y }) => ({ x: x.detach(), y: y.detach() }));
  let next = 0;
  const bare = (steps: number): void => {
    for (let i = 0; i < steps; i++) stepOf(learning, ready[next++ % ready.length] as Batch).dispose();
  };
  function* endless(): Generator<Batch, never> {
    for (let epoch = 1; ; epoch++) yield* epochOf(examples, size, epoch, backend);
  }
  const source = endless();
  const loop = (steps: number): Promise<unknown> =>
    fitted(learning, {
      *[Symbol.iterator]() {
        for (let i = 0; i < steps; i++) yield source.next().value;
      },
    });

  const milliseconds = async (work: () => unknown): Promise<number> => {
    const start = performance.now();
    await work();
    return performance.now() - start;
  };
  const steps = Math.ceil(sampleMilliseconds / ((await milliseconds(() => bare(ready.length))) / ready.length));
  const times = { bare: [] as number[], fit: [] as number[] };
  const turn = {
    bare: async () => void times.bare.push((await milliseconds(() => bare(steps))) / steps),
    fit: async () => void times.fit.push((await milliseconds(() => loop(steps))) / steps),
  };
  const warm = performance.now() + pace.warmUp;
  const end = warm + patience * pace.rounds * pace.round;
  for (let round = 0; performance.now() < end; round++) {
    for (const way of round % 2 === 0 ? (["bare", "fit"] as const) : (["fit", "bare"] as const)) await turn[way]();
    if (performance.now() < warm) times.bare.length = times.fit.length = 0;
  }
  source.return(undefined as never);
  for (const { x, y } of ready) {
    x.dispose();
    y.dispose();
  }
  const more = times.fit.map((time, i) => time / (times.bare[i] as number) - 1);
  return { bare: spreadOf(times.bare), fit: spreadOf(times.fit), more: spreadOf(more) };
}
