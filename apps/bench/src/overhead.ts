/**
 * Where a training step on WebAssembly spends its time: in the kernels, in JavaScript (ops, tape, scopes, the optimizer)
 * or in the garbage collector. By the engine's own sampling profiler, which makes JavaScript a little slower than it is.
 * With two threads, the kernels' share has the waiting for the other thread in it: judge by the rows of one thread.
 * Also, how many of dlcc's files a step enters.
 */
import { Session } from "node:inspector/promises";
import { cpu, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { layers } from "./cases.ts";
import { learner, stepOf } from "./learner.ts";
import { training } from "./recipe.ts";

const warmUp = 3000;
const steps = 8000;
/** Microseconds between samples. */
const interval = 100;

/** What a function of the profile belongs to. */
function kindOf({ url, functionName }: { readonly url: string; readonly functionName: string }): string {
  if (url.startsWith("wasm")) return "kernels";
  return functionName === "(garbage collector)" ? "garbage collector" : "JavaScript";
}

/** Runs steps under the profiler, and gives the share of each kind. */
async function profile(step: () => void): Promise<Map<string, number>> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.setSamplingInterval", { interval });
  await session.post("Profiler.start");
  for (let i = 0; i < steps; i++) step();
  const { nodes, samples = [], timeDeltas = [] } = (await session.post("Profiler.stop")).profile;
  session.disconnect();
  const kinds = new Map(nodes.map(({ id, callFrame }) => [id, kindOf(callFrame)]));
  const total = timeDeltas.reduce((sum, time) => sum + time, 0);
  const shares = new Map<string, number>();
  samples.forEach((id, i) => {
    const kind = kinds.get(id) ?? "JavaScript";
    shares.set(kind, (shares.get(kind) ?? 0) + (timeDeltas[i] ?? 0) / total);
  });
  return shares;
}

/** How many of dlcc's files a step enters: those with a function that it calls. The fewer, the easier to follow. */
async function filesEntered(step: () => void): Promise<number> {
  const session = new Session();
  session.connect();
  await session.post("Profiler.enable");
  await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  await session.post("Profiler.takePreciseCoverage"); // From here on, calls are counted anew.
  step();
  const { result } = await session.post("Profiler.takePreciseCoverage");
  session.disconnect();
  const entered = result.filter(
    ({ url, functions }) => url.includes("/packages/") && functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
  );
  return entered.length;
}

const percent = (share = 0): string => `${(100 * share).toFixed(1)} %`;

for (const threads of [1, 2]) {
  const backend = await createWasm({ threads });
  for (const batch of [10, 64, 128]) {
    const { x, labels } = training(batch);
    const images = tensor(x, { shape: [batch, layers.inputs], backend });
    const digits = tensor(labels, { backend });
    const learning = await learner(training(batch), backend);
    const step = (): void => stepOf(learning, { x: images, y: digits }).dispose();
    for (let i = 0; i < warmUp; i++) step();
    const shares = await profile(step);
    const told = ["kernels", "JavaScript", "garbage collector"].map((kind) => `${kind} ${percent(shares.get(kind))}`);
    console.log(`batch ${batch}, ${threads === 1 ? "1 thread" : `${threads} threads`}: ${told.join(", ")}`);
  }
  backend.dispose();
}

// Last, as two backends in one program make its calls slower.
const minibatch = training(10);
for (const backend of [cpu, await createWasm({ threads: 1 })]) {
  const images = tensor(minibatch.x, { shape: [10, layers.inputs], backend });
  const digits = tensor(minibatch.labels, { backend });
  const learning = await learner(minibatch, backend);
  const step = (): void => stepOf(learning, { x: images, y: digits }).dispose();
  step();
  console.log(`files that a step enters on ${backend.name}: ${await filesEntered(step)}`);
}
