/** What each rank of the tests of @dlcc/mpi runs: `mpirun -n 3 node program.js WORD`. Rank 0 prints one line of JSON. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { valueAndGrad } from "@dlcc/autograd";
import { mse } from "@dlcc/losses";
import { createWorld, distributed, shard, type World } from "@dlcc/mpi";
import { sgd } from "@dlcc/optim";
import { cpu, tidy, zeros } from "@dlcc/tensor";
import { createStepper, fit } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { batchesFor, cases, makeRun, normalizing } from "./mpi-run.ts";

const [word = "all"] = process.argv.slice(2);
const world = await createWorld(process.env.LIBRARY === undefined ? {} : { library: process.env.LIBRARY });

/** What all ranks say, on rank 0. */
function together<T>(value: T): T[] {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const length = new Int32Array([bytes.length]);
  world.allReduce(length, "max");
  const padded = new Uint8Array(length[0] ?? 0);
  padded.set(bytes);
  const all = world.gather(padded) ?? [];
  return all.map((text) => JSON.parse(new TextDecoder().decode(text).replaceAll("\0", "")) as T);
}

/** `(module (memory 1) (func (export "load") (param i32) (result i32) local.get 0 i32.load))`: it reads a number at an address. */
const loading = [
  ...[0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 127, 1, 127, 3, 2, 1, 0, 5, 3, 1, 0, 1],
  ...[7, 8, 1, 4, 108, 111, 97, 100, 0, 0, 10, 9, 1, 7, 0, 32, 0, 40, 2, 0, 11],
];

/** What signals do when a library has started: V8 hears by SIGSEGV of an access out of WebAssembly's memory. */
async function signals(): Promise<unknown> {
  const { instance } = await WebAssembly.instantiate(Uint8Array.from(loading));
  const load = instance.exports.load as (at: number) => number;
  let outside: unknown;
  try {
    load(2 ** 31 - 1);
  } catch (error) {
    outside = error;
  }
  // SIGHUP is the lowest bit of the mask of signals that are caught.
  const caught = /^SigCgt:\s*(\w+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "";
  return {
    inside: load(0),
    outside: outside instanceof WebAssembly.RuntimeError,
    hangup: BigInt(`0x${caught}`) & 1n ? "caught" : "ends it",
  };
}

/** The results of each method, as plain numbers. */
async function collectives(): Promise<unknown> {
  const { rank, size } = world;
  const sum = new Float32Array([rank + 1, 0.5]);
  world.allReduce(sum);
  const least = new Float64Array([rank + 0.25]);
  world.allReduce(least, "min");
  const most = new Int32Array([rank - 7]);
  world.allReduce(most, "max");
  const sent = new Uint8Array(rank === size - 1 ? [1, 2, 3] : [0, 0, 0]);
  world.broadcast(sent, size - 1);
  const gathered = world.gather(new Int32Array([rank, rank * rank]), size - 1);
  const everywhere = world.allGather(new Float64Array([rank / 2]));
  const swapped = world.allToAll(Int32Array.from({ length: size }, (_, to) => 10 * rank + to));
  const pending = [1, 2, 3].map((n) => {
    const values = new Float32Array(n * 1000).fill(n);
    return { values, call: world.beginAllReduce(values) };
  });
  for (const { call } of pending.reverse()) call.wait();
  world.allReduce(new Float32Array(0));
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  if (rank === 0) await new Promise((resolve) => setTimeout(resolve, 100));
  await world.barrier();
  clearInterval(timer);
  return {
    ...{ rank, size, sum: [...sum], least: [...least], most: [...most], sent: [...sent] },
    gathered: gathered?.map((part) => [...part]) ?? null,
    everywhere: everywhere.map((part) => [...part]),
    swapped: [...swapped],
    pending: pending.map(({ values }) => values.every((v) => v === values[0]) && values[0]),
    alive: turns > 5,
    hosts: new Set(world.hosts).size,
  };
}

const wasm = await createWasm({ threads: 1 });

/** The losses over all ranks, step by step, and the digest of the parameters. */
async function train(name: string, among: World): Promise<{ losses: number[]; digest: string }> {
  const wanted = cases.find((one) => one.name === name);
  if (!wanted) throw new Error(`no case ${name}`);
  const run = await makeRun(wanted, wanted.backend === "wasm" ? wasm : cpu);
  // The start is rank 0's: the others begin elsewhere.
  if (among.rank > 0) {
    for (const p of run.model.parameters()) {
      tidy(() => {
        p.value = zeros(p.value.shape, { dtype: p.value.dtype, backend: p.value.backend });
      });
    }
  }
  const optimizer = distributed(run.optimizer, among, { order: wanted.order, transform: run.transform });
  const stepper = createStepper({ model: run.model, loss: run.loss, optimizer });
  const losses: number[] = [];
  for (let epoch = 1; epoch <= wanted.epochs; epoch++) {
    for (const batch of shard(batchesFor(wanted, run, epoch), among)) {
      stepper.step(batch);
      for (const { loss, examples } of await stepper.read()) losses.push(loss, examples);
    }
  }
  const hash = createHash("sha256");
  for (const p of run.model.parameters()) hash.update(new Uint8Array((await p.value.data()).slice().buffer));
  return { losses, digest: hash.digest("hex") };
}

/** The running statistics of batch normalization on this rank, after a step: its parameters are the same on all. */
function statistics(): { means: number[]; weights: number[] } {
  const { layer, x } = normalizing();
  const optimizer = distributed(sgd(layer.parameters(), { lr: 0.1 }), world);
  for (const { x: rows, examples, total } of shard([{ x, y: x }], world)) {
    const { value, gradients } = valueAndGrad(() => mse(layer.forward(rows), rows), layer.parameters());
    optimizer.step(gradients, { examples, total, loss: value });
  }
  const weights = layer.parameters().flatMap((p) => [...p.value.dataSync()]);
  return { means: [...layer.runningMean.value.dataSync()], weights };
}

/** Trains until something happens. */
async function faulty(): Promise<void> {
  const wanted = { ...(cases[0] as (typeof cases)[number]), epochs: 1e6 };
  const run = await makeRun(word === "model" && world.rank === 1 ? { ...wanted, hidden: 7 } : wanted, cpu);
  const optimizer = distributed(run.optimizer, world);
  let steps = 0;
  const batches = (epoch: number) => shard(batchesFor(wanted, run, epoch), world);
  await fit({
    model: run.model,
    loss: (outputs, targets) => {
      if (++steps === 40 && world.rank === 1) {
        if (word === "throw") throw new RangeError("a fault of rank 1");
        if (word === "kill") process.kill(process.pid, "SIGKILL");
        if (word === "exit") process.exit(0);
        if (word === "nan") return run.loss(outputs, targets).mul(Number.NaN);
        if (word === "stop") process.kill(process.pid, "SIGSTOP");
      }
      return run.loss(outputs, targets);
    },
    optimizer,
    batches,
    epochs: wanted.epochs,
  });
}

if (word === "all") {
  const results = {
    library: world.library,
    collectives: await collectives(),
    signals: await signals(),
    statistics: statistics(),
  };
  const trained: Record<string, unknown> = {};
  for (const { name } of cases) trained[name] = await train(name, world);
  const all = together({ ...results, trained });
  if (world.rank === 0) console.log(JSON.stringify(all));
  await world.close();
} else if (word !== "unclosed") {
  await faulty();
}
