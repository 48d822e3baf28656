/**
 * dlcc: the loop that its guide shows. The first argument names the engine; a second, `bare`, takes what `fit` adds out of
 * the training loop: the same steps on minibatches that are there already, by hand, without metrics.
 */
import { valueAndGrad } from "@dlcc/autograd";
import { minibatches } from "@dlcc/data";
import { type Initializer, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { type Optimizer, sgd } from "@dlcc/optim";
import { type Backend, cpu, type Parameter, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { accuracy, type Batch, fit } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { fitExamples, layers, learningRate } from "../cases.ts";
import { drawn } from "../order.ts";
import { type Training, training } from "../recipe.ts";
import { checkedSteps } from "../reference.ts";
import { type Contender, serve, type Workload } from "../serve.ts";
import { versionOf } from "../version.ts";

const { inputs, hidden, classes } = layers;

/** The engines by name: another one joins here. */
const engines: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  "wasm-1": () => createWasm({ threads: 1 }),
  "wasm-2": () => createWasm({ threads: 2 }),
};

/** The network at the start of its training, on a backend. */
interface Learner {
  readonly model: Sequential;
  readonly parameters: readonly Parameter[];
  readonly optimizer: Optimizer;
  readonly ready: Promise<unknown>;
}

function learner({ weight1, bias1, weight2, bias2 }: Training, backend: Backend): Learner {
  const of =
    (values: Float32Array): Initializer =>
    ({ shape }) =>
      tensor(values, { shape });
  const model = new Sequential([
    new Linear(inputs, hidden, { weight: of(weight1), bias: of(bias1) }),
    relu,
    new Linear(hidden, classes, { weight: of(weight2), bias: of(bias2) }),
  ]);
  const ready = model.to(backend);
  const parameters = model.parameters();
  return { model, parameters, optimizer: sgd(parameters, { lr: learningRate }), ready };
}

function stepOf({ model, parameters, optimizer }: Learner, { x, y }: Batch): Tensor {
  return tidy(() => {
    const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), parameters);
    optimizer.step(gradients);
    return value;
  });
}

/** `left · right`, again and again. */
function product(left: Tensor, right: Tensor): Workload {
  return {
    async run(iterations) {
      for (let i = 1; i < iterations; i++) left.matmul(right).dispose();
      using result = left.matmul(right);
      return await result.data();
    },
    dispose() {
      left.dispose();
      right.dispose();
    },
  };
}

/** Epoch after epoch of minibatches, for as many steps as are asked for. */
function drawing(size: number, backend: Backend): { take(count: number): Iterable<Batch>; dispose(): void } {
  const { x, labels } = training(fitExamples);
  const images = tensor(x, { shape: [fitExamples, inputs] });
  const targets = tensor(labels);
  function* endless(): Generator<Batch, never> {
    for (let epoch = 1; ; epoch++) yield* minibatches(images, targets, { size, epoch, backend, ...drawn });
  }
  const batches = endless();
  return {
    *take(count) {
      for (let i = 0; i < count; i++) yield batches.next().value;
    },
    dispose() {
      images.dispose();
      targets.dispose();
    },
  };
}

/** What users call: random order, minibatches, steps, accuracy, progress. Its figure is the mean of the losses. */
function loop(size: number, backend: Backend): Workload {
  const { model, optimizer, ready } = learner(training(fitExamples), backend);
  const source = drawing(size, backend);
  return {
    async run(iterations) {
      await ready;
      const batches = (): Iterable<Batch> => source.take(iterations);
      const metrics = { accuracy };
      const [report] = await fit({
        model,
        loss: crossEntropy,
        optimizer,
        batches,
        metrics,
        epochs: 1,
        onProgress() {},
      });
      return [report?.loss ?? Number.NaN];
    },
    dispose: () => source.dispose(),
  };
}

/** The same steps without what `fit` adds. The minibatches of an epoch are made beforehand. */
function bareLoop(size: number, backend: Backend): Workload {
  const learning = learner(training(fitExamples), backend);
  const source = drawing(size, backend);
  const batches = Array.from(source.take(fitExamples / size), ({ x, y }) => ({ x: x.alias(), y: y.alias() }));
  let next = 0;
  return {
    async run(iterations) {
      await learning.ready;
      // As many as are checked are read; more would slow it down.
      const losses: Tensor[] = [];
      for (let i = 0; i < iterations; i++) {
        losses.push(stepOf(learning, batches[next++ % batches.length] as Batch));
        if (losses.length > checkedSteps + 1) losses.shift()?.dispose();
      }
      let total = 0;
      for (const loss of losses) {
        total += await loss.item();
        loss.dispose();
      }
      return [total / losses.length];
    },
    dispose() {
      for (const { x, y } of batches) {
        x.dispose();
        y.dispose();
      }
      source.dispose();
    },
  };
}

async function dlcc(engine: string, bare: boolean): Promise<Contender> {
  const open = engines[engine];
  if (!open) throw new Error(`there is no engine ${engine}: choose one of ${Object.keys(engines).join(", ")}`);
  const backend = await open();

  return {
    version: versionOf(import.meta.resolve("@dlcc/tensor")),

    matmul(n, a, b) {
      const shape = [n, n];
      return product(tensor(a, { shape, backend }), tensor(b, { shape, backend }));
    },

    layer(pass, batch, { x, other }) {
      const left = tensor(x, { shape: [batch, inputs], backend });
      if (pass === "forward") return product(left, tensor(other, { shape: [hidden, inputs], backend }).transpose());
      return product(tensor(other, { shape: [batch, hidden], backend }).transpose(), left);
    },

    step(data) {
      const learning = learner(data, backend);
      const x = tensor(data.x, { shape: [data.batch, inputs], backend });
      const y = tensor(data.labels, { backend });
      return {
        async run(iterations) {
          await learning.ready;
          for (let i = 1; i < iterations; i++) stepOf(learning, { x, y }).dispose();
          using loss = stepOf(learning, { x, y });
          return [await loss.item()];
        },
        dispose() {
          x.dispose();
          y.dispose();
        },
      };
    },

    fit: ({ batch }) => (bare ? bareLoop : loop)(batch, backend),
  };
}

await serve(await dlcc(process.argv[2] ?? "cpu", process.argv[3] === "bare"));
