/**
 * jax-js, the whole step compiled by `jit`, as its README advises. Its arrays are lazy: one that is
 * disposed of before it is waited for may never be computed, so each iteration waits for its own result.
 */
import { blockUntilReady, jit, lax, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { classes, isConvolutional, type Network, pixels, side } from "../networks.ts";
import { oneHot } from "../recipe.ts";
import type { Contender } from "../serve.ts";

const array = (values: Float32Array, shape: readonly number[]): np.Array =>
  np.array(values as Float32Array<ArrayBuffer>).reshape([...shape]);

/** The logits of a minibatch. The parameters are used up, as jax-js has it. */
function logits({ layers }: Network, parameters: readonly np.Array[], x: np.Array): np.Array {
  let next = 0;
  return layers.reduce((value, layer) => {
    if (layer.kind === "pool") return lax.reduceWindow(value, np.max, [2, 2], [2, 2]);
    const [weight, bias] = parameters.slice(next, next + 2) as [np.Array, np.Array];
    next += 2;
    const { inputs, outputs, activation } = layer;
    let y: np.Array;
    if (layer.kind === "dense") {
      y = np.matmul(value.reshape([-1, inputs]), weight.transpose()).add(bias);
    } else {
      const edge: [number, number] = [layer.padding, layer.padding];
      y = lax.convGeneralDilated(value, weight, [1, 1], [edge, edge]).add(bias.reshape([1, outputs, 1, 1]));
    }
    return activation === "relu" ? nn.relu(y) : activation === "tanh" ? np.tanh(y) : y;
  }, x);
}

/** A step of a network's training, and the loss before it. */
const updateOf =
  (network: Network) =>
  (parameters: np.Array[], x: np.Array, labels: np.Array): [np.Array[], np.Array] => {
    const loss = (learned: np.Array[]): np.Array =>
      nn
        .logSoftmax(logits(network, learned, x))
        .mul(labels)
        .sum(-1)
        .mean()
        .neg();
    const [value, gradients] = valueAndGrad(loss)(parameters.map((p) => p.ref));
    return [parameters.map((p, i) => p.sub((gradients[i] as np.Array).mul(network.learningRate))), value];
  };

/** jax-js on the device that was set. */
export function contender(version: string): Contender {
  return {
    version,

    matmul(n, a, b) {
      const left = array(a, [n, n]);
      const right = array(b, [n, n]);
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
      const { batch, network } = training;
      const x = array(training.x, isConvolutional(network) ? [batch, 1, side, side] : [batch, pixels]);
      const labels = array(oneHot(training), [batch, classes]);
      let parameters = training.parameters.map(({ values, shape }) => array(values, shape));
      const compiled = jit(updateOf(network));
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
