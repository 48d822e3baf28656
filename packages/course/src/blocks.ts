import { valueAndGrad } from "@dlcc/autograd";
import { heNormal, type Layer, LayerNorm, Linear, nielsen, Residual, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { argmax, equal, Generator, mean, norm, relu, sigmoid, tanh, tidy } from "@dlcc/tensor";
import type { DeepOptions } from "./deep.ts";
import { at, lastOf, numbersOf } from "./numbers.ts";
import { circle } from "./overfitting.ts";

/** A deep network that is trained. */
export interface BlockOptions {
  /** Whether each block adds its input to what it computes: `u + f(u)` in place of `f(u)`. */
  readonly shortcut: boolean;
  /** Whether each block normalizes its input first. */
  readonly normalize: boolean;
  /** The activation of each block. Default: sigmoid. */
  readonly activation?: DeepOptions["activation"];
  /** The number of blocks. Default: 20. */
  readonly depth?: number;
  /** Neurons in each block. Default: 16. */
  readonly width?: number;
  /** The number of steps, each over all examples. Default: 80. */
  readonly steps?: number;
  /** The same seed gives the same run. Default: 1. */
  readonly seed?: number;
}

/** The result of {@link trainBlocks}. */
export interface TrainedBlocks {
  /** The norm of ∂C/∂W in each block before the first step, from the first block to the last. */
  readonly gradients: readonly number[];
  /** The cross-entropy before each step, and at the end. */
  readonly costs: readonly number[];
  /** The accuracy at the end, on the examples that it has learned from. */
  readonly accuracy: number;
}

const activations = { sigmoid, tanh, relu } as const;
const [examples, classes, lr] = [100, 2, 0.01];

/**
 * Trains a network of many equal blocks, `f(u) = W σ(u) + b`, to tell whether a point is inside a circle. A shortcut makes a block
 * `u + f(u)`: its derivative is `1 + ∂f/∂u`, and a product of such factors doesn't vanish. Normalization gives σ inputs of mean 0 and
 * variance 1, `f(u) = W σ((u − μ)/s · γ + β) + b`, however large the sums have become.
 *
 * Source: He et al. 2016, *Identity mappings in deep residual networks*; Ba et al. 2016. The course's text ends before it.
 *
 * @throws {ArgumentError} if a size is not a whole number from 1.
 * @example
 * ```ts
 * import { trainBlocks } from "@dlcc/course";
 *
 * const plain = trainBlocks({ shortcut: false, normalize: false, steps: 0 });
 * const helped = trainBlocks({ shortcut: true, normalize: true, steps: 0 });
 * console.log((plain.gradients[0] ?? 1) < 1e-10, (helped.gradients[0] ?? 0) > 1); // → true true
 * ```
 */
export const trainBlocks = (options: BlockOptions): TrainedBlocks => tidy(() => lastOf(trainBlocksByAndBy(options)));

/**
 * {@link trainBlocks} in small portions, for a page that must not stand still: after each step comes what is known so far.
 *
 * @returns Values of {@link TrainedBlocks}, each with a cost more than the one before; their accuracy is that of the time.
 * @example
 * ```ts
 * import { trainBlocksByAndBy } from "@dlcc/course";
 * for (const { costs } of trainBlocksByAndBy({ shortcut: true, normalize: true, depth: 2, steps: 2 })) console.log(costs.length);
 * // → 1
 * // → 2
 * // → 3
 * ```
 */
export function* trainBlocksByAndBy({
  shortcut,
  normalize,
  activation = "sigmoid",
  depth = 20,
  width = 16,
  steps = 80,
  seed = 1,
}: BlockOptions): globalThis.Generator<TrainedBlocks, void, undefined> {
  const weight = activation === "relu" ? heNormal() : nielsen();
  const seedOf = (layer: number): number => seed * 1000 + layer;
  const linears = Array.from({ length: depth }, (_, l) => new Linear(width, width, { weight, seed: seedOf(l + 1) }));
  const blocks = linears.map((linear): Layer => {
    const f = [...(normalize ? [new LayerNorm(width)] : []), activations[activation], linear];
    return shortcut ? new Residual(f) : new Sequential(f);
  });
  const model = new Sequential([
    new Linear(2, width, { weight, seed: seedOf(0) }),
    ...blocks,
    new Linear(width, classes, { weight: nielsen(), seed: seedOf(depth + 1) }),
  ]);
  const { x, y } = circle(examples, 0, new Generator(seed, 1));
  const optimizer = adam(model.parameters(), { lr });
  const costs: number[] = [];
  let norms: readonly number[] = [];
  for (let step = 0; step <= steps; step++) {
    const { value, gradients, aux } = valueAndGrad(() => {
      const z = model.forward(x);
      return { value: crossEntropy(z, y), aux: mean(equal(argmax(z, 1), y).cast("float64")) };
    }, model.parameters());
    if (step === 0) {
      norms = linears.map((linear) => {
        const gradient = gradients.get(linear.weight);
        return gradient ? at(numbersOf(norm(gradient)), 0) : Number.NaN;
      });
    }
    costs.push(...numbersOf(value));
    yield { gradients: norms, costs: [...costs], accuracy: at(numbersOf(aux), 0) };
    if (step < steps) optimizer.step(gradients);
  }
}
