/** TensorFlow.js, with `tf.train.sgd` and `tf.losses`, as its guide does it. */
import * as tf from "@tensorflow/tfjs-core";
import { classes, isConvolutional, type Layer, pixels, side } from "../networks.ts";
import { oneHot, type Training, transposed } from "../recipe.ts";
import type { Contender } from "../serve.ts";

/** A layer as a function, and its variables. */
interface Built {
  readonly run: (x: tf.Tensor) => tf.Tensor;
  readonly variables: readonly tf.Variable[];
}

/** Numbers of `[a, b, c]` as `[b, c, a]`: what comes first comes last. */
const turned = (values: Float32Array, [a, b, c]: readonly [number, number, number]): Float32Array =>
  transposed(values, a, b * c);

/** The layers, with images channels last, as TensorFlow.js has them by default. Its cpu backend has no other way. */
function build({ network, parameters }: Training): Built[] {
  let next = 0;
  let shape: readonly [channels: number, rows: number, columns: number] | undefined = [1, side, side];
  return network.layers.map((layer: Layer): Built => {
    if (layer.kind === "pool") {
      if (shape) shape = [shape[0], shape[1] / 2, shape[2] / 2];
      return { run: (x) => tf.maxPool(x as tf.Tensor4D, 2, 2, "valid"), variables: [] };
    }
    const { inputs, outputs } = layer;
    const [weight, bias] = parameters.slice(next, next + 2).map(({ values }) => values) as [Float32Array, Float32Array];
    next += 2;
    const b = tf.variable(tf.tensor1d(bias));
    // The fused ops are what the layers of @tensorflow/tfjs-layers call; of these activations they take relu alone.
    const activation = layer.activation === "relu" ? ("relu" as const) : ("linear" as const);
    const after = (y: tf.Tensor): tf.Tensor => (layer.activation === "tanh" ? tf.tanh(y) : y);
    if (layer.kind === "dense") {
      // Rows of the weight are for channels, rows and columns; what comes has the channels last.
      const [channels, rows, columns] = shape ?? [inputs, 1, 1];
      const size = rows * columns;
      const reordered = shape
        ? Float32Array.from(weight, (_, i) => weight[i - (i % inputs) + place(i % inputs)] as number)
        : weight;
      function place(i: number): number {
        return (i % channels) * size + Math.floor(i / channels);
      }
      const flat = shape !== undefined;
      shape = undefined;
      const w = tf.variable(tf.tensor2d(transposed(reordered, outputs, inputs), [inputs, outputs]));
      return {
        run: (x) =>
          after(
            tf.fused.matMul({ a: (flat ? tf.reshape(x, [-1, inputs]) : x) as tf.Tensor2D, b: w, bias: b, activation }),
          ),
        variables: [w, b],
      };
    }
    const { kernel, padding } = layer;
    // [outputs, inputs, row, column] to [row, column, inputs, outputs].
    const last = turned(weight, [outputs, inputs, kernel * kernel]);
    const filter = new Float32Array(last.length);
    for (let c = 0; c < inputs; c++) {
      for (let k = 0; k < kernel * kernel; k++) {
        for (let o = 0; o < outputs; o++) {
          filter[(k * inputs + c) * outputs + o] = last[(c * kernel * kernel + k) * outputs + o] as number;
        }
      }
    }
    const w = tf.variable(tf.tensor4d(filter, [kernel, kernel, inputs, outputs]));
    const pad = padding === 0 ? ("valid" as const) : padding;
    const reach = 2 * padding - kernel + 1;
    if (shape) shape = [outputs, shape[1] + reach, shape[2] + reach];
    return {
      run: (x) => after(tf.fused.conv2d({ x: x as tf.Tensor4D, filter: w, strides: 1, pad, bias: b, activation })),
      variables: [w, b],
    };
  });
}

/** TensorFlow.js on the backend that was set. */
export function contender(version: string): Contender {
  return {
    version,

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
      const { batch, network } = training;
      const x = tf.tensor(training.x, isConvolutional(network) ? [batch, side, side, 1] : [batch, pixels]);
      const labels = tf.tensor2d(oneHot(training), [batch, classes]);
      const layers = build(training);
      const parameters = layers.flatMap(({ variables }) => variables);
      const optimizer = tf.train.sgd(network.learningRate);
      const loss = (): tf.Scalar =>
        tf.losses.softmaxCrossEntropy(
          labels,
          layers.reduce((value, { run }) => run(value), x as tf.Tensor),
        );
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
