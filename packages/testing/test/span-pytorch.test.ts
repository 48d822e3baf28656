/** Parity with PyTorch: the figures in fixtures/ are what fixtures/pytorch.py wrote. */
import { readFileSync } from "node:fs";
import { valueAndGrad } from "@dlcc/autograd";
import { type Activation, Linear, relu, Sequential, sigmoid, tanh } from "@dlcc/layers";
import {
  binaryCrossEntropy,
  crossEntropy,
  huber,
  l1,
  l2,
  mae,
  mse,
  nll,
  type Reduction,
  sigmoidCrossEntropy,
  weightedCrossEntropy,
} from "@dlcc/losses";
import {
  adadelta,
  adagrad,
  adam,
  adamW,
  clipByGlobalNorm,
  clipByValue,
  cosine,
  exponentialDecay,
  type Gradients,
  linear,
  type Optimizer,
  rmsProp,
  sgd,
  stepDecay,
  warmUp,
} from "@dlcc/optim";
import { type DType, logSoftmax, type Parameter, slice, softmax, type Tensor, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8"));

interface Training {
  readonly x: readonly number[];
  readonly labels: readonly number[];
  readonly initial: readonly { readonly shape: readonly number[]; readonly data: readonly number[] }[];
  readonly runs: Readonly<Record<string, { readonly losses: readonly number[]; readonly weights: number[][] }>>;
}

interface Figures {
  readonly value: readonly number[];
  readonly gradient: readonly number[];
}

interface Functions {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly probabilities: readonly number[];
  readonly certain: readonly number[];
  readonly classes: readonly number[];
  readonly cotangents: readonly number[];
  readonly losses: Readonly<Record<string, readonly ({ readonly input: number } & Record<Reduction, Figures>)[]>>;
  readonly activations: Readonly<Record<string, readonly ({ readonly input: number } & Figures)[]>>;
}

const training = read("pytorch-training.json") as Training;
const functions = read("pytorch-functions.json") as Functions;

/** The largest distance between two lists; infinite if one is longer, and NaN if anything is. */
function distance(ours: ArrayLike<number>, theirs: readonly number[], relative = false): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const distances = theirs.map(
    (value, i) => Math.abs((ours[i] as number) - value) / (relative ? Math.max(1, Math.abs(value)) : 1),
  );
  return Math.max(0, ...distances);
}

/** What a run is told here; the other side of each stands in pytorch.py. */
interface Run {
  readonly optimizer: (parameters: Parameter[]) => Optimizer;
  readonly clip?: (gradients: Gradients) => Gradients;
  readonly activation?: Activation;
  readonly dtype?: DType;
}

const run = (optimizer: Run["optimizer"], rest: Omit<Run, "optimizer"> = {}): Run => ({ optimizer, ...rest });
const nesterov = { lr: 0.05, momentum: 0.9, nesterov: true };
const options = { beta1: 0.8, beta2: 0.99, epsilon: 1e-6 };

