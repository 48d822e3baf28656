/**
 * Activations as layers. Each is a plain function with a label, which survives minification: `Sequential` fuses a
 * labelled activation into the `Linear` before it, and `config` and `summary` name it.
 */
import {
  alias,
  assertTensor,
  elu as eluOf,
  gelu as geluOf,
  hardSwish as hardSwishOf,
  leakyRelu as leakyReluOf,
  named,
  relu as reluOf,
  sigmoid as sigmoidOf,
  silu as siluOf,
  softmax as softmaxOf,
  softplus as softplusOf,
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

/**
 * `x · Φ(x)`, elementwise, with the distribution function Φ of the normal distribution. Source: Hendrycks & Gimpel 2016.
 *
 * @example
 * ```ts
 * import { gelu } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await gelu(tensor([0, 100])).array()); // → [ 0, 100 ]
 * ```
 */
export const gelu: Activation = /* @__PURE__ */ labelled("gelu", (x) => geluOf(x));

/**
 * {@link gelu} by tanh: `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`, as GPT-2 has it.
 *
 * @example
 * ```ts
 * import { geluTanh } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await geluTanh(tensor([0, 100])).array()); // → [ 0, 100 ]
 * ```
 */
export const geluTanh: Activation = /* @__PURE__ */ labelled("geluTanh", (x) =>
  named("geluTanh", () => geluOf(x, "tanh")),
);

/**
 * `x · σ(x)`, elementwise. Source: Elfwing et al. 2017.
 *
 * @example
 * ```ts
 * import { silu } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await silu(tensor([0, 100])).array()); // → [ 0, 100 ]
 * ```
 */
export const silu: Activation = /* @__PURE__ */ labelled("silu", siluOf);

/**
 * `x` above 0 and `0.01 · x` below, elementwise. Another slope: `labelled("leaky", (x) => leakyRelu(x, 0.2))` with that of
 * `@dlcc/tensor`. Source: Maas et al. 2013.
 *
 * @example
 * ```ts
 * import { leakyRelu } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await leakyRelu(tensor([-100, 2])).array()); // → [ -1, 2 ]
 * ```
 */
export const leakyRelu: Activation = /* @__PURE__ */ labelled("leakyRelu", (x) => leakyReluOf(x));

/**
 * `x` above 0 and `eˣ − 1` below, elementwise. Source: Clevert et al. 2015.
 *
 * @example
 * ```ts
 * import { elu } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await elu(tensor([-Infinity, 2])).array()); // → [ -1, 2 ]
 * ```
 */
export const elu: Activation = /* @__PURE__ */ labelled("elu", (x) => eluOf(x));

/**
 * `log(1 + eˣ)`, elementwise: a smooth ReLU.
 *
 * @example
 * ```ts
 * import { softplus } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await softplus(tensor([-Infinity, 1000])).array()); // → [ 0, 1000 ]
 * ```
 */
export const softplus: Activation = /* @__PURE__ */ labelled("softplus", softplusOf);

/**
 * `x · min(max(x + 3, 0), 6) / 6`, elementwise: close to {@link silu}, without its exponential. Source: Howard et al. 2019.
 *
 * @example
 * ```ts
 * import { hardSwish } from "@dlcc/layers";
 * import { tensor } from "@dlcc/tensor";
 * console.log(await hardSwish(tensor([0, 1.5, 8])).array()); // → [ 0, 1.125, 8 ]
 * ```
 */
export const hardSwish: Activation = /* @__PURE__ */ labelled("hardSwish", hardSwishOf);
