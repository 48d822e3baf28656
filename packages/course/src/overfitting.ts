import { valueAndGrad } from "@dlcc/autograd";
import { countParameters, Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam } from "@dlcc/optim";
import { argmax, equal, Generator, mean, type Tensor, tensor, tidy, uniform } from "@dlcc/tensor";
import { at, lastOf, numbersOf } from "./numbers.ts";

/** The options of {@link overfit}. */
export interface OverfittingOptions {
  /** The number of training examples. */
  readonly examples: number;
  /** Neurons in each of the two hidden layers. Default: 64. */
  readonly hidden?: number;
  /** The number of steps, each over all examples. Default: 200. */
  readonly steps?: number;
  /** The share of wrong labels, in training and test. Default: 0.15. */
  readonly wrong?: number;
  /** The same seed gives the same run. Default: 1. */
  readonly seed?: number;
}

/** The figures at some step. */
export interface FitPoint {
  /** The number of steps so far. */
  readonly step: number;
  /** The accuracy on the training examples. */
  readonly train: number;
  /** The accuracy on unseen examples. */
  readonly test: number;
  /** The cross-entropy on the training examples. */
  readonly trainCost: number;
  /** The cross-entropy on unseen examples. */
  readonly testCost: number;
}

/** The result of {@link overfit}. */
export interface Overfitting {
  /** The number of parameters of the network. */
  readonly parameters: number;
  /** The figures at about twenty steps. */
  readonly points: readonly FitPoint[];
}

/** Examples that the network never learns from. */
const testExamples = 1000;
/** How often the figures are taken. */
const looks = 20;

/** Points in the square −1..1, of class 1 inside a circle with half of its area: πr² = 2. Some labels are flipped. */
export function circle(n: number, wrong: number, seed: Generator): { x: Tensor; y: Tensor } {
  const x = uniform([n, 2], { low: -1, high: 1, seed });
  const flips = numbersOf(uniform([n], { low: 0, high: 1, seed }));
  const coordinates = numbersOf(x);
  const labels = flips.map((flip, i) => {
    const inside = at(coordinates, 2 * i) ** 2 + at(coordinates, 2 * i + 1) ** 2 < 2 / Math.PI;
    return inside !== flip < wrong ? 1 : 0;
  });
  return { x, y: tensor(labels, { dtype: "int32" }) };
}

/**
 * A network with far more parameters than examples learns them by heart, wrong labels included, and does worse on unseen
 * examples: the cost there rises again while the training cost falls. With more examples the gap closes.
 *
 * The task: is a point inside a circle? A share of the labels is wrong, so no accuracy can be above 1 − wrong.
 *
 * Source: the course, "Deep Neural Networks and why they are hard to train".
 *
 * @example
 * ```ts
 * import { overfit } from "@dlcc/course";
 * const last = overfit({ examples: 20 }).points.at(-1);
 * console.log(last?.train, (last?.test ?? 1) < 0.85); // → 1 true
 * ```
 */
export const overfit = (options: OverfittingOptions): Overfitting => tidy(() => lastOf(overfitByAndBy(options)));

/**
 * {@link overfit} in small portions, for a page that must not stand still: after each of them comes what is known so far.
 *
 * @returns Values of {@link Overfitting}, each with a point more than the one before.
 * @example
 * ```ts
 * import { overfitByAndBy } from "@dlcc/course";
 * for (const { points } of overfitByAndBy({ examples: 20, steps: 2 })) console.log(points.length);
 * // → 1
 * // → 2
 * // → 3
 * ```
 */
export function* overfitByAndBy({
  examples,
  hidden = 64,
  steps = 200,
  wrong = 0.15,
  seed = 1,
}: OverfittingOptions): globalThis.Generator<Overfitting, void, undefined> {
  const model = new Sequential([
    new Linear(2, hidden, { seed }),
    relu,
    new Linear(hidden, hidden, { seed: seed + 1 }),
    relu,
    new Linear(hidden, 2, { seed: seed + 2 }),
  ]);
  const train = circle(examples, wrong, new Generator(seed, 1));
  const test = circle(testExamples, wrong, new Generator(seed, 2));
  const optimizer = adam(model.parameters(), { lr: 0.01 });
  const judge = ({ x, y }: typeof train): [accuracy: number, cost: number] =>
    tidy(() => {
      const z = model.forward(x);
      return [at(numbersOf(mean(equal(argmax(z, 1), y).cast("float64"))), 0), at(numbersOf(crossEntropy(z, y)), 0)];
    });
  const points: FitPoint[] = [];
  const every = Math.max(1, Math.round(steps / looks));
  for (let step = 0; step <= steps; step++) {
    if (step % every === 0 || step === steps) {
      const [[trainAccuracy, trainCost], [testAccuracy, testCost]] = [judge(train), judge(test)];
      points.push({ step, train: trainAccuracy, test: testAccuracy, trainCost, testCost });
      yield { parameters: countParameters(model), points: [...points] };
    }
    if (step === steps) break;
    const { gradients } = valueAndGrad(() => crossEntropy(model.forward(train.x), train.y), model.parameters());
    optimizer.step(gradients);
  }
}
