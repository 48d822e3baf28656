/** The fused kernels of training: the loss, what activations pass back, the steps of the optimizers, normalization. */
import type { FusedActivation } from "@dlcc/tensor";
import type { Formula } from "./elementwise.ts";
import { type Kernel, kernel, workgroup } from "./kernel.ts";
import { shared, tree } from "./reduce.ts";

/** So many bindings of one kind. */
const times = (count: number, element: string): string[] => Array.from({ length: count }, () => element);

/** Statements that make `name` what all threads' `r` come to, by `join`. */
const together = (name: string): string => `
  ${tree}
  let ${name} = shares[0];
  workgroupBarrier();`;

/** Both kernels of the loss: a workgroup goes through a row of logits. `x1` are the labels. */
function crossEntropy(name: string, others: readonly string[], walks: string, end: string): Kernel {
  return kernel(name, "", () => ({
    inputs: ["f32", ...others],
    outputs: ["f32"],
    params: ["u32 classes", `i32 ${walks}`],
    together: true,
    declarations: `${shared("f32")}
      var<private> adds: bool;
      fn join(r: f32, v: f32) -> f32 {
        if (adds) { return r + v; }
        return maxOf(r, v);
      }`,
    body: `
      let row = i * p.classes;
      adds = false;
      var r = -p.inf;
      for (var j = t; j < p.classes; j += ${workgroup}) { r = join(r, x0[row + j]); }
      ${together("largest")}
      adds = true;
      r = 0.0;
      for (var j = t; j < p.classes; j += ${workgroup}) { r += expOf(x0[row + j] - largest); }
      ${together("total")}
      let label = x1[u32(p.start + i32(i) * p.step)];
      let isClass = label >= 0 && label < i32(p.classes);
      ${end}`,
  }));
}

/** `log Σ exp zⱼ − z_label`, for each row. A label outside the classes gives NaN. */
export const softmaxCrossEntropy = (): Kernel =>
  crossEntropy(
    "softmaxCrossEntropy",
    ["i32"],
    "start step",
    "if (t == 0u) { y0[i] = select(p.nan, logOf(total) - (x0[row + u32(label)] - largest), isClass); }",
  );

/** `(softmax(z) − e_label) · gradient`, for each row. */
export const softmaxCrossEntropyGradient = (): Kernel =>
  crossEntropy(
    "softmaxCrossEntropyGradient",
    ["i32", "f32"],
    "start step gradient gradientStep",
    `let slope = x2[u32(p.gradient + i32(i) * p.gradientStep)];
    for (var j = t; j < p.classes; j += ${workgroup}) {
      let chosen = select(p.nan, f32(i32(j) == label), isClass);
      y0[row + j] = (expOf(x0[row + j] - largest) / total - chosen) * slope;
    }`,
  );

const slopes: { readonly [A in FusedActivation]: string } = {
  relu: "return select(a, 0.0, b <= 0.0);",
  sigmoid: "return a * b * (1.0 - b);",
  tanh: "return a * (1.0 - b * b);",
};

/** `f′(x) · a`, by the output b = f(x). */
export const activationGradient = (activation: FusedActivation): Formula => ({
  name: "activationGradient",
  variant: activation,
  takes: ["f32", "f32"],
  gives: "f32",
  text: slopes[activation],
});

/** The gradient `g` of `v`, with that of `½ λ v²`; without decay the parameter counts for nothing, even where it is infinite. */
const slope = "var slope = g; if (p.decay != 0.0) { slope += p.decay * v; }";

/** A step: statements from vectors of four of `v`, the states `s0`, `s1`, and the gradient `g`, to `next` and the states. */
function step(name: string, states: number, numbers: string, statements: string): Kernel {
  return kernel(name, "", () => {
    const all = Array.from({ length: states }, (_, i) => i);
    return {
      inputs: times(states + 2, "vec4f"),
      outputs: times(states + 1, "vec4f"),
      params: [`f32 decay ${numbers}`],
      body: `
        let v = x0[i]; let g = x${states + 1}[i]; ${slope}
        ${all.map((s) => `var s${s} = x${s + 1}[i];`).join(" ")}
        ${statements}
        y0[i] = next; ${all.map((s) => `y${s + 1}[i] = s${s};`).join(" ")}`,
    };
  });
}

