/** dlcc: the loop that its guide shows. The argument names the engine. */
import { valueAndGrad } from "@dlcc/autograd";
import { type Initializer, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { type Backend, cpu, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { layers, learningRate } from "../cases.ts";
import { type Contender, serve } from "../serve.ts";
import { versionOf } from "../version.ts";

const { inputs, hidden, classes } = layers;

/** The engines by name: another one joins here. */
const engines: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  "wasm-1": () => createWasm({ threads: 1 }),
  "wasm-2": () => createWasm({ threads: 2 }),
};

async function dlcc(engine: string): Promise<Contender> {
  const open = engines[engine];
  if (!open) throw new Error(`there is no engine ${engine}: choose one of ${Object.keys(engines).join(", ")}`);
  const backend = await open();

  return {
    version: versionOf(import.meta.resolve("@dlcc/tensor")),

    matmul(n, a, b) {
      const left = tensor(a, { shape: [n, n], backend });
      const right = tensor(b, { shape: [n, n], backend });
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) left.matmul(right).dispose();
          using product = left.matmul(right);
          return await product.data();
        },
        dispose() {
          left.dispose();
          right.dispose();
        },
      };
    },

    step({ batch, x, labels, weight1, bias1, weight2, bias2 }) {
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
      const optimizer = sgd(parameters, { lr: learningRate });
      const images = tensor(x, { shape: [batch, inputs], backend });
      const targets = tensor(labels, { backend });
      const step = (): Tensor =>
        tidy(() => {
          const { value, gradients } = valueAndGrad(() => crossEntropy(model.forward(images), targets), parameters);
          optimizer.step(gradients);
          return value;
        });
      return {
        async run(iterations) {
          await ready;
          for (let i = 1; i < iterations; i++) step().dispose();
          using loss = step();
          return [await loss.item()];
        },
        dispose() {
          images.dispose();
          targets.dispose();
        },
      };
    },
  };
}

await serve(await dlcc(process.argv[2] ?? "cpu"));
