import { valueAndGrad } from "@dlcc/autograd";
import { minibatches } from "@dlcc/data";
import { Linear, relu, Sequential } from "@dlcc/layers";
import { crossEntropy, l1, l2 } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { argmax, equal, Generator, mean, randn, softmax, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { at, numbersOf } from "./numbers.ts";

/** The losses of the course. */
export type LossName = "l1" | "l2" | "crossEntropy";

/** Each loss as a function of the weighted inputs z of a softmax, `[n, classes]`, and of the classes. */
const losses: Readonly<Record<LossName, (z: Tensor, labels: Tensor) => Tensor>> = {
  l1: (z, labels) => l1(softmax(z), labels),
  l2: (z, labels) => l2(softmax(z), labels),
  crossEntropy,
};

/** The names of the losses, in the order of the course. */
export const lossNames: readonly LossName[] = ["l1", "l2", "crossEntropy"];

/** The value and gradient of a loss. */
export interface LossOfOutputs {
  /** The loss. */
  readonly loss: LossName;
  /** `‖o − e_y‖₁`, `½‖o − e_y‖²`, or `−log o_y`. */
  readonly value: number;
  /** ∂L/∂z: the gradient at the inputs of the softmax. */
  readonly gradient: readonly number[];
}

/**
 * The losses of the same outputs o = softmax(z), for the target class y, and their gradients with respect to z. If the
 * network is sure of a wrong class, the gradients of L1 and L2 are almost 0: a gentle slope just where there is most to
 * learn. The gradient of cross-entropy is `o − e_y`, as large as the error.
 *
 * Source: the course, "Loss functions" and "Cross Entropy Loss".
 *
 * @example
 * ```ts
 * import { lossesOf } from "@dlcc/course";
 * const [, , crossEntropy] = lossesOf([0, 0], 0);
 * console.log(crossEntropy?.gradient); // → [ -0.5, 0.5 ]
 * ```
 */
export const lossesOf = (z: readonly number[], y: number): LossOfOutputs[] =>
  lossNames.map((loss) =>
    tidy(() => {
      const inputs = tensor([[...z]], { dtype: "float64" });
      const { value, gradients } = valueAndGrad(() => losses[loss](inputs, tensor([y], { dtype: "int32" })), [inputs]);
      const gradient = gradients.get(inputs);
      return { loss, value: at(numbersOf(value), 0), gradient: gradient ? numbersOf(gradient) : z.map(() => 0) };
    }),
  );

/** Examples of classes: points in the plane. */
export interface LabelledPoints {
  /** The points. */
  readonly x: readonly (readonly [number, number])[];
  /** The class of each, from 0. */
  readonly labels: readonly number[];
}

/** How to place classes around a ring. */
export interface RingOptions {
  /** The number of classes. Default: 10, as for digits. */
  readonly classes?: number;
  /** The number of examples. Default: 300. */
  readonly n?: number;
  /** The standard deviation around each class's centre; the ring's radius is 1. Default: 0.1. */
  readonly noise?: number;
  /** The same seed gives the same examples. Default: 1. */
  readonly seed?: number;
}

/**
 * Examples of classes whose centres are in order around a circle of radius 1.
 *
 * @example
 * ```ts
 * import { ringOfClasses } from "@dlcc/course";
 * console.log(ringOfClasses({ classes: 2, n: 2, noise: 0 }).labels); // → [ 0, 1 ]
 * ```
 */
export function ringOfClasses({ classes = 10, n = 300, noise = 0.1, seed = 1 }: RingOptions = {}): LabelledPoints {
  const stray = tidy(() => numbersOf(randn([2 * n], { standardDeviation: noise, seed: new Generator(seed) })));
  const labels = Array.from({ length: n }, (_, i) => i % classes);
  return {
    x: labels.map((label, i) => {
      const angle = (2 * Math.PI * label) / classes;
      return [Math.cos(angle) + at(stray, 2 * i), Math.sin(angle) + at(stray, 2 * i + 1)];
    }),
    labels,
  };
}

/** How to train the classifier. */
export interface ClassifierOptions {
  /** The loss. */
  readonly loss: LossName;
  /** The learning rate η. */
  readonly lr: number;
  /** The number of passes over the examples. */
  readonly epochs: number;
  /** The same seed gives the same initial weights, whatever the loss. */
  readonly seed: number;
}

/**
 * Trains a classifier, 2 → 32 ReLUs → softmax over the classes, with one of the losses. Everything else is the same.
 *
 * Source: the course, "Cross Entropy Loss": "it turns out" that L1 and L2 do worse.
 *
 * @returns The accuracy on the examples: before training, and after each epoch.
 * @example
 * ```ts
 * import { ringOfClasses, trainClassifier } from "@dlcc/course";
 * const ring = ringOfClasses({ classes: 3, n: 60 });
 * console.log(trainClassifier(ring, { loss: "crossEntropy", lr: 0.5, epochs: 10, seed: 1 }).at(-1)); // → 1
 * ```
 */
export const trainClassifier = (points: LabelledPoints, options: ClassifierOptions): number[] =>
  tidy(() => [...trainClassifierByAndBy(points, options)]);

/**
 * {@link trainClassifier} epoch by epoch, for a page that must not stand still.
 *
 * @returns The accuracies, one after the other.
 * @example
 * ```ts
 * import { ringOfClasses, trainClassifierByAndBy } from "@dlcc/course";
 * const ring = ringOfClasses({ classes: 3, n: 60 });
 * const run = trainClassifierByAndBy(ring, { loss: "crossEntropy", lr: 0.5, epochs: 10, seed: 1 });
 * console.log([...run].length); // → 11
 * ```
 */
export function* trainClassifierByAndBy(
  { x, labels }: LabelledPoints,
  { loss, lr, epochs, seed }: ClassifierOptions,
): globalThis.Generator<number, void, undefined> {
  const inputs = tensor(x.map((point) => [...point]));
  const classes = tensor([...labels], { dtype: "int32" });
  const model = new Sequential([
    new Linear(2, 32, { seed }),
    relu,
    new Linear(32, labels.reduce((most, label) => Math.max(most, label), 0) + 1, { seed: seed + 1 }),
  ]);
  const optimizer = sgd(model.parameters(), { lr });
  const accuracy = (): number =>
    tidy(() => at(numbersOf(mean(equal(argmax(model.forward(inputs), 1), classes).cast("float64"))), 0));
  yield accuracy();
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const batch of minibatches(inputs, classes, { size: 10, seed, epoch })) {
      const { gradients } = valueAndGrad(() => losses[loss](model.forward(batch.x), batch.y), model.parameters());
      optimizer.step(gradients);
    }
    yield accuracy();
  }
}
