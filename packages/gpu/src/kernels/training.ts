/** The fused kernels of training: the loss, what activations pass back, the steps of the optimizers. */
import type { FusedActivation } from "@dlcc/tensor";
import { divide, exponential, index, type KernelSource, kernel, logarithm, mapNames } from "./source.ts";

/** Statements that set `largest` and `total = Σ exp(zⱼ − largest)` for a row of logits. */
const softmaxOfRow = `
  let largest = logits[row * this.constants.classes];
  for (let j = 0; j < this.constants.classes; j++) {
    const w = logits[row * this.constants.classes + j];
    if (w > largest) { largest = w; }
  }
  let total = 0 * largest;
  for (let k = 0; k < this.constants.classes; k++) {
    const u = logits[row * this.constants.classes + k] - largest;
    let power = u;
    ${exponential("u", "power")}
    total = total + power;
  }`;

/** `log Σ exp zⱼ − z_label`, for each row. A label outside the classes gives NaN. */
export const softmaxCrossEntropy: KernelSource = kernel(
  "softmaxCrossEntropy",
  "logits, labels, start, step, nan, infinity",
  `const row = Math.floor(this.thread.x + 0.25); ${softmaxOfRow}
   let normalizer = nan; ${logarithm("total", "normalizer")}
   const label = labels[start + row * step];
   let r = nan;
   if (label >= 0 && label < this.constants.classes) {
     r = normalizer - (logits[row * this.constants.classes + label] - largest);
   }
   return r;`,
);

/** For all rows the largest logit, then for all rows the sum of `exp(z − largest)`: [2, n]. */
export const softmaxRows: KernelSource = kernel(
  "softmaxCrossEntropyGradient",
  "logits, n",
  `${index} ${divide("second", "row", "i", "n")} ${softmaxOfRow}
   let r = largest; if (second > 0) { r = total; } return r;`,
  "rows",
);

/** `(softmax(z) − e_label) · gradient`, by what `softmaxRows` gave. */
export const softmaxCrossEntropyGradient: KernelSource = kernel(
  "softmaxCrossEntropyGradient",
  "logits, rows, labels, gradients, n, classes, start, step, gradientStart, gradientStep, nan",
  `${index} ${divide("row", "j", "i", "classes")}
   const u = logits[this.thread.x] - rows[row];
   let power = u;
   ${exponential("u", "power")}
   const label = labels[start + row * step];
   let chosen = nan;
   if (label >= 0 && label < classes) { chosen = 0; if (label === j) { chosen = 1; } }
   return (power / rows[n + row] - chosen) * gradients[gradientStart + row * gradientStep];`,
);

const slopes: { readonly [A in FusedActivation]: string } = {
  relu: "let r = 0 * nan; r = g; if (y <= 0) { r = 0; } return r;",
  sigmoid: "return g * y * (1 - y);",
  tanh: "return g * (1 - y * y);",
};

/** `f′(x) · gradient`, by the output y = f(x). */
export const activationGradient: { readonly [A in FusedActivation]: KernelSource } = mapNames(slopes, (name, slope) =>
  kernel(
    "activationGradient",
    "gradient, output, gStart, gStep, yStart, yStep, nan",
    `const g = gradient[gStart + this.thread.x * gStep]; const y = output[yStart + this.thread.x * yStep];
     ${slope}`,
    name,
  ),
);

/** Sets `slope` to the gradient with that of `½ λ p²`; without decay the parameter is ignored, even where it is infinite. */
const slope =
  "const w = p[this.thread.x]; let slope = g[this.thread.x]; if (decay > 0 || decay < 0) { slope = slope + decay * w; }";

/** `p − η · slope` */
export const sgdStep: KernelSource = kernel("sgdStep", "p, g, lr, decay", `${slope} return w - lr * slope;`);

/** `μ v + slope` */
export const velocity: KernelSource = kernel(
  "momentumStep",
  "p, v, g, decay, momentum",
  `${slope} return momentum * v[this.thread.x] + slope;`,
  "velocity",
);

/** `p − η v`, or with Nesterov's look ahead `p − η (slope + μ v)`; v is the new velocity. */
export const momentumStep: KernelSource = kernel(
  "momentumStep",
  "p, v, g, lr, decay, momentum, nesterov",
  `${slope}
   let direction = v[this.thread.x];
   if (nesterov > 0) { direction = slope + momentum * direction; }
   return w - lr * direction;`,
);

/** `β₁ m + (1 − β₁) slope` */
export const firstMoment: KernelSource = kernel(
  "adamStep",
  "p, m, g, decay, beta, rest",
  `${slope} return beta * m[this.thread.x] + rest * slope;`,
  "first moment",
);

/** `β₂ v + (1 − β₂) slope²` */
export const secondMoment: KernelSource = kernel(
  "adamStep",
  "p, v, g, decay, beta, rest",
  `${slope} return beta * v[this.thread.x] + rest * slope * slope;`,
  "second moment",
);

/** `shrink · p − rate · m / (√v · scale + ε)`; m and v are the new moments. */
export const adamStep: KernelSource = kernel(
  "adamStep",
  "p, m, v, shrink, rate, scale, epsilon",
  "return shrink * p[this.thread.x] - rate * m[this.thread.x] / (Math.sqrt(v[this.thread.x]) * scale + epsilon);",
);
