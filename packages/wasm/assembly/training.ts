/**
 * What a training step does besides its products: the loss, and the optimizers' steps. The steps read and write whole
 * vectors: their operands begin where a storage does, and storages are whole vectors.
 */
import { exp, log } from "./unary";
import { loadTail } from "./lanes";

function rowMaximum(n: i32, x: usize): f32 {
  let lanes = f32x4.splat(-Infinity);
  let i = 0;
  for (; i + 4 <= n; i += 4) lanes = f32x4.max(lanes, v128.load(x + (<usize>i << 2)));
  let largest = max(
    max(f32x4.extract_lane(lanes, 0), f32x4.extract_lane(lanes, 1)),
    max(f32x4.extract_lane(lanes, 2), f32x4.extract_lane(lanes, 3)),
  );
  for (; i < n; i++) largest = max(largest, load<f32>(x + (<usize>i << 2)));
  return largest;
}

/** `Σ e^(x − shift)`. */
function sumOfPowers(n: i32, x: usize, shift: f32): f32 {
  const shifts = f32x4.splat(shift);
  let lanes = f32x4.splat(0);
  let i = 0;
  for (; i + 4 <= n; i += 4) lanes = f32x4.add(lanes, exp(f32x4.sub(v128.load(x + (<usize>i << 2)), shifts)));
  let total =
    f32x4.extract_lane(lanes, 0) + f32x4.extract_lane(lanes, 1) + (f32x4.extract_lane(lanes, 2) + f32x4.extract_lane(lanes, 3));
  if (i < n) {
    const tail = exp(f32x4.sub(loadTail(x + (<usize>i << 2), n - i), shifts));
    total += f32x4.extract_lane(tail, 0);
    if (n - i > 1) total += f32x4.extract_lane(tail, 1);
    if (n - i > 2) total += f32x4.extract_lane(tail, 2);
  }
  return total;
}

/** `out = e^(x − shift) / total`. */
function shares(n: i32, x: usize, shift: f32, total: f32, out: usize): void {
  const shifts = f32x4.splat(shift), totals = f32x4.splat(total);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = <usize>i << 2;
    v128.store(out + at, f32x4.div(exp(f32x4.sub(v128.load(x + at), shifts)), totals));
  }
  if (i < n) {
    const at = <usize>i << 2;
    const tail = f32x4.div(exp(f32x4.sub(loadTail(x + at, n - i), shifts)), totals);
    store<f32>(out + at, f32x4.extract_lane(tail, 0));
    if (n - i > 1) store<f32>(out + at + 4, f32x4.extract_lane(tail, 1));
    if (n - i > 2) store<f32>(out + at + 8, f32x4.extract_lane(tail, 2));
  }
}

/** `−log softmax(logits)[label]` for each row. Labels have been checked. */
export function softmaxCrossEntropy(rows: i32, classes: i32, logits: usize, row: i32, labels: usize, out: usize): void {
  for (let i = 0; i < rows; i++) {
    const z = logits + ((i * row) << 2);
    const largest = rowMaximum(classes, z);
    const total = sumOfPowers(classes, z, largest);
    const chosen = load<f32>(z + (load<i32>(labels + (<usize>i << 2)) << 2));
    store<f32>(out + (<usize>i << 2), f32x4.extract_lane(log(f32x4.splat(total)), 0) - (chosen - largest));
  }
}

/** `(softmax(logits) − e_label) · gradient` for each row. Gradients are `step` apart; labels have been checked. */
export function softmaxCrossEntropyGradient(
  rows: i32, classes: i32, logits: usize, labels: usize, gradient: usize, step: i32, out: usize,
): void {
  for (let i = 0; i < rows; i++) {
    const at = <usize>(i * classes) << 2;
    const z = logits + at, slope = out + at;
    const largest = rowMaximum(classes, z);
    const total = sumOfPowers(classes, z, largest);
    const g = load<f32>(gradient + (<usize>(i * step) << 2));
    const label = load<i32>(labels + (<usize>i << 2));
    shares(classes, z, largest, total, slope);
    const chosen = slope + (<usize>label << 2);
    store<f32>(chosen, load<f32>(chosen) - 1);
    for (let j: usize = 0, end = <usize>classes << 2; j < end; j += 4) store<f32>(slope + j, load<f32>(slope + j) * g);
  }
}

/** The gradient with that of `½ λ v²`. Without decay the value is ignored, even where it is infinite. */
function slopeAt(gradient: v128, value: v128, decay: f32): v128 {
  return decay == 0 ? gradient : f32x4.add(gradient, f32x4.mul(value, f32x4.splat(decay)));
}

/** θ ← θ − η g. */
export function sgdStep(n: i32, value: usize, gradient: usize, out: usize, lr: f32, decay: f32): void {
  const rate = f32x4.splat(lr), end = <usize>n << 2;
  if (decay == 0) {
    for (let i: usize = 0; i < end; i += 16) {
      v128.store(out + i, f32x4.sub(v128.load(value + i), f32x4.mul(v128.load(gradient + i), rate)));
    }
    return;
  }
  for (let i: usize = 0; i < end; i += 16) {
    const v = v128.load(value + i);
    v128.store(out + i, f32x4.sub(v, f32x4.mul(slopeAt(v128.load(gradient + i), v, decay), rate)));
  }
}

/** v ← μ v + g, θ ← θ − η v; Nesterov's looks ahead: θ ← θ − η (g + μ v). */
export function momentumStep(
  n: i32, value: usize, velocity: usize, gradient: usize, out: usize, outVelocity: usize,
  lr: f32, decay: f32, momentum: f32, nesterov: bool,
): void {
  const mu = f32x4.splat(momentum);
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const v = v128.load(value + i);
    const slope = slopeAt(v128.load(gradient + i), v, decay);
    const next = f32x4.add(f32x4.mul(v128.load(velocity + i), mu), slope);
    const direction = nesterov ? f32x4.add(slope, f32x4.mul(next, mu)) : next;
    v128.store(outVelocity + i, next);
    v128.store(out + i, f32x4.sub(v, f32x4.mul(direction, f32x4.splat(lr))));
  }
}

/** m ← β₁ m + (1 − β₁) g, v ← β₂ v + (1 − β₂) g², θ ← shrink · θ − rate · m / (√v / deviation + ε). */
export function adamStep(
  n: i32, value: usize, first: usize, second: usize, gradient: usize, out: usize, outFirst: usize, outSecond: usize,
  rate: f32, decay: f32, shrink: f32, beta1: f32, rest1: f32, beta2: f32, rest2: f32, deviation: f32, epsilon: f32,
): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 16) {
    const v = v128.load(value + i);
    const slope = slopeAt(v128.load(gradient + i), v, decay);
    const mean = f32x4.add(f32x4.mul(v128.load(first + i), f32x4.splat(beta1)), f32x4.mul(slope, f32x4.splat(rest1)));
    const square = f32x4.add(
      f32x4.mul(v128.load(second + i), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(slope, slope), f32x4.splat(rest2)),
    );
    const divisor = f32x4.add(f32x4.div(f32x4.sqrt(square), f32x4.splat(deviation)), f32x4.splat(epsilon));
    v128.store(outFirst + i, mean);
    v128.store(outSecond + i, square);
    v128.store(
      out + i,
      f32x4.sub(f32x4.mul(v, f32x4.splat(shrink)), f32x4.mul(f32x4.div(mean, divisor), f32x4.splat(rate))),
    );
  }
}
