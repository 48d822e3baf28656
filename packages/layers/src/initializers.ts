/**
 * The initial values of weights. Their variance matters: if it is too small, signals and gradients vanish from layer to
 * layer; if it is too large, they explode. Each initializer documents its variance as a function of `fanIn` and `fanOut`,
 * the numbers of inputs and outputs of a neuron.
 */
import {
  ArgumentError,
  type DType,
  full,
  type Generator,
  randn,
  type Tensor,
  uniform as uniformTensor,
} from "@dlcc/tensor";

/** The arguments of an initializer. */
export interface Init {
  /** The shape of the parameter. */
  readonly shape: readonly number[];
  /** How many inputs each neuron has. */
  readonly fanIn: number;
  /** How many neurons each input goes to. */
  readonly fanOut: number;
  /** The source of random numbers. */
  readonly generator: Generator;
  /** The dtype of the parameter. */
  readonly dtype: DType;
}

/**
 * The fans of a weight whose first axis is its outputs, as those of `Linear` and of convolutions are: an output of a
 * convolution has a kernel's taps in each of its channels as inputs. As PyTorch counts them.
 *
 * @param shape `[out, in, …]`: the other axes are a kernel's.
 * @example
 * ```ts
 * import { fansOf } from "@dlcc/layers";
 * console.log(fansOf([16, 6, 5, 5])); // → { fanIn: 150, fanOut: 400 }
 * ```
 */
export function fansOf(shape: readonly number[]): Pick<Init, "fanIn" | "fanOut"> {
  if (!Array.isArray(shape)) throw new ArgumentError(`fansOf: shape must be a list of lengths, got ${typeof shape}`);
  const [out = 1, inner = 1, ...kernel] = shape as readonly number[];
  const taps = kernel.reduce((product, length) => product * length, 1);
  return { fanIn: inner * taps, fanOut: out * taps };
}

/** Makes the initial value of a parameter. */
export type Initializer = (init: Init) => Tensor;

/**
 * Normal, of the given standard deviation and mean. Default: 1 and 0, with which Nielsen's book begins.
 *
 * @example
 * ```ts
 * import { Linear, normal } from "@dlcc/layers";
 * console.log(new Linear(784, 30, { weight: normal(), bias: normal(), seed: 1 }).weight.value.shape); // → [ 30, 784 ]
 * ```
 */
export const normal =
  (standardDeviation = 1, mean = 0): Initializer =>
  ({ shape, generator, dtype }) =>
    randn(shape, { standardDeviation, mean, seed: generator, dtype });

/**
 * Uniform between two numbers.
 *
 * @example
 * ```ts
 * import { Linear, uniform } from "@dlcc/layers";
 * import { min } from "@dlcc/tensor";
 * const layer = new Linear(10, 10, { weight: uniform(2, 3), seed: 1 });
 * console.log((await min(layer.weight.value).item()) >= 2); // → true
 * ```
 */
export const uniform =
  (low: number, high: number): Initializer =>
  ({ shape, generator, dtype }) =>
    uniformTensor(shape, { low, high, seed: generator, dtype });

/**
 * All the same number.
 *
 * @example
 * ```ts
 * import { constant, Linear } from "@dlcc/layers";
 * const layer = new Linear(2, 1, { weight: constant(0.5), bias: constant(0) });
 * console.log(await layer.weight.value.array()); // → [ [ 0.5, 0.5 ] ]
 * ```
 */
export const constant =
  (value: number): Initializer =>
  ({ shape, dtype }) =>
    full(shape, value, { dtype });

/** Normal of the given variance. */
const normalOf =
  (variance: (init: Init) => number): Initializer =>
  (init) =>
    normal(Math.sqrt(variance(init)))(init);

/** Uniform around 0, of the given variance: `U(−√(3v), √(3v))`. */
const uniformOf =
  (variance: (init: Init) => number): Initializer =>
  (init) => {
    const bound = Math.sqrt(3 * variance(init));
    return uniform(-bound, bound)(init);
  };

