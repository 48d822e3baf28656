/**
 * Activations as layers. Each is a plain function with a label, which survives minification: `Sequential` fuses a
 * labelled activation into the `Linear` before it, and `config` and `summary` name it.
 */
import {
  alias,
  assertTensor,
  relu as reluOf,
  sigmoid as sigmoidOf,
  softmax as softmaxOf,
  step as stepOf,
  type Tensor,
  tanh as tanhOf,
} from "@dlcc/tensor";

/** A function that can be a layer, and has a name. */
export interface Activation {
  (x: Tensor): Tensor;
  /** Its name. */
  readonly label: string;
}

/**
 * Gives a function a label, so that it can be saved by name and found again in a map of names.
 *
 * @example
 * ```ts
 * import { labelled, Sequential } from "@dlcc/layers";
 * import { pow } from "@dlcc/tensor";
 * const cube = labelled("cube", (x) => pow(x, 3));
 * console.log(new Sequential([cube]).config().layers); // → [ { type: 'cube' } ]
 * ```
 */
export const labelled = (label: string, f: (x: Tensor) => Tensor): Activation =>
  Object.freeze(Object.assign((x: Tensor) => f(x), { label }));

/**
 * `max(0, x)`, elementwise. Source: the course, "ReLU Activation".
 *
 * @example
 * ```ts
 * import { relu } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await relu(tensor([-1, 2])).array()); // → [ 0, 2 ]
 * ```
 */
export const relu: Activation = /* @__PURE__ */ labelled("relu", reluOf);

/**
 * `1 / (1 + e⁻ˣ)`, elementwise. Source: the course, "Multi Layer Perceptrons and Sigmoid".
 *
 * @example
 * ```ts
 * import { sigmoid } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await sigmoid(tensor([0, 100])).array()); // → [ 0.5, 1 ]
 * ```
 */
export const sigmoid: Activation = /* @__PURE__ */ labelled("sigmoid", sigmoidOf);

/**
 * `(eˣ − e⁻ˣ) / (eˣ + e⁻ˣ)`, elementwise.
 *
 * @example
 * ```ts
 * import { tanh } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await tanh(tensor([0, 100])).array()); // → [ 0, 1 ]
 * ```
 */
export const tanh: Activation = /* @__PURE__ */ labelled("tanh", tanhOf);

/**
 * 1 where `x > 0`, else 0: the perceptron's. It has no derivative to learn by.
 *
 * @example
 * ```ts
 * import { step } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await step(tensor([-1, 0, 0.5])).array()); // → [ 0, 0, 1 ]
 * ```
 */
export const step: Activation = /* @__PURE__ */ labelled("step", stepOf);

/**
 * `e^{z_j} / Σₖ e^{z_k}` over the last axis. `crossEntropy` takes logits and has it inside: don't put it before that.
 *
 * @example
 * ```ts
 * import { softmax } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await softmax(tensor([[0, 0], [1000, 0]])).array()); // → [ [ 0.5, 0.5 ], [ 1, 0 ] ]
 * ```
 */
export const softmax: Activation = /* @__PURE__ */ labelled("softmax", (x) => softmaxOf(x));

/**
 * `x`, unchanged.
 *
 * @example
 * ```ts
 * import { identity } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await identity(tensor([-1, 2])).array()); // → [ -1, 2 ]
 * ```
 */
export const identity: Activation = /* @__PURE__ */ labelled("identity", (x) => {
  assertTensor("identity", x);
  return alias(x);
});
