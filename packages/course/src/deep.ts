import { valueAndGrad } from "@dlcc/autograd";
import { heNormal, type Initializer, Linear, nielsen, normal } from "@dlcc/layers";
import { Generator, randn, relu, sigmoid, type Tensor, tanh, tidy, zeros } from "@dlcc/tensor";
import type { Curve } from "./derivative.ts";
import { at, numbersOf } from "./numbers.ts";

/**
 * The number of parameters of a fully connected layer: a weight for each input of each neuron, and a bias for each neuron.
 *
 * The course's layer of 1000 neurons on an image of 224×224 (50,176 pixels; the text's 65,536 is a slip) has 50 million.
 *
 * Source: the course, "Deep Neural Networks and why they are hard to train".
 *
 * @example
 * ```ts
 * import { layerParameters } from "@dlcc/course";
 * console.log(layerParameters(224 * 224, 1000)); // → 50177000
 * ```
 */
export const layerParameters = (inputs: number, neurons: number): number => (inputs + 1) * neurons;

/** The initial weights of a deep network. */
export type InitializationName = "normal" | "1/fanIn" | "he";

const initializers: Readonly<Record<InitializationName, () => Initializer>> = {
  normal,
  "1/fanIn": nielsen,
  he: heNormal,
};

const activationsByName: Readonly<Record<"sigmoid" | "tanh" | "relu", Curve>> = { sigmoid, tanh, relu };

/** A deep network that is measured without training. */
export interface DeepOptions {
  /** The activation of each layer. */
  readonly activation: "sigmoid" | "tanh" | "relu";
  /** Standard deviation of the weights: `normal` 1, `1/fanIn` 1/√width, `he` √(2/width). Biases are 0. */
  readonly initialization: InitializationName;
  /** The number of layers. Default: 20. */
  readonly depth?: number;
  /** Neurons in each layer. Default: 64. */
  readonly width?: number;
  /** The number of examples; their inputs are standard normal. Default: 32. */
  readonly examples?: number;
  /** The same seed gives the same network. Default: 1. */
  readonly seed?: number;
}

/** A layer of a deep network. */
export interface DeepLayer {
  /** Its number: 1 … depth. */
  readonly l: number;
  /** The root mean square of its outputs u_l. */
  readonly activation: number;
  /** The mean slope of its activation, σ′(z): for the sigmoid at most 1/4. */
  readonly slope: number;
  /** The root mean square of the buffer that arrives, ∂C/∂u_l; in the last layer it is near 1. */
  readonly buffer: number;
  /** The norm of ∂C/∂θ_l over its weights. */
  readonly gradient: number;
}

/**
 * Gradients layer by layer, in a network with its initial weights: how large is the buffer in each layer, if it has size 1
 * at the end? The cost is `Σ g·u_depth` with g standard normal, so the buffer begins as g, whatever the network.
 *
 * Source: the course, "Deep Neural Networks"; Glorot & Bengio 2010; He et al. 2015.
 *
 * @throws {ArgumentError} if a size is not a whole number from 1.
 * @example
 * ```ts
 * import { deepGradients } from "@dlcc/course";
 * const [first] = deepGradients({ activation: "sigmoid", initialization: "1/fanIn" });
 * console.log((first?.buffer ?? 1) < 1e-8); // → true
 * ```
 */
export function deepGradients({
  activation,
  initialization,
  depth = 20,
  width = 64,
  examples = 32,
  seed = 1,
}: DeepOptions): DeepLayer[] {
  return tidy(() => {
    const weight = initializers[initialization]();
    const layers = Array.from(
      { length: depth },
      (_, l) => new Linear(width, width, { weight, bias: false, dtype: "float64", seed: seed * 1000 + l }),
    );
    const weights = layers.map((layer) => layer.weight);
    const input = randn([examples, width], { seed: new Generator(seed, 1), dtype: "float64" });
    const start = randn([examples, width], { seed: new Generator(seed, 2), dtype: "float64" });
    // Zeros added to each layer's output: the gradient with respect to them is the buffer that arrives there.
    const taps = layers.map(() => zeros([examples, width], { dtype: "float64" }));
    const { aux, gradients } = valueAndGrad(() => {
      const sums: Tensor[] = [];
      const outputs: Tensor[] = [];
      layers.forEach((layer, l) => {
        const z = layer.forward(outputs.at(-1) ?? input);
        sums.push(z);
        outputs.push(activationsByName[activation](z).add(at(taps, l)));
      });
      return { value: at(outputs, -1).mul(start).sum(), aux: { sums, outputs } };
    }, [...taps, ...weights]);
    return layers.map((_, l) => {
      const [buffer, gradient] = [at(taps, l), at(weights, l)].map((variable) => {
        const found = gradients.get(variable);
        return found ? numbersOf(found) : [];
      });
      return {
        l: l + 1,
        activation: rootMeanSquare(numbersOf(at(aux.outputs, l))),
        slope: meanSlope(activation, numbersOf(at(aux.sums, l))),
        buffer: rootMeanSquare(buffer ?? []),
        gradient: Math.hypot(...(gradient ?? [])),
      };
    });
  });
}

const mean = (numbers: readonly number[]): number => numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
const rootMeanSquare = (numbers: readonly number[]): number => Math.sqrt(mean(numbers.map((v) => v * v)));

/** The mean of σ′(z). */
function meanSlope(activation: DeepOptions["activation"], z: readonly number[]): number {
  const slope = {
    sigmoid: (v: number) => 1 / (2 + Math.exp(v) + Math.exp(-v)),
    tanh: (v: number) => 1 / Math.cosh(v) ** 2,
    relu: (v: number) => (v > 0 ? 1 : 0),
  }[activation];
  return mean(z.map(slope));
}