const runs: Readonly<Record<string, Run>> = {
  sgd: run((p) => sgd(p, { lr: 0.1 })),
  "sgd, relu": run((p) => sgd(p, { lr: 0.1 }), { activation: relu }),
  "sgd, sigmoid": run((p) => sgd(p, { lr: 0.5 }), { activation: sigmoid }),
  "sgd, weight decay": run((p) => sgd(p, { lr: 0.1, weightDecay: 0.01 })),
  momentum: run((p) => sgd(p, { lr: 0.05, momentum: 0.9 })),
  "momentum, weight decay": run((p) => sgd(p, { lr: 0.05, momentum: 0.9, weightDecay: 0.01 })),
  nesterov: run((p) => sgd(p, nesterov)),
  "nesterov, weight decay": run((p) => sgd(p, { ...nesterov, weightDecay: 0.01 })),
  adam: run((p) => adam(p, { lr: 0.01 })),
  "adam, all options": run((p) => adam(p, { lr: 0.01, ...options, weightDecay: 0.1 })),
  adamW: run((p) => adamW(p, { lr: 0.01 })),
  "adamW, all options": run((p) => adamW(p, { lr: 0.01, ...options, weightDecay: 0.5 })),
  rmsProp: run((p) => rmsProp(p, { lr: 1e-3 })),
  "rmsProp, momentum": run((p) => rmsProp(p, { lr: 1e-3, momentum: 0.9 })),
  "rmsProp, all options": run((p) =>
    rmsProp(p, { lr: 1e-3, alpha: 0.9, epsilon: 1e-6, momentum: 0.5, weightDecay: 0.1 }),
  ),
  adagrad: run((p) => adagrad(p, { lr: 0.05 })),
  "adagrad, all options": run((p) => adagrad(p, { lr: 0.05, epsilon: 1e-6, weightDecay: 0.1 })),
  adadelta: run((p) => adadelta(p)),
  "adadelta, all options": run((p) => adadelta(p, { lr: 0.5, rho: 0.8, epsilon: 1e-4, weightDecay: 0.1 })),
  groups: run((p) => {
    const [weights, biases] = [0, 1].map((kind) => p.filter((_, i) => i % 2 === kind)) as [Parameter[], Parameter[]];
    return sgd(
      [
        { parameters: weights, weightDecay: 0.1 },
        { parameters: biases, lr: 0.01 },
      ],
      { lr: 0.05, momentum: 0.9 },
    );
  }),
  stepDecay: run((p) => sgd(p, { lr: stepDecay(0.5, { every: 10, factor: 0.7 }) })),
  exponentialDecay: run((p) => sgd(p, { lr: exponentialDecay(0.5, { factor: 0.97 }) })),
  cosine: run((p) => sgd(p, { lr: cosine(0.5, { steps: 100, end: 0.01 }) })),
  linear: run((p) => sgd(p, { lr: linear(0.5, { steps: 50, end: 0.05 }) })),
  warmUp: run((p) => sgd(p, { lr: warmUp(0.5, { steps: 10 }) })),
  "warmUp, cosine": run((p) => sgd(p, { lr: warmUp(cosine(0.5, { steps: 90 }), { steps: 10 }) })),
  "adam, cosine": run((p) => adam(p, { lr: cosine(0.05, { steps: 100 }) })),
  clipByValue: run((p) => sgd(p, { lr: 0.5 }), { clip: (gradients) => clipByValue(gradients, 0.02) }),
  clipByGlobalNorm: run((p) => sgd(p, { lr: 0.5 }), {
    clip: (gradients) => clipByGlobalNorm(gradients, 0.1).gradients,
  }),
  "sgd, float32": run((p) => sgd(p, { lr: 0.1 }), { dtype: "float32" }),
};

/** The loss before each of the 100 steps, and the weights at the end. */
async function train({ optimizer: make, clip, activation = tanh, dtype = "float64" }: Run): Promise<{
  losses: number[];
  weights: ArrayLike<number>[];
}> {
  const model = await new Sequential([new Linear(6, 5), activation, new Linear(5, 3)]).to({ dtype });
  model.parameters().forEach((parameter, i) => {
    const { data, shape } = training.initial[i] as Training["initial"][number];
    parameter.value = tensor(Float64Array.from(data), { shape, dtype });
  });
  const x = tensor(Float64Array.from(training.x), { shape: [20, 6], dtype });
  const labels = tensor(Int32Array.from(training.labels));
  const optimizer = make(model.parameters());
  const losses: number[] = [];
  for (let t = 0; t < 100; t++) {
    const rows = [(t * 5) % 20, ((t * 5) % 20) + 5] as const;
    const { value, gradients } = valueAndGrad(
      () => crossEntropy(model.forward(slice(x, rows)), slice(labels, rows)),
      model.parameters(),
    );
    optimizer.step(clip ? clip(gradients) : gradients);
    losses.push(await value.item());
  }
  return { losses, weights: await Promise.all(model.parameters().map((parameter) => parameter.value.data())) };
}

test("the runs here are the runs there", () => {
  expect(Object.keys(runs)).toEqual(Object.keys(training.runs));
});

describe("100 steps from the same weights follow PyTorch's losses and end at its weights, to 1e-9", () => {
  test.each(Object.entries(runs).filter(([, { dtype }]) => dtype === undefined))("%s", async (name, run) => {
    const theirs = training.runs[name] as Training["runs"][string];
    const { losses, weights } = await train(run);
    expect(theirs.losses).toHaveLength(100);
    expect(distance(losses, theirs.losses)).toBeLessThan(1e-9);
    weights.forEach((weight, i) => {
      expect(distance(weight, theirs.weights[i] as number[])).toBeLessThan(1e-9);
    });
  });
});

test("in float32, the losses of SGD follow to 1e-4", async () => {
  const { losses } = await train(runs["sgd, float32"] as Run);
  expect(distance(losses, (training.runs["sgd, float32"] as Training["runs"][string]).losses)).toBeLessThan(1e-4);
});

test("the loss falls in every run: what is compared is training", () => {
  for (const { losses } of Object.values(training.runs)) {
    expect(losses.at(-1)).toBeLessThan((losses[0] as number) * 0.95);
  }
});

