/** The fused ops of the cpu backend: each does in one pass over memory what its composite does in several. */
import type { Kernel, View } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { ArgumentError } from "../errors.ts";
import { isContiguous, sizeOf } from "../shape.ts";
import type { FusedActivation } from "../signatures.ts";
import { reluLoop, sigmoidLoop, tanhLoop, type UnaryLoop } from "./loops.ts";
import { type FloatArray, matrixOf, multiply } from "./matmul.ts";
import { copy } from "./movement.ts";
import { newStorage } from "./spare.ts";
import { arrayOf } from "./walk.ts";

/** A view's elements in order: the storage itself, where they lie so from its beginning. */
export const inOrder = (x: View): TypedArray => {
  const data = arrayOf(x);
  const whole = x.offset === 0 && data.length === sizeOf(x.shape) && isContiguous(x.shape, x.strides);
  return whole ? data : copy(x);
};

/** Where a result is written: over the old value, if it has no other owner. */
const place = (x: View, data: TypedArray, reusable: boolean | undefined): TypedArray =>
  reusable && data === x.storage ? data : newStorage(x.dtype, data.length);

/** The gradient with that of `½ λ v²`. Without decay the value counts for nothing, even where it is infinite. */
const slopeAt = (gradient: number, value: number, decay: number): number =>
  decay === 0 ? gradient : gradient + decay * value;

/** The activations that fused ops take along. */
export const activations: { readonly [A in FusedActivation]: UnaryLoop } = {
  relu: reluLoop,
  sigmoid: sigmoidLoop,
  tanh: tanhLoop,
};

/** A layer in one pass. */
export const linear: Kernel<"linear"> = ({ activation }, [x, weight, bias]) => {
  const [n, inner] = x.shape as [number, number];
  const outputs = weight.shape[0]!;
  const out = newStorage(x.dtype, n * outputs) as FloatArray;
  const transposed = matrixOf(weight, 1, 0);
  multiply(n, outputs, inner, matrixOf(x, 0, 1), transposed, out, 0);
  if (bias) addToRows(inOrder(bias), out);
  if (activation) activations[activation](out.length, out, 0, 1, out, 0);
  return [out];
};

/** The largest of a row's elements. */
function largestOf(z: TypedArray, start: number, end: number): number {
  let largest = z[start]!;
  for (let j = start + 1; j < end; j++) largest = Math.max(largest, z[j]!);
  return largest;
}

/** What a row's softmax is divided by, once the largest has been taken off. */
function sumOfExp(z: TypedArray, start: number, end: number, largest: number): number {
  let total = 0;
  for (let j = start; j < end; j++) total += Math.exp(z[j]! - largest);
  return total;
}

/** The losses of a classifier. */
export const softmaxCrossEntropy: Kernel<"softmaxCrossEntropy"> = (_, [logits, labels]) => {
  const [n, classes] = logits.shape as [number, number];
  const z = inOrder(logits);
  const y = inOrder(labels);
  const out = newStorage(logits.dtype, n);
  for (let row = 0; row < n; row++) {
    const start = row * classes;
    const end = start + classes;
    const chosen = start + checkedLabel("softmaxCrossEntropy", y[row]!, row, classes);
    const largest = largestOf(z, start, end);
    out[row] = Math.log(sumOfExp(z, start, end, largest)) - (z[chosen]! - largest);
  }
  return [out];
};

/** What activations pass back. */
export const activationGradient: Kernel<"activationGradient"> = ({ activation }, [gradient, output]) => {
  const g = inOrder(gradient);
  const y = inOrder(output);
  const out = newStorage(gradient.dtype, g.length);
  if (activation === "relu")
    for (let i = 0; i < g.length; i++) out[i] = y[i]! <= 0 ? 0 : g[i]!; // NaN passes it on.
  else if (activation === "sigmoid") for (let i = 0; i < g.length; i++) out[i] = g[i]! * y[i]! * (1 - y[i]!);
  else for (let i = 0; i < g.length; i++) out[i] = g[i]! * (1 - y[i]! * y[i]!);
  return [out];
};

