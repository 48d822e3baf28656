/**
 * Where a training step on WebAssembly spends its time: in the kernels, in JavaScript (ops, tape, scopes, the optimizer)
 * or in the garbage collector. By the engine's own sampling profiler, which makes JavaScript a little slower than it is.
 * With two threads, the kernels' share has the waiting for the other thread in it: judge by the rows of one thread.
 * Also, how many of dlcc's files a step enters.
 */
import { Session } from "node:inspector/promises";
import { cpu, tensor } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { imagesOf, learner, stepOf } from "./learner.ts";
import { dense, lenet5, nielsen } from "./networks.ts";
import { training } from "./recipe.ts";

/** Steps to warm up, and as many to be looked at. */
const [denseSteps, imageSteps] = [5000, 800];
/** Microseconds between samples. */
const interval = 100;

/** What a function of the profile belongs to. */
function kindOf({ url, functionName }: { readonly url: string; readonly functionName: string }): string {
  if (url.startsWith("wasm")) return "kernels";
  return functionName === "(garbage collector)" ? "garbage collector" : "JavaScript";
}

/** Runs steps under the profiler, and gives the share of each kind. */
async function profile(step: () => void, steps: number): Promise<Map<string, number>> {
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
  const trainings = [
    ...[10, 64, 128].map((batch) => training(dense, batch)),
    training(lenet5, 64),
    training(nielsen, 64),
  ];
  for (const data of trainings) {
    const images = imagesOf(data, backend);
    const digits = tensor(data.labels, { backend });
    const learning = await learner(data, backend);
    const step = (): void => stepOf(learning, { x: images, y: digits }).dispose();
    const steps = data.network === dense ? denseSteps : imageSteps;
    for (let i = 0; i < steps; i++) step();
    const shares = await profile(step, steps);
    const told = ["kernels", "JavaScript", "garbage collector"].map((kind) => `${kind} ${percent(shares.get(kind))}`);
    const setting = `${data.network.title}, batch ${data.batch}, ${threads === 1 ? "1 thread" : `${threads} threads`}`;
    console.log(`${setting}: ${told.join(", ")}`);
  }
  backend.dispose();
}

// Last, as two backends in one program make its calls slower.
const minibatch = training(dense, 10);
for (const backend of [cpu, await createWasm({ threads: 1 })]) {
  const images = imagesOf(minibatch, backend);
  const digits = tensor(minibatch.labels, { backend });
  const learning = await learner(minibatch, backend);
  const step = (): void => stepOf(learning, { x: images, y: digits }).dispose();
  step();
  console.log(`files that a step enters on ${backend.name}: ${await filesEntered(step)}`);
}