type Loss = (outputs: Tensor, reduction: Reduction) => Tensor;

/** PyTorch's losses in dlcc's words. `like` makes targets in the outputs' dtype. */
function losses(like: (values: readonly number[]) => Tensor): Readonly<Record<string, Loss>> {
  const [targets, probabilities, certain] = [functions.targets, functions.probabilities, functions.certain].map(
    like,
  ) as [Tensor, Tensor, Tensor];
  const labels = tensor(Int32Array.from(functions.classes));
  return {
    mse: (o, reduction) => mse(o, targets, { reduction }),
    mae: (o, reduction) => mae(o, targets, { reduction }),
    huber: (o, reduction) => huber(o, targets, { reduction }),
    "huber, delta 0.5": (o, reduction) => huber(o, targets, { reduction, delta: 0.5 }),
    l2: (o, reduction) => l2(o, targets, { reduction }),
    l1: (o, reduction) => l1(o, targets, { reduction }),
    "crossEntropy, labels": (o, reduction) => crossEntropy(o, labels, { reduction }),
    "crossEntropy, one-hot": (o, reduction) => weightedCrossEntropy(o, certain, { reduction }),
    "crossEntropy, probabilities": (o, reduction) => weightedCrossEntropy(o, probabilities, { reduction }),
    nll: (o, reduction) => nll(logSoftmax(o), labels, { reduction }),
    binaryCrossEntropy: (o, reduction) => binaryCrossEntropy(o, probabilities, { reduction }),
    "binaryCrossEntropy, certain": (o, reduction) => binaryCrossEntropy(o, certain, { reduction }),
    sigmoidCrossEntropy: (o, reduction) => sigmoidCrossEntropy(o, probabilities, { reduction }),
  };
}

const activations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
  relu,
  sigmoid,
  tanh,
  softmax: (x) => softmax(x, 1),
  logSoftmax: (x) => logSoftmax(x, 1),
};

const inputNames = ["usual", "extreme", "at kinks"];

/** A function's values, and the derivative of their sum weighted by the cotangents. */
async function figures(
  f: (x: Tensor) => Tensor,
  input: number,
  dtype: DType,
): Promise<{ [K in keyof Figures]: ArrayLike<number> }> {
  const x = tensor(Float64Array.from(functions.inputs[input] ?? []), { shape: [4, 3], dtype });
  const r = tensor(Float64Array.from(functions.cotangents), { shape: [4, 3], dtype });
  const { aux, gradients } = valueAndGrad(() => {
    const y = f(x);
    const weights = y.rank === 2 ? r : y.rank === 1 ? slice(r, [], 0) : 1;
    return { value: y.mul(weights).sum(), aux: y };
  }, [x]);
  return { value: await aux.data(), gradient: (await gradients.get(x)?.data()) ?? [] };
}

describe.each([
  ["float64", 1e-12],
  ["float32", 1e-5],
] as const)("in %s", (dtype, tolerance) => {
  const ours = losses((values) => tensor(Float64Array.from(values), { shape: [4, 3], dtype }));

  test("the losses here are the losses there", () => {
    expect(Object.keys(ours)).toEqual(Object.keys(functions.losses));
  });

  describe(`losses and their derivatives are PyTorch's, relative to ${tolerance}`, () => {
    for (const [name, cases] of Object.entries(functions.losses)) {
      for (const { input, ...reductions } of cases) {
        // In float32, 1e-9 beside a target is lost: what is at a kink is not there any more.
        if (dtype === "float32" && inputNames[input] === "at kinks") continue;
        test.each(Object.entries(reductions))(
          `${name}, ${inputNames[input]} outputs, %s`,
          async (reduction, theirs) => {
            const { value, gradient } = await figures(
              (o) => (ours[name] as Loss)(o, reduction as Reduction),
              input,
              dtype,
            );
            expect(distance(value, theirs.value, true)).toBeLessThan(tolerance);
            expect(distance(gradient, theirs.gradient, true)).toBeLessThan(tolerance);
          },
        );
      }
    }
  });

  describe(`activations and their derivatives are PyTorch's, relative to ${tolerance}`, () => {
    for (const [name, cases] of Object.entries(functions.activations)) {
      test.each(cases)(`${name} $input`, async ({ input, ...theirs }) => {
        const { value, gradient } = await figures(activations[name] as (x: Tensor) => Tensor, input, dtype);
        expect(distance(value, theirs.value, true)).toBeLessThan(tolerance);
        expect(distance(gradient, theirs.gradient, true)).toBeLessThan(tolerance);
      });
    }
  });
});