/** What the losses of a classifier pass back. */
export const softmaxCrossEntropyGradient: Kernel<"softmaxCrossEntropyGradient"> = (_, [logits, labels, gradient]) => {
  const [n, classes] = logits.shape as [number, number];
  const z = inOrder(logits);
  const y = inOrder(labels);
  const g = inOrder(gradient);
  const out = newStorage(logits.dtype, n * classes);
  for (let row = 0; row < n; row++) {
    const start = row * classes;
    const end = start + classes;
    const chosen = start + checkedLabel("softmaxCrossEntropyGradient", y[row]!, row, classes);
    const largest = largestOf(z, start, end);
    const total = sumOfExp(z, start, end, largest);
    for (let j = start; j < end; j++) {
      out[j] = (Math.exp(z[j]! - largest) / total - (j === chosen ? 1 : 0)) * g[row]!;
    }
  }
  return [out];
};

/** A step of plain SGD. */
export const sgdStep: Kernel<"sgdStep"> = ({ lr, weightDecay }, [parameter, gradient], [reusable]) => {
  const p = inOrder(parameter);
  const g = inOrder(gradient);
  const out = place(parameter, p, reusable);
  for (let i = 0; i < p.length; i++) out[i] = p[i]! - lr * slopeAt(g[i]!, p[i]!, weightDecay);
  return [out];
};

/** A step with momentum. */
export const momentumStep: Kernel<"momentumStep"> = (
  { lr, weightDecay, momentum, nesterov },
  [parameter, velocity, gradient],
  reusable,
) => {
  const p = inOrder(parameter);
  const v = inOrder(velocity);
  const g = inOrder(gradient);
  const out = place(parameter, p, reusable[0]);
  const nextVelocity = place(velocity, v, reusable[1]);
  for (let i = 0; i < p.length; i++) {
    const slope = slopeAt(g[i]!, p[i]!, weightDecay);
    const next = momentum * v[i]! + slope;
    nextVelocity[i] = next;
    out[i] = p[i]! - lr * (nesterov ? slope + momentum * next : next);
  }
  return [out, nextVelocity];
};

/** A step of Adam. */
export const adamStep: Kernel<"adamStep"> = (
  { lr, beta1, beta2, epsilon, weightDecay, decoupled, step },
  [parameter, first, second, gradient],
  reusable,
) => {
  const p = inOrder(parameter);
  const m = inOrder(first);
  const v = inOrder(second);
  const g = inOrder(gradient);
  const out = place(parameter, p, reusable[0]);
  const nextFirst = place(first, m, reusable[1]);
  const nextSecond = place(second, v, reusable[2]);
  const rate = lr / (1 - beta1 ** step);
  const scale = 1 / Math.sqrt(1 - beta2 ** step);
  const shrink = decoupled ? 1 - lr * weightDecay : 1;
  const decay = decoupled ? 0 : weightDecay;
  for (let i = 0; i < p.length; i++) {
    const slope = slopeAt(g[i]!, p[i]!, decay);
    const mean = beta1 * m[i]! + (1 - beta1) * slope;
    const square = beta2 * v[i]! + (1 - beta2) * slope * slope;
    nextFirst[i] = mean;
    nextSecond[i] = square;
    out[i] = shrink * p[i]! - (rate * mean) / (Math.sqrt(square) * scale + epsilon);
  }
  return [out, nextFirst, nextSecond];
};

function checkedLabel(op: string, label: number, row: number, classes: number): number {
  if (label >= 0 && label < classes) return label;
  throw new ArgumentError(`${op}: labels must be from 0 to ${classes - 1}, got ${label} for example ${row}`);
}

/** Adds a row to each row of a matrix that lies in order. */
function addToRows(row: TypedArray, out: TypedArray): void {
  for (let start = 0; start < out.length; start += row.length) {
    for (let j = 0; j < row.length; j++) out[start + j]! += row[j]!;
  }
}
