/** Every fused op: its derivative against differences, and against that of its composite of primitives. */
import { grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import {
  type AdamAttributes,
  apply,
  applyStep,
  type Backend,
  channelMoments,
  concat,
  cpu,
  type FusedActivation,
  type FusedOp,
  ops,
  Parameter,
  randn,
  type SgdAttributes,
  type StepOp,
  type Tensor,
  tensor,
  uniform,
  unrecorded,
  type Window,
  withRecorder,
} from "@dlcc/tensor";
import { withoutFused } from "@dlcc/testing";
import { describe, expect, test } from "vitest";

/** A function and a place where it is smooth. */
interface Case {
  readonly f: (...inputs: Tensor[]) => Tensor;
  readonly at: readonly Tensor[];
}
const at = (f: Case["f"], ...inputs: Tensor[]): Case => ({ f, at: inputs });

/** Normal numbers: at least 0.01 from 0 with these seeds, so away from relu's kink. */
const normal = (shape: readonly number[], seed = 1): Tensor => randn(shape, { seed, dtype: "float64" });
const positive = (shape: readonly number[], seed = 1): Tensor =>
  uniform(shape, { low: 0.5, high: 2, seed, dtype: "float64" });

/** The names of the ops that run in `fn`. */
function opsOf(fn: () => unknown): string[] {
  const ops: string[] = [];
  withRecorder({ record: ({ op }) => ops.push(op.name) }, fn);
  return ops;
}

const linear = (activation: FusedActivation | undefined) => (x: Tensor, weight: Tensor, bias?: Tensor) =>
  bias ? apply(ops.linear, { activation }, x, weight, bias) : apply(ops.linear, { activation }, x, weight);
const [x, weight, bias] = [normal([3, 4]), normal([2, 4], 2), normal([2], 3)];
/** The classes of three rows, where the logits are. */
const labels = ({ backend }: Tensor): Tensor => tensor(Int32Array.of(2, 0, 2), { backend });

/** A step of an optimizer as a function from old values and a gradient to all the new values. */
const step =
  (op: StepOp, attributes: SgdAttributes | AdamAttributes) =>
  (...inputs: Tensor[]): Tensor => {
    const cells = inputs.slice(0, -1).map((input, i) => new Parameter(`${i}`, input));
    applyStep(ops[op], attributes as SgdAttributes & AdamAttributes, cells, inputs[inputs.length - 1] as Tensor);
    return concat(cells.map((cell) => cell.value));
  };
const sgd: SgdAttributes = { lr: 0.1, weightDecay: 0.01, momentum: 0, nesterov: false };
const adam: AdamAttributes = {
  lr: 0.1,
  beta1: 0.9,
  beta2: 0.99,
  epsilon: 0.01,
  weightDecay: 0.1,
  decoupled: false,
  step: 3,
};
const [p, g, m, v] = [normal([3]), normal([3], 2), normal([3], 3), positive([3], 4)];

const window: Window = { kernel: [2, 2], stride: [2, 1], padding: [0, 1], dilation: [1, 1] };
const image = normal([1, 2, 4, 3], 6);
/** Pixels of which none equals another, where the gradient is. */
const pixels = ({ backend }: Tensor): Tensor =>
  tensor(
    Float64Array.from({ length: 24 }, (_, i) => (i * 7) % 24),
    { shape: [1, 2, 4, 3], backend },
  );
const pooled = normal([1, 2, 2, 4], 7);
const [channels, cotangent, gamma, beta] = [
  normal([2, 3, 2], 8),
  normal([2, 3, 2], 9),
  normal([3], 10),
  normal([3], 11),
];
/** As a layer computes them: no tape sees it. */
const moments = (x: Tensor): Tensor => unrecorded(() => channelMoments(x));
const epsilon = 0.1;
const sums = (g: Tensor, x: Tensor): Tensor =>
  unrecorded(() => apply(ops.channelNormSums, { epsilon }, g, x, moments(x)));
/** Two groups of two channels each, and all that a window has. */
const convolution = {
  window: { kernel: [2, 3], stride: [2, 1], padding: [1, 2], dilation: [1, 2] },
  groups: 2,
} as const;
const conv2d = (activation: FusedActivation | undefined) => (x: Tensor, weight: Tensor, bias?: Tensor) =>
  bias
    ? apply(ops.conv2d, { ...convolution, activation }, x, weight, bias)
    : apply(ops.conv2d, { ...convolution, activation }, x, weight);
const [images, kernels, outputs] = [normal([2, 4, 4, 3], 6), normal([6, 2, 2, 3], 7), normal([2, 6, 3, 3], 8)];

/** For each fused op, cases by name. The type asks for all ops. */
const fused: { readonly [O in FusedOp]: Readonly<Record<string, Case>> } = {
  linear: {
    "without an activation": at(linear(undefined), x, weight, bias),
    "with relu": at(linear("relu"), x, weight, bias),
    "with sigmoid": at(linear("sigmoid"), x, weight, bias),
    "with tanh": at(linear("tanh"), x, weight, bias),
    "without a bias": at(linear(undefined), x, weight),
    "without a bias, with tanh": at(linear("tanh"), x, weight),
    "of a transposed view": at((x, w) => linear("sigmoid")(x.transpose(), w), normal([4, 3]), weight),
  },
  conv2d: {
    "with a bias": at(conv2d(undefined), images, kernels, normal([6], 9)),
    "with tanh": at(conv2d("tanh"), images, kernels, normal([6], 9)),
    "without a bias": at(conv2d(undefined), images, kernels),
  },
  convTranspose2d: {
    "with a bias": at(
      (x, w, b) => apply(ops.convTranspose2d, { ...convolution, size: [4, 3] }, x, w, b as Tensor),
      outputs,
      kernels,
      normal([4], 9),
    ),
    "without a bias": at(
      (x, w) => apply(ops.convTranspose2d, { ...convolution, size: [5, 3] }, x, w),
      outputs,
      kernels,
    ),
  },
  conv2dWeightGradient: {
    "of two groups": at((x, g) => apply(ops.conv2dWeightGradient, convolution, x, g), images, outputs),
  },
  softmaxCrossEntropy: {
    "of three rows": at((z) => apply(ops.softmaxCrossEntropy, {}, z, labels(z)), normal([3, 4])),
  },
  activationGradient: {
    "of relu": at((x) => apply(ops.activationGradient, { activation: "relu" }, x, x), normal([3], 5)),
    "of sigmoid": at((g, y) => apply(ops.activationGradient, { activation: "sigmoid" }, g, y), g, positive([3], 5)),
    "of tanh": at((g, y) => apply(ops.activationGradient, { activation: "tanh" }, g, y), g, normal([3], 5)),
  },
  softmaxCrossEntropyGradient: {
    "of three rows": at(
      (z, g) => apply(ops.softmaxCrossEntropyGradient, {}, z, labels(z), g),
      normal([3, 4]),
      normal([3], 5),
    ),
  },
  maxPool2d: { "of windows that overlap": at((x) => apply(ops.maxPool2d, { window }, x), image) },
  maxPool2dGradient: {
    "of windows that overlap": at((g) => {
      const x = pixels(g);
      return apply(ops.maxPool2dGradient, { window }, g, x, apply(ops.maxPool2d, { window }, x));
    }, pooled),
  },
  avgPool2d: { "of windows that overlap": at((x) => apply(ops.avgPool2d, { window }, x), image) },
  avgPool2dGradient: {
    "of windows that overlap": at((g) => apply(ops.avgPool2dGradient, { window, size: [4, 3] }, g), pooled),
  },
  channelMoments: { "of two images": at((x) => apply(ops.channelMoments, {}, x), channels) },
  channelNorm: {
    "with weight and bias": at(
      (x, weight, bias) => apply(ops.channelNorm, { epsilon }, x, moments(x), weight, bias),
      channels,
      gamma,
      beta,
    ),
    plain: at((x) => apply(ops.channelNorm, { epsilon }, x, moments(x)), channels),
  },
  channelNormSums: {
    "of two images": at((g, x) => apply(ops.channelNormSums, { epsilon }, g, x, moments(x)), cotangent, channels),
  },
  channelNormGradient: {
    "with a weight": at(
      (g, x, weight) => apply(ops.channelNormGradient, { epsilon }, g, x, moments(x), sums(g, x), weight),
      cotangent,
      channels,
      gamma,
    ),
    plain: at((g, x) => apply(ops.channelNormGradient, { epsilon }, g, x, moments(x), sums(g, x)), cotangent, channels),
  },
  sgdStep: { "with weight decay": at(step("sgdStep", sgd), p, g) },
  momentumStep: {
    "of heavy ball": at(step("momentumStep", { ...sgd, momentum: 0.9 }), p, m, g),
    "of Nesterov": at(step("momentumStep", { ...sgd, momentum: 0.9, nesterov: true }), p, m, g),
  },
  adamStep: {
    "of Adam": at(step("adamStep", adam), p, m, v, g),
    "of AdamW": at(step("adamStep", { ...adam, decoupled: true }), p, m, v, g),
  },
};

const each = Object.entries(fused).flatMap(([op, cases]) =>
  Object.entries(cases).map(([name, { f, at }]) => ({ op, name, f, at })),
);

const plain = withoutFused(cpu);

const summed =
  (f: Case["f"]) =>
  (...inputs: Tensor[]): Tensor => {
    const y = f(...inputs);
    return y.mul(normal(y.shape, 9)).sum();
  };

describe("the derivative of each fused op agrees with differences", () => {
  test.each(each)("$op $name", async ({ op, f, at }) => {
    expect(opsOf(() => f(...at))).toContain(op); // cpu has it fused.
    expect(await gradCheck(f, at)).toBeLessThan(1);
  });
});

describe("so does the second derivative", () => {
  test.each(each)("$op $name", async ({ f, at }) => {
    const slope = grad((x: Tensor, ...rest: Tensor[]) => {
      const y = f(x, ...rest);
      return summed(() => y.mul(y))();
    }) as (...inputs: Tensor[]) => Tensor;
    expect(await gradCheck(slope, at)).toBeLessThan(1);
  });
});

describe("the derivative of each fused op is that of its composite", () => {
  test.each(each)("$op $name", async ({ op, f, at }) => {
    const moved = await Promise.all(at.map((input) => input.to(plain)));
    const ofSum =
      (backend: Backend) =>
      async (inputs: readonly Tensor[]): Promise<number[][]> => {
        const probe = await f(...inputs)
          .mul(0)
          .to(cpu);
        const cotangent = await normal(probe.shape, 9).to(backend);
        const { gradients } = valueAndGrad(
          () =>
            f(...inputs)
              .mul(cotangent)
              .sum(),
          inputs,
        );
        return Promise.all(inputs.map(async (input) => [...((await gradients.get(input)?.data()) ?? [])]));
      };
    expect(opsOf(() => f(...moved))).not.toContain(op);
    const [own, composite] = [await ofSum(cpu)(at), await ofSum(plain)(moved)];
    own.forEach((gradient, i) => {
      expect(gradient.length).toBeGreaterThan(0);
      gradient.forEach((value, j) => {
        expect(value).toBeCloseTo(composite[i]?.[j] ?? Number.NaN, 12);
      });
    });
  });
});

test("cross-entropy's derivative at extreme logits is softmax − e_y", async () => {
  const z = tensor([[1000, 0, -1000]], { dtype: "float64" });
  const slope = grad((z) => apply(ops.softmaxCrossEntropy, {}, z, tensor(Int32Array.of(2))).sum())(z);
  expect(await slope.array()).toEqual([[1, 0, -1]]);
});

test("relu inside linear has derivative 0 at 0", async () => {
  const one = tensor([[1]]);
  const slope = grad((w: Tensor) => apply(ops.linear, { activation: "relu" }, one, w).sum());
  expect(await slope(tensor([[0]])).item()).toBe(0);
});

test("the learning rate of a step can be learned: the derivative of the cost after it by the gradient", async () => {
  // C(v − ηg) with C = ½v²: ∂C/∂g = −η (v − ηg) = −0.1 (2 − 0.1 · 5) = −0.15
  const after = (g: Tensor): Tensor => {
    const v = new Parameter("v", tensor(2, { dtype: "float64" }));
    applyStep(ops.sgdStep, { ...sgd, weightDecay: 0 }, [v], g);
    return v.value.mul(v.value).mul(0.5);
  };
  expect(await grad(after)(tensor(5, { dtype: "float64" })).item()).toBeCloseTo(-0.15, 14);
});