/** The steps of optimizers. */
export const steps = {
  /** `v − η slope` */
  sgdStep: (): Kernel => step("sgdStep", 0, "lr", "let next = v - p.lr * slope;"),
  /** `s ← μ s + slope`, then `v − η s`, or with Nesterov's look ahead `v − η (slope + μ s)`. */
  momentumStep: (): Kernel =>
    step(
      "momentumStep",
      1,
      "lr momentum nesterov",
      `s0 = p.momentum * s0 + slope;
       let next = v - p.lr * select(s0, slope + p.momentum * s0, p.nesterov > 0.0);`,
    ),
  /** Both moments, then `shrink · v − rate · m / (√s · scale + ε)`. */
  adamStep: (): Kernel =>
    step(
      "adamStep",
      2,
      "beta1 rest1 beta2 rest2 shrink rate scale epsilon",
      `s0 = p.beta1 * s0 + p.rest1 * slope;
       s1 = p.beta2 * s1 + p.rest2 * slope * slope;
       let next = p.shrink * v - p.rate * s0 / (sqrt(s1) * p.scale + p.epsilon);`,
    ),
};

/** Sums over a channel `i` of `[n, channels, length]`, in blocks, so that long ones keep their digits. `at` is an element. */
const channelSum = (name: string, term: string): string => `
  r = 0.0;
  for (var block = 0u; block < p.n * p.length; block += ${16 * workgroup}) {
    var part = 0.0;
    for (var k = block + t; k < min(block + ${16 * workgroup}, p.n * p.length); k += ${workgroup}) {
      let at = ((k / p.length) * p.count + i) * p.length + k % p.length;
      part += ${term};
    }
    r += part;
  }
  ${together(name)}`;

/** Two numbers for each channel `i`, of sums that a workgroup adds up: `[2, channels]`. */
const ofChannel = (name: string, inputs: number, body: string): Kernel =>
  kernel(name, "", () => ({
    inputs: times(inputs, "f32"),
    outputs: ["f32"],
    params: ["u32 n length", "f32 epsilon"],
    together: true,
    declarations: `${shared("f32")} fn join(r: f32, v: f32) -> f32 { return r + v; }`,
    body: `var r = 0.0; ${body}`,
  }));

/** Mean and variance of each channel. */
export const channelMoments = (): Kernel =>
  ofChannel(
    "channelMoments",
    1,
    `let size = f32(p.n * p.length);
     ${channelSum("total", "x0[at]")}
     let mean = select(total / size, p.nan, size == 0.0);
     ${channelSum("squares", "(x0[at] - mean) * (x0[at] - mean)")}
     if (t == 0u) { y0[i] = mean; y0[p.count + i] = select(squares / size, mean, size == 0.0); }`,
  );

/** `Σ gradient` and `Σ gradient · x̂` of each channel; `x0` is the gradient, `x1` the input, `x2` the moments. */
export const channelNormSums = (): Kernel =>
  ofChannel(
    "channelNormSums",
    3,
    `let mean = x2[i];
     ${channelSum("total", "x0[at]")}
     ${channelSum("products", "x0[at] * (x1[at] - mean)")}
     if (t == 0u) { y0[i] = total; y0[p.count + i] = products / sqrt(x2[p.count + i] + p.epsilon); }`,
  );

/** A number for each element, of channel `c`. */
const inChannel = (name: string, isScaled: boolean, inputs: number, body: string): Kernel =>
  kernel(name, `${isScaled}`, () => ({
    inputs: times(inputs, "f32"),
    outputs: ["f32"],
    params: ["u32 channels length", "f32 size epsilon"],
    body: `let c = (i / p.length) % p.channels; ${body}`,
  }));

/** `(x − mean) / √(variance + ε) · weight + bias` */
export const channelNorm = (isScaled: boolean): Kernel =>
  inChannel(
    "channelNorm",
    isScaled,
    isScaled ? 4 : 2,
    `let scale = 1.0 / sqrt(x1[p.channels + c] + p.epsilon)${isScaled ? " * x2[c]" : ""};
     y0[i] = (x0[i] - x1[c]) * scale${isScaled ? " + x3[c]" : ""};`,
  );

/** What `channelNorm` passes back: `x0` the gradient, `x1` the input, `x2` the moments, `x3` the sums, `x4` the weight. */
export const channelNormGradient = (isScaled: boolean): Kernel =>
  inChannel(
    "channelNormGradient",
    isScaled,
    isScaled ? 5 : 4,
    `let inverse = 1.0 / sqrt(x2[p.channels + c] + p.epsilon);
     let shift = x3[c] / p.size; let tilt = x3[p.channels + c] / p.size * inverse;
     y0[i] = (x0[i] - shift - (x1[i] - x2[c]) * tilt) * inverse${isScaled ? " * x4[c]" : ""};`,
  );
