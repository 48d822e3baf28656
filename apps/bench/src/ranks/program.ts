/** What each rank runs: `mpirun -n 2 node program.js`. Rank 0 prints a line of JSON. */
import { availableParallelism } from "node:os";
import { valueAndGrad } from "@dlcc/autograd";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { createWorld, distributed } from "@dlcc/mpi";
import { sgd } from "@dlcc/optim";
import { randn, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { spreadOf } from "../statistics.ts";
import type { MessageFigures, RankFigures, StepFigures } from "./figures.ts";

/** So long each case is measured, in milliseconds, and at least so often; the first tenth warms up. */
const [budget, fewest] = [200, 6];

const world = await createWorld();
const threads = Math.max(1, Math.floor(availableParallelism() / world.size));
const backend = await createWasm({ threads });
const noWork = (): void => {};

/** The median time of what all ranks do together, of the slowest rank. */
function time(run: () => void): number {
  run();
  const once = new Float64Array([performance.now()]);
  run();
  once[0] = performance.now() - (once[0] as number);
  world.allReduce(once, "max");
  const repeats = Math.max(fewest, Math.min(5000, Math.ceil(budget / (once[0] as number))));
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) {
    const start = performance.now();
    run();
    times.push(performance.now() - start);
  }
  const median = new Float64Array([spreadOf(times.slice(Math.ceil(repeats / 10))).median]);
  world.allReduce(median, "max");
  return median[0] as number;
}

const inputs = 784;
const classes = 10;

/** The loop of the guide, on this rank's part of a minibatch. */
async function step(hidden: number, batch: number): Promise<StepFigures> {
  const own = Math.max(1, Math.floor(batch / world.size));
  const model = new Sequential([
    new Linear(inputs, hidden, { seed: 1 }),
    relu,
    new Linear(hidden, classes, { seed: 2 }),
  ]);
  await model.to(backend);
  const x = randn([own, inputs], { seed: 3 + world.rank, backend });
  const y = tensor(
    Array.from({ length: own }, (_, i) => i % classes),
    { dtype: "int32", backend },
  );
  const optimizer = distributed(sgd(model.parameters(), { lr: 0.01 }), world);
  let total = 0;
  const run = (): void => {
    const start = performance.now();
    tidy(() => {
      const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
      optimizer.step(gradients);
    });
    total += performance.now() - start;
  };
  const milliseconds = time(run);
  const waiting = new Float64Array([optimizer.waited / total / world.size]);
  world.allReduce(waiting);
  const bytes = model.parameters().reduce((sum, p) => sum + 4 * p.peek().size, 0);
  for (const t of [x, y]) t.dispose();
  model.dispose();
  return { hidden, bytes, batch, milliseconds, waiting: waiting[0] as number };
}

/** Products of matrices that take about so long, in milliseconds. */
function workOf(milliseconds: number): () => void {
  if (milliseconds < 0.01) return noWork;
  const side = 64;
  const a: Tensor = randn([side, side], { seed: 1, backend });
  const product = (): void => tidy(() => void a.matmul(a));
  const one = time(product);
  const times = Math.max(1, Math.round(milliseconds / one));
  return () => {
    for (let i = 0; i < times; i++) product();
  };
}

function message(bytes: number): MessageFigures {
  const values = new Float32Array(Math.max(1, bytes / 4));
  const milliseconds = time(() => world.allReduce(values));
  const work = workOf(milliseconds);
  return {
    bytes,
    milliseconds,
    work: time(work),
    after: time(() => {
      work();
      world.allReduce(values);
    }),
    overlapped: time(() => {
      const pending = world.beginAllReduce(values);
      work();
      pending.wait();
    }),
  };
}

const steps: StepFigures[] = [];
for (const [hidden, batch] of [
  [32, 64],
  [128, 64],
  [128, 512],
  [512, 512],
  [2048, 512],
] as const) {
  steps.push(await step(hidden, batch));
}
// Of two ranks: more of them than cores take turns, and say nothing of a message.
const messages = world.size !== 2 ? [] : [4, 4096, 65_536, 407_080, 2 ** 20, 2 ** 23].map(message);
const figures: RankFigures = { ranks: world.size, library: world.library, threads, steps, messages };
if (world.rank === 0) console.log(JSON.stringify(figures));
await world.close();
