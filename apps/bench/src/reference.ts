/** What the contenders' answers are held against: the same work in float64, by plain loops, with no library. */
import { isProduct, layers, learningRate, type ProductCase, type StepCase, sizesOf } from "./cases.ts";
import { checksumScale, operands, probes, type Training, training } from "./recipe.ts";

/** After so many steps a contender's loss is compared. */
export const checkedSteps = 5;

/** How far a contender's number may be from the reference: half of 1e-3, so that any two agree to 1e-3. */
export const tolerance = 5e-4;

/** The number that a contender has to come to: a product's checksum, or the loss after five steps. */
export const referenceOf = (c: ProductCase | StepCase): number =>
  isProduct(c) ? productChecksum(c) : trainedLoss(c.batch);

/** `(left · A) · (B · right)`: the checksum without the product. */
function productChecksum(c: ProductCase): number {
  const sizes = sizesOf(c);
  const { m, n, k } = sizes;
  const { a, b } = operands(c);
  const { left, right } = probes(sizes);
  let total = 0;
  for (let p = 0; p < k; p++) {
    let leftA = 0;
    for (let i = 0; i < m; i++) leftA += at(left, i) * at(a, i * k + p);
    let bRight = 0;
    for (let j = 0; j < n; j++) bRight += at(b, p * n + j) * at(right, j);
    total += leftA * bRight;
  }
  return total * checksumScale(sizes);
}

/** The loss of 784-128-10 after `steps` steps of gradient descent on one minibatch. */
export function trainedLoss(batch: number, steps: number = checkedSteps): number {
  const every = Int32Array.from({ length: batch }, (_, i) => i);
  return at(trainingLosses(training(batch), Array(steps + 1).fill(every), steps + 1), steps);
}

/** The losses with which the first `steps` steps begin, each on the examples that `order` gives for it. */
function trainingLosses(data: Training, order: Iterable<Int32Array>, steps: number): number[] {
  const { inputs, hidden, classes } = layers;
  const { x, labels, ...initial } = data;
  const losses: number[] = [];
  const [weight1, bias1, weight2, bias2] = [initial.weight1, initial.bias1, initial.weight2, initial.bias2].map((v) =>
    Float64Array.from(v),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];

  for (const examples of order) {
    const batch = examples.length;
    let loss = 0;
    const gradients = [weight1, bias1, weight2, bias2].map((v) => new Float64Array(v.length));
    const [dWeight1, dBias1, dWeight2, dBias2] = gradients as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (const example of examples) {
      const input = Float64Array.from(x.subarray(example * inputs, (example + 1) * inputs));
      const activation = affine(weight1, bias1, input).map((z) => Math.max(z, 0));
      const logits = affine(weight2, bias2, activation);
      const largest = Math.max(...logits);
      const exponentials = logits.map((z) => Math.exp(z - largest));
      const sum = exponentials.reduce((p, q) => p + q);
      const label = labels[example] as number;
      loss += (Math.log(sum) + largest - at(logits, label)) / batch;

      const dLogits = exponentials.map((e, k) => (e / sum - (k === label ? 1 : 0)) / batch);
      const dActivation = new Float64Array(hidden);
      for (let k = 0; k < classes; k++) {
        dBias2[k] = at(dBias2, k) + at(dLogits, k);
        for (let h = 0; h < hidden; h++) {
          dActivation[h] = at(dActivation, h) + at(dLogits, k) * at(weight2, k * hidden + h);
          dWeight2[k * hidden + h] = at(dWeight2, k * hidden + h) + at(dLogits, k) * at(activation, h);
        }
      }
      for (let h = 0; h < hidden; h++) {
        if (at(activation, h) === 0) continue;
        dBias1[h] = at(dBias1, h) + at(dActivation, h);
        for (let i = 0; i < inputs; i++) {
          dWeight1[h * inputs + i] = at(dWeight1, h * inputs + i) + at(dActivation, h) * at(input, i);
        }
      }
    }
    if (losses.push(loss) === steps) break;
    [weight1, bias1, weight2, bias2].forEach((parameter, p) => {
      const gradient = gradients[p] as Float64Array;
      for (let i = 0; i < parameter.length; i++) parameter[i] = at(parameter, i) - learningRate * at(gradient, i);
    });
  }
  return losses;
}

/** `W v + b` */
function affine(weight: Float64Array, bias: Float64Array, v: Float64Array): Float64Array {
  return bias.map((b, row) => {
    let total = b;
    for (let i = 0; i < v.length; i++) total += at(weight, row * v.length + i) * at(v, i);
    return total;
  });
}

const at = (values: ArrayLike<number>, i: number): number => values[i] as number;
