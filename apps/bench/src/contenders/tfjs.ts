/** TensorFlow.js, with `tf.train.sgd` and `tf.losses`, as its guide does it. The argument names the backend. */
import * as tf from "@tensorflow/tfjs-core";
import { layers, learningRate } from "../cases.ts";
import { oneHot, transposed } from "../recipe.ts";
import { type Contender, serve } from "../serve.ts";
import { loadGradients } from "./tfjs-gradients.ts";

const { inputs, hidden, classes } = layers;

async function tensorflow(backend: string): Promise<Contender> {
  await loadGradients();
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  else await import("@tensorflow/tfjs-backend-cpu");
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its ${backend} backend`);
  await tf.ready();

  return {
    version: `${tf.version_core}${backend === "wasm" ? await features() : ""}`,

    matmul(n, a, b) {
      const left = tf.tensor2d(a, [n, n]);
      const right = tf.tensor2d(b, [n, n]);
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) tf.matMul(left, right).dispose();
          const product = tf.matMul(left, right);
          const data = await product.data();
          product.dispose();
          return data;
        },
        dispose: () => tf.dispose([left, right]),
      };
    },

    step(training) {
      const { batch } = training;
      const x = tf.tensor2d(training.x, [batch, inputs]);
      const labels = tf.tensor2d(oneHot(training), [batch, classes]);
      const weight1 = tf.variable(tf.tensor2d(transposed(training.weight1, hidden, inputs), [inputs, hidden]));
      const bias1 = tf.variable(tf.tensor1d(training.bias1));
      const weight2 = tf.variable(tf.tensor2d(transposed(training.weight2, classes, hidden), [hidden, classes]));
      const bias2 = tf.variable(tf.tensor1d(training.bias2));
      const parameters = [weight1, bias1, weight2, bias2];
      const optimizer = tf.train.sgd(learningRate);
      // The fused op is what the dense layer of @tensorflow/tfjs-layers calls.
      const loss = (): tf.Scalar => {
        const activation = tf.fused.matMul({ a: x, b: weight1, bias: bias1, activation: "relu" });
        const logits = tf.fused.matMul({ a: activation, b: weight2, bias: bias2 });
        return tf.losses.softmaxCrossEntropy(labels, logits);
      };
      const step = (): tf.Scalar => {
        const value = optimizer.minimize(loss, true, parameters);
        if (!value) throw new Error("minimize returned no loss");
        return value;
      };
      return {
        async run(iterations) {
          for (let i = 1; i < iterations; i++) step().dispose();
          const value = step();
          const data = await value.data();
          value.dispose();
          return data;
        },
        dispose() {
          tf.dispose([x, labels, ...parameters]);
          optimizer.dispose();
        },
      };
    },
  };
}

/** What the WebAssembly backend found and took, by its own defaults. */
async function features(): Promise<string> {
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  const threads = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
  return ` (${simd ? "SIMD" : "no SIMD"}, ${threads ? "threads" : "one thread"})`;
}

await serve(await tensorflow(process.argv[2] ?? "cpu"));