/**
 * Normal of variance `1 / fanIn`: Nielsen's better start, for which a neuron's weighted input has the variance of its
 * inputs. Source: Nielsen, *Neural Networks and Deep Learning*, chapter 3.
 *
 * @example
 * ```ts
 * import { Linear, nielsen } from "@dlcc/layers";
 * import { variance } from "@dlcc/tensor";
 *
 * const { weight } = new Linear(100, 50, { weight: nielsen(), seed: 1 });
 * const ratio = (await variance(weight.value).item()) / (1 / 100);
 * console.log(ratio.toFixed(1)); // → 1.0
 * ```
 */
export const nielsen = (): Initializer => normalOf(({ fanIn }) => 1 / fanIn);

/**
 * Normal of variance `2 / (fanIn + fanOut)`, for tanh and sigmoid. Source: Glorot & Bengio 2010.
 *
 * @example
 * ```ts
 * import { Linear, xavierNormal } from "@dlcc/layers";
 * import { variance } from "@dlcc/tensor";
 *
 * const { weight } = new Linear(100, 50, { weight: xavierNormal(), seed: 1 });
 * const ratio = (await variance(weight.value).item()) / (2 / (100 + 50));
 * console.log(ratio.toFixed(1)); // → 1.0
 * ```
 */
export const xavierNormal = (): Initializer => normalOf(({ fanIn, fanOut }) => 2 / (fanIn + fanOut));

/**
 * Uniform of variance `2 / (fanIn + fanOut)`, for tanh and sigmoid. Source: Glorot & Bengio 2010.
 *
 * @example
 * ```ts
 * import { Linear, xavierUniform } from "@dlcc/layers";
 * import { variance } from "@dlcc/tensor";
 *
 * const { weight } = new Linear(100, 50, { weight: xavierUniform(), seed: 1 });
 * const ratio = (await variance(weight.value).item()) / (2 / (100 + 50));
 * console.log(ratio.toFixed(1)); // → 1.0
 * ```
 */
export const xavierUniform = (): Initializer => uniformOf(({ fanIn, fanOut }) => 2 / (fanIn + fanOut));

/**
 * Normal of variance `2 / fanIn`, for ReLU, which passes half of its inputs on. Source: He et al. 2015.
 *
 * @example
 * ```ts
 * import { heNormal, Linear } from "@dlcc/layers";
 * import { variance } from "@dlcc/tensor";
 *
 * const { weight } = new Linear(100, 50, { weight: heNormal(), seed: 1 });
 * const ratio = (await variance(weight.value).item()) / (2 / 100);
 * console.log(ratio.toFixed(1)); // → 1.0
 * ```
 */
export const heNormal = (): Initializer => normalOf(({ fanIn }) => 2 / fanIn);

/**
 * Uniform of variance `2 / fanIn`, for ReLU. Source: He et al. 2015.
 *
 * @example
 * ```ts
 * import { heUniform, Linear } from "@dlcc/layers";
 * import { variance } from "@dlcc/tensor";
 *
 * const { weight } = new Linear(100, 50, { weight: heUniform(), seed: 1 });
 * const ratio = (await variance(weight.value).item()) / (2 / 100);
 * console.log(ratio.toFixed(1)); // → 1.0
 * ```
 */
export const heUniform = (): Initializer => uniformOf(({ fanIn }) => 2 / fanIn);

/**
 * Uniform between `±1/√fanIn`, for weights and biases, as in PyTorch's `nn.Linear` and `nn.Conv2d` (which write it
 * as Kaiming's with `a = √5`). The default.
 *
 * @example
 * ```ts
 * import { fanInUniform, Linear } from "@dlcc/layers";
 * import { abs, max } from "@dlcc/tensor";
 * const { weight } = new Linear(100, 50, { weight: fanInUniform(), seed: 1 }); // the default, written out
 * console.log((await max(abs(weight.value)).item()) <= 1 / Math.sqrt(100)); // → true
 * ```
 */
export const fanInUniform = (): Initializer => uniformOf(({ fanIn }) => 1 / (3 * fanIn));
