/**
 * Whether memory stays flat: 200,000 steps of a small network, 10,000 of a convolutional one, a network of
 * 10 million parameters, and tensors that grow until the memory of WebAssembly is full, with everything freed each time.
 * Before that, how much a step of convolutional networks takes, beside PyTorch.
 */
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { minibatches } from "@dlcc/data";
import { BatchNorm2d, Conv2d, Flatten, type Layer, Linear, MaxPool2d, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { type Backend, broadcastTo, contiguous, cpu, full, randn, tensor, tidy, zeros } from "@dlcc/tensor";
import { createStepper } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { stepMemory } from "./step-memory.ts";

const { values: options } = parseArgs({ options: { steps: { type: "string", default: "200000" } } });

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

const megabyte = 1e6;
const mebibyte = 2 ** 20;
let failed = false;

/** Prints a line; the run fails if what it says should not be. */
function tell(line: string, isRight: boolean): void {
  console.log(`${isRight ? "  " : "! "}${line}`);
  failed ||= !isRight;
}

/** A backend that counts the storages that are out. */
function counted(backend: Backend): { readonly backend: Backend; readonly storages: () => number } {
  const out = new Set<object>();
  const add = <S extends object>(storage: S): S => {
    out.add(storage);
    return storage;
  };
  return {
    storages: () => out.size,
    backend: {
      ...backend,
      upload: (data, dtype) => add(backend.upload(data, dtype)),
      free(storage) {
        out.delete(storage);
        backend.free(storage);
      },
      kernel(op) {
        const kernel = backend.kernel(op);
        return kernel && ((attributes, inputs, reuse) => kernel(attributes, inputs, reuse).map(add));
      },
    },
  };
}

interface Sample {
  readonly resident: number;
  readonly heap: number;
  readonly storages: number;
}

/** By how much the resident set may grow from the first tenth to the last, in bytes: the engine's own ups and downs. */
const mostGrowth = 10 * megabyte;

/** What is trained, on examples of a shape. */
interface Small {
  readonly title: string;
  readonly shape: readonly number[];
  readonly layers: () => Layer[];
}

const dense: Small = {
  title: "20-32-10",
  shape: [20],
  layers: () => [new Linear(20, 32, { seed: 1 }), relu, new Linear(32, 10, { seed: 2 })],
};

const convolutional: Small = {
  title: "a convolution with batch normalization, max pooling and a dense layer",
  shape: [1, 12, 12],
  layers: () => [
    new Conv2d(1, 6, 5, { padding: 2, seed: 1 }),
    new BatchNorm2d(6),
    relu,
    new MaxPool2d(2),
    new Flatten(),
    new Linear(216, 10, { seed: 2 }),
  ],
};

/** Trains a network with Adam on minibatches of 10. */
async function smallNetwork(
  { title, shape, layers }: Small,
  place: string,
  inner: Backend,
  steps: number,
): Promise<void> {
  const { backend, storages } = counted(inner);
  const model = await new Sequential(layers()).to(backend);
  const x = randn([1000, ...shape], { seed: 3, backend });
  const y = tensor(
    Int32Array.from({ length: 1000 }, (_, i) => i % 10),
    { backend },
  );
  const stepper = createStepper({ model, loss: crossEntropy, optimizer: adam(model.parameters()) });
  const samples: Sample[] = [];
  let done = 0;
  const started = performance.now();
  for (let epoch = 1; done < steps; epoch++) {
    for (const batch of minibatches(x, y, { size: 10, seed: 4, epoch, backend })) {
      if (done++ < steps) stepper.step(batch);
      if (stepper.readDue) await stepper.read();
    }
    // A hundred steps an epoch.
    if (epoch % Math.max(1, Math.floor(steps / 20_000)) > 0) continue;
    await stepper.read();
    gc();
    await new Promise((resolve) => setTimeout(resolve));
    const { rss, heapUsed, external } = process.memoryUsage();
    samples.push({ resident: rss, heap: heapUsed + external, storages: storages() });
  }
  const tenth = Math.max(1, Math.floor(samples.length / 10));
  const mean = (of: (sample: Sample) => number, part: readonly Sample[]): number =>
    part.reduce((sum, sample) => sum + of(sample), 0) / part.length;
  const [first, last] = [samples.slice(0, tenth), samples.slice(-tenth)];
  const compare = (of: (sample: Sample) => number): readonly [number, number] => [mean(of, first), mean(of, last)];
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${steps} steps of ${title}, Adam, minibatches of 10, on ${place}: ${seconds} s; first tenth, last tenth`,
  );
  for (const [what, of] of [
    ["resident set", (sample: Sample) => sample.resident],
    ["heap and arrays", (sample: Sample) => sample.heap],
  ] as const) {
    const [before, after] = compare(of);
    const text = [before, after].map((bytes) => `${(bytes / megabyte).toFixed(1)} MB`).join(", ");
    tell(`${what} ${text}`, after - before < mostGrowth);
  }
  const [before, after] = compare((sample) => sample.storages);
  tell(`storages ${before}, ${after}`, before === after);
}

/** Trains 1000-3000-2000-500 with Adam: 10,005,500 parameters. */
async function largeNetwork(): Promise<void> {
  const backend = await createWasm();
  const [inputs, classes, batch, steps] = [1000, 500, 64, 60];
  const widths = [inputs, 3000, 2000, classes];
  const layers = widths.slice(1).map((outputs, i) => new Linear(widths[i] as number, outputs, { seed: i }));
  const model = await new Sequential(layers.flatMap((layer, i) => (i === 0 ? [layer] : [relu, layer]))).to(backend);
  const parameters = model.parameters();
  const count = parameters.reduce((sum, parameter) => sum + parameter.peek().size, 0);
  const x = randn([batch, inputs], { seed: 3, backend });
  const y = tensor(
    Int32Array.from({ length: batch }, (_, i) => (7 * i) % classes),
    { backend },
  );
  const stepper = createStepper({ model, loss: crossEntropy, optimizer: adam(parameters) });
  const losses: number[] = [];
  const held: number[] = [];
  const started = performance.now();
  for (let step = 0; step < steps; step++) {
    stepper.step({ x, y });
    for (const { loss } of await stepper.read()) losses.push(loss);
    held.push(backend.memory.held);
  }
  const each = (performance.now() - started) / steps;
  console.log(
    `${count} parameters, Adam, minibatches of ${batch}, ${steps} steps on wasm: ${each.toFixed(0)} ms a step`,
  );
  const [first = 0, last = 0] = [losses[0], losses.at(-1)];
  tell(`loss ${first.toFixed(3)}, then ${last.toFixed(3)}`, last < first / 10);
  tell(
    `held ${((held[0] ?? 0) / mebibyte).toFixed(0)} MiB after the first step, ${((held.at(-1) ?? 0) / mebibyte).toFixed(0)} after the last; the memory has grown to ${(backend.memory.size / mebibyte).toFixed(0)}`,
    held[0] === held.at(-1),
  );
  backend.dispose();
}

/** Asks for larger and larger tensors, in parts and as a whole, with everything freed each time, until there is no room. */
async function growing(limit: number): Promise<void> {
  const backend = await createWasm({ threads: 1, maxBytes: limit });
  const { held } = backend.memory;
  /** A tensor of ones that is made on the device. */
  const ones = (bytes: number) => contiguous(broadcastTo(full([1], 1, { backend }), [Math.floor(bytes / 4)]));
  const sizes: number[] = [];
  for (let bytes = mebibyte; bytes < limit / 2; bytes *= 1.3) sizes.push(bytes);
  for (let share = 0.8; share < 1; share += 0.02) sizes.push(share * limit);
  let most = 0;
  let message = "nothing was refused";
  for (const bytes of sizes) {
    try {
      tidy(() => {
        for (const part of [0.3, 0.2, 0.4]) ones(part * bytes);
      });
      const sum = tidy(() => ones(bytes).sum());
      const isRight = (await sum.item()) === Math.fround(Math.floor(bytes / 4));
      sum.dispose();
      if (!isRight) throw new Error("the sum is wrong");
      most = bytes;
    } catch (error) {
      message = (error as Error).message;
      break;
    }
  }
  const share = most / limit;
  console.log(`tensors that grow, all freed each time, in a memory of ${limit / mebibyte} MiB`);
  tell(`the largest had ${(most / mebibyte).toFixed(0)} MiB, ${(100 * share).toFixed(1)} %: ${message}`, share >= 0.9);
  tell(`held more than at the start: ${backend.memory.held - held} bytes`, backend.memory.held === held);
}

const steps = Number(options.steps);
const imageSteps = Math.min(steps, 10_000);
await stepMemory();
await smallNetwork(dense, "cpu", cpu, steps);
await smallNetwork(convolutional, "cpu", cpu, imageSteps);
for (const threads of [1, 2]) {
  const backend = await createWasm({ threads });
  const place = `wasm, ${threads === 1 ? "1 thread" : `${threads} threads`}`;
  await smallNetwork(dense, place, backend, steps);
  await smallNetwork(convolutional, place, backend, imageSteps);
  backend.dispose();
}
await largeNetwork();
for (const limit of [256 * mebibyte, 4096 * mebibyte]) await growing(limit);
try {
  zeros([2 ** 31], { backend: await createWasm({ threads: 1 }) });
} catch (error) {
  console.log(`zeros([2 ** 31]) on wasm: ${(error as Error).message}`);
}
process.exitCode = failed ? 1 : 0;
