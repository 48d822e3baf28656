/**
 * jax-js on WebAssembly, the whole step compiled by `jit`, as its README advises. Its arrays are lazy: one that is
 * disposed of before it is waited for may never be computed, so each iteration waits for its own result.
 */
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { layers, learningRate } from "../cases.ts";
import { oneHot, transposed } from "../recipe.ts";
import { type Contender, serve } from "../serve.ts";
import { versionOf } from "../version.ts";

const { inputs, hidden, classes } = layers;

type Parameters = [weight1: np.Array, bias1: np.Array, weight2: np.Array, bias2: np.Array];

const array = (values: Float32Array, ...shape: number[]): np.Array =>
  np.array(values as Float32Array<ArrayBuffer>).reshape(shape);

function loss([weight1, bias1, weight2, bias2]: Parameters, x: np.Array, labels: np.Array): np.Array {
  const activation = nn.relu(np.matmul(x, weight1).add(bias1));
  const logits = np.matmul(activation, weight2).add(bias2);
  return nn.logSoftmax(logits).mul(labels).sum(-1).mean().neg();
}

function update(parameters: Parameters, x: np.Array, labels: np.Array): [Parameters, np.Array] {
  const [value, gradients] = valueAndGrad(loss)(parameters.map((p) => p.ref) as Parameters, x, labels);
  return [parameters.map((p, i) => p.sub((gradients[i] as np.Array).mul(learningRate))) as Parameters, value];
}

async function jax(): Promise<Contender> {
  await init("wasm");
  defaultDevice("wasm");
  // jax-js shares its work out to Web Workers where there are any: Node has none by that name.
  const threads = typeof Worker === "undefined" ? "one thread" : "threads";

  return {
    version: `${versionOf(import.meta.resolve("@jax-js/jax"))} (${threads})`,

    matmul(n, a, b) {
      const left = array(a, n, n);
      const right = array(b, n, n);
      const matmul = jit(np.matmul);
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) {
            const product = matmul(left.ref, right.ref);
            await product.blockUntilReady();
            product.dispose();
          }
          return (await matmul(left.ref, right.ref).data()) as Float32Array;
        },
        dispose() {
          left.dispose();
          right.dispose();
          matmul.dispose();
        },
      };
    },

    step(training) {
      const { batch } = training;
      const x = array(training.x, batch, inputs);
      const labels = array(oneHot(training), batch, classes);
      let parameters: Parameters = [
        array(transposed(training.weight1, hidden, inputs), inputs, hidden),
        array(training.bias1, hidden),
        array(transposed(training.weight2, classes, hidden), hidden, classes),
        array(training.bias2, classes),
      ];
      const compiled = jit(update);
      const step = async (): Promise<np.Array> => {
        const [updated, value] = compiled(parameters, x.ref, labels.ref);
        parameters = updated;
        await blockUntilReady([...parameters, value]);
        return value;
      };
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) (await step()).dispose();
          return (await (await step()).data()) as Float32Array;
        },
        dispose() {
          for (const held of [x, labels, ...parameters]) held.dispose();
          compiled.dispose();
        },
      };
    },
  };
}

await serve(await jax());
