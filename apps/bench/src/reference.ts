/** What the contenders' answers are held against: the same work in float64, by plain loops, with no library. */
import { type Case, layers, learningRate } from "./cases.ts";
import { checksumScale, factors, probes, training } from "./recipe.ts";

/** After so many steps a contender's loss is compared. */
export const checkedSteps = 5;

/** How far a contender's number may be from the reference: half of 1e-3, so that any two agree to 1e-3. */
export const tolerance = 5e-4;

/** The number that a contender has to come to: a product's checksum, or the loss after five steps. */
export const referenceOf = (c: Case): number => (c.kind === "matmul" ? productChecksum(c.n) : trainedLoss(c.batch));

/** `(left · A) · (B · right)`: the checksum without the product, in n² operations. */
function productChecksum(n: number): number {
  const { a, b } = factors(n);
  const { left, right } = probes(n);
  const leftA = new Float64Array(n);
  const bRight = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      leftA[j] = at(leftA, j) + at(left, i) * at(a, i * n + j);
      bRight[i] = at(bRight, i) + at(b, i * n + j) * at(right, j);
    }
  }
  return leftA.reduce((total, value, k) => total + value * at(bRight, k), 0) * checksumScale(n);
}

/** The loss of 784-128-10 after `steps` steps of gradient descent. */
export function trainedLoss(batch: number, steps: number = checkedSteps): number {
  const { inputs, hidden, classes } = layers;
  const { x, labels, ...initial } = training(batch);
  const [weight1, bias1, weight2, bias2] = [initial.weight1, initial.bias1, initial.weight2, initial.bias2].map((v) =>
    Float64Array.from(v),
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];

  for (let step = 0; ; step++) {
    let loss = 0;
    const gradients = [weight1, bias1, weight2, bias2].map((v) => new Float64Array(v.length));
    const [dWeight1, dBias1, dWeight2, dBias2] = gradients as [Float64Array, Float64Array, Float64Array, Float64Array];
    for (let example = 0; example < batch; example++) {
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
    if (step === steps) return loss;
    [weight1, bias1, weight2, bias2].forEach((parameter, p) => {
      const gradient = gradients[p] as Float64Array;
      for (let i = 0; i < parameter.length; i++) parameter[i] = at(parameter, i) - learningRate * at(gradient, i);
    });
  }
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
