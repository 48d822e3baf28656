/** Parity with PyTorch of what networks for images are made of: the figures are what fixtures/pytorch-images.py wrote. It runs in Chromium, too. */
import { valueAndGrad } from "@dlcc/autograd";
import {
  AvgPool2d,
  type BatchNorm,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  Flatten,
  Linear,
  MaxPool2d,
  relu,
  Sequential,
  tanh,
} from "@dlcc/layers";
import { type CrossEntropyOptions, crossEntropy, nll, type Reduction, weightedCrossEntropy } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import {
  type AvgPoolOptions,
  adaptiveAvgPool2d,
  avgPool2d,
  type Backend,
  batchNorm,
  cpu,
  type DType,
  elu,
  gelu,
  groupNorm,
  hardSwish,
  layerNorm,
  leakyRelu,
  type MaxPoolOptions,
  maxPool2d,
  type NormOptions,
  type Parameter,
  prelu,
  silu,
  slice,
  softplus,
  type Tensor,
  tensor,
  type UpsampleOptions,
  upsample,
} from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { withoutFused } from "../src/index.ts";
import fixture from "./fixtures/pytorch-images.json" with { type: "json" };

interface NdArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

interface Case {
  readonly op: string;
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: Readonly<Record<string, NdArray>>;
  readonly value: NdArray;
  readonly cotangents: NdArray;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
}

/** What a layer gave for each batch, kept, and gave for the first batch in evaluation. */
interface Running {
  readonly batches: readonly NdArray[];
  readonly outputs: readonly NdArray[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly evaluated: NdArray;
}

/** A loss of classes: its outputs, labels or probabilities, and what each reduction gives. */
interface LossCase {
  readonly op: "crossEntropy" | "nll";
  readonly name: string;
  readonly options: CrossEntropyOptions;
  readonly logits: NdArray;
  readonly targets: NdArray;
  readonly labels: boolean;
  readonly weight?: NdArray;
  readonly reductions: Readonly<
    Record<
      Reduction,
      { readonly value: readonly number[]; readonly cotangents: NdArray; readonly gradient: readonly number[] }
    >
  >;
}

interface Training {
  readonly x: NdArray;
  readonly labels: readonly number[];
  readonly initial: Readonly<Record<string, NdArray>>;
  readonly losses: readonly number[];
  readonly state: Readonly<Record<string, readonly number[]>>;
  readonly evaluated: NdArray;
}

const { cases, layers, losses, training } = fixture as unknown as {
  readonly cases: readonly Case[];
  readonly layers: Readonly<Record<string, Running>>;
  readonly losses: readonly LossCase[];
  readonly training: Training;
};

type Inputs = NormOptions & { readonly x: Tensor };
type Pair = number | readonly [number, number];
type Op = (inputs: Inputs, options: Case["options"]) => Tensor;

/** The ops as the cases call them: tensors by name, and options in dlcc's spelling. */
const ops: Readonly<Record<string, Op>> = {
  maxPool2d: ({ x }, { kernel, ...rest }) => maxPool2d(x, kernel as Pair, rest as MaxPoolOptions),
  avgPool2d: ({ x }, { kernel, ...rest }) => avgPool2d(x, kernel as Pair, rest as AvgPoolOptions),
  adaptiveAvgPool2d: ({ x }, { size }) => adaptiveAvgPool2d(x, size as Pair),
  batchNorm: ({ x, ...affine }, rest) => batchNorm(x, { ...affine, ...rest }),
  layerNorm: ({ x, ...affine }, { shape }) => layerNorm(x, shape as readonly number[], affine),
  groupNorm: ({ x, ...affine }, { groups }) => groupNorm(x, groups as number, affine),
  upsample: ({ x }, options) => upsample(x, options as UpsampleOptions),
  gelu: ({ x }) => gelu(x),
  "gelu, tanh": ({ x }) => gelu(x, "tanh"),
  silu: ({ x }) => silu(x),
  leakyRelu: ({ x }) => leakyRelu(x),
  elu: ({ x }) => elu(x),
  softplus: ({ x }) => softplus(x),
  hardSwish: ({ x }) => hardSwish(x),
  prelu: ({ x, weight }) => prelu(x, weight as Tensor),
};

/** The largest distance, relative to numbers above 1; infinite if one list is longer, and NaN if anything is. */
function distance(ours: ArrayLike<number>, theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return Number.POSITIVE_INFINITY;
  const distances = theirs.map((value, i) => Math.abs((ours[i] as number) - value) / Math.max(1, Math.abs(value)));
  return Math.max(0, ...distances);
}

const place = ({ shape, data }: NdArray, dtype: DType, backend: Backend): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype, backend });

const [wasm, wasm2] = await Promise.all([createWasm({ threads: 1 }), createWasm({ threads: 2 })]);
afterAll(() => {
  for (const backend of [wasm, wasm2]) backend.dispose();
});

test("the ops here are the ops there", () => {
  expect(Object.keys(ops).sort()).toEqual([...new Set(cases.map(({ op }) => op))].sort());
});

describe.each([
  ["cpu", "float64", 1e-9, cpu],
  ["cpu", "float32", 1e-5, cpu],
  ["primitives of cpu", "float64", 1e-9, withoutFused(cpu)],
  ["wasm", "float32", 1e-5, wasm],
  ["wasm with two threads", "float32", 1e-5, wasm2],
] as const)("on %s in %s", (_, dtype, tolerance, backend) => {
  test.each(cases.map((one) => [one.op, one.name, one] as const))("%s: %s", async (op, _name, one) => {
    const inputs = Object.fromEntries(
      Object.entries(one.inputs).map(([name, array]) => [name, place(array, dtype, backend)]),
    );
    const { aux, gradients } = valueAndGrad(() => {
      const y = (ops[op] as Op)(inputs as unknown as Inputs, one.options);
      return { value: y.mul(place(one.cotangents, dtype, backend)).sum(), aux: y };
    }, Object.values(inputs));
    expect(aux.shape).toEqual(one.value.shape);
    expect(distance(await aux.data(), one.value.data)).toBeLessThan(tolerance);
    for (const [name, theirs] of Object.entries(one.gradients)) {
      const ours = (await gradients.get(inputs[name] as Tensor)?.data()) ?? [];
      expect(distance(ours, theirs), `the gradient of ${name}`).toBeLessThan(tolerance);
    }
  });
});

describe.each([
  ["cpu", "float64", 1e-9, cpu],
  ["cpu", "float32", 1e-5, cpu],
  ["primitives of cpu", "float64", 1e-9, withoutFused(cpu)],
  ["wasm", "float32", 1e-5, wasm],
] as const)("losses on %s in %s", (_, dtype, tolerance, backend) => {
  test.each(losses.map((one) => [one.op, one.name, one] as const))("%s of %s", async (op, _name, one) => {
    const logits = place(one.logits, dtype, backend);
    const targets = place(one.targets, one.labels ? "int32" : dtype, backend);
    const weight = one.weight && { weight: place(one.weight, dtype, backend) };
    for (const [reduction, theirs] of Object.entries(one.reductions)) {
      const options = { ...one.options, ...weight, reduction: reduction as Reduction };
      const { aux, gradients } = valueAndGrad(() => {
        const y = (op === "nll" ? nll : weightedCrossEntropy)(logits, targets, options);
        return { value: y.mul(place(theirs.cotangents, dtype, backend)).sum(), aux: y };
      }, [logits]);
      expect(aux.shape).toEqual(theirs.cotangents.shape);
      expect(distance(await aux.data(), theirs.value), reduction).toBeLessThan(tolerance);
      const slope = (await gradients.get(logits)?.data()) ?? [];
      expect(distance(slope, theirs.gradient), `the gradient of ${reduction}`).toBeLessThan(tolerance);
    }
  });
});

/** The layers there, and how PyTorch spells what they keep. */
const normLayers: Readonly<Record<string, () => BatchNorm>> = {
  BatchNorm1d: () => new BatchNorm1d(3),
  "BatchNorm1d of sequences": () => new BatchNorm1d(3),
  BatchNorm2d: () => new BatchNorm2d(3),
  "BatchNorm2d, momentum 0.3": () => new BatchNorm2d(3, { momentum: 0.3 }),
  "BatchNorm1d, the mean of all batches": () => new BatchNorm1d(3, { momentum: null }),
};
const theirNames: Readonly<Record<string, string>> = {
  ...{ weight: "weight", bias: "bias", runningMean: "running_mean", runningVariance: "running_var" },
  batchesTracked: "num_batches_tracked",
};

test("the layers here are the layers there", () => {
  expect(Object.keys(normLayers)).toEqual(Object.keys(layers));
});

describe.each(Object.entries(layers))("%s over three batches", (name, { batches, outputs, state, evaluated }) => {
  test("normalizes by the batch, keeps what PyTorch keeps, and evaluates by that", async () => {
    const layer = await (normLayers[name] as () => BatchNorm)().to({ dtype: "float64" });
    for (const key of ["weight", "bias"] as const) {
      (layer[key] as Parameter).value = tensor(Float64Array.from(state[key] ?? []));
    }
    for (const [i, batch] of batches.entries()) {
      const y = layer.forward(place(batch, "float64", cpu));
      expect(distance(await y.data(), outputs[i]?.data ?? [])).toBeLessThan(1e-9);
    }
    const kept = Object.entries(layer.stateDict());
    expect(kept.map(([ours]) => theirNames[ours]).sort()).toEqual(Object.keys(state).sort());
    for (const [ours, value] of kept) {
      expect(distance(await value.data(), state[theirNames[ours] ?? ""] ?? []), ours).toBeLessThan(1e-9);
    }
    const y = layer.eval().forward(place(batches[0] as NdArray, "float64", cpu));
    expect(distance(await y.data(), evaluated.data)).toBeLessThan(1e-9);
  });
});

/** PyTorch's name of a cell: `3.running_mean` of `layers.3.runningMean`. */
const theirName = (path: string): string =>
  path.replace("layers.", "").replace("runningMean", "running_mean").replace("runningVariance", "running_var");

/** The network of the fixture, with its first weights. */
async function network(dtype: DType, backend: Backend): Promise<Sequential> {
  const model = new Sequential([
    ...[new Conv2d(1, 4, 3, { padding: 1 }), new BatchNorm2d(4), relu, new MaxPool2d(2)],
    ...[new Conv2d(4, 6, 3, { bias: false }), new BatchNorm2d(6), tanh, new AvgPool2d(2)],
    ...[new Flatten(), new Linear(6, 3)],
  ]);
  await model.to({ dtype, backend });
  for (const [path, parameter] of model.namedParameters()) {
    parameter.value = place(training.initial[theirName(path)] as NdArray, dtype, backend);
  }
  return model;
}

describe.each([
  ["cpu", "float64", 1e-9, cpu],
  ["primitives of cpu", "float64", 1e-9, withoutFused(cpu)],
  ["wasm", "float32", 1e-3, wasm],
] as const)(
  "100 steps of a convolutional network with batch normalization on %s in %s",
  (_, dtype, tolerance, backend) => {
    test(`follow PyTorch's losses and end at its weights and running statistics, to ${tolerance}`, async () => {
      const model = await network(dtype, backend);
      const x = place(training.x, dtype, backend);
      const labels = tensor(Int32Array.from(training.labels), { backend });
      const optimizer = sgd(model.parameters(), { lr: 0.05, momentum: 0.9 });
      const values: number[] = [];
      for (let t = 0; t < 100; t++) {
        const rows = [(t * 5) % 20, ((t * 5) % 20) + 5] as const;
        const { value, gradients } = valueAndGrad(
          () => crossEntropy(model.forward(slice(x, rows)), slice(labels, rows)),
          model.parameters(),
        );
        optimizer.step(gradients);
        values.push(await value.item());
      }
      expect(training.losses.at(-1)).toBeLessThan((training.losses[0] as number) / 2);
      expect(distance(values, training.losses)).toBeLessThan(tolerance);
      const state = model.stateDict();
      expect(Object.keys(state).map(theirName).sort()).toEqual(Object.keys(training.state).sort());
      for (const [path, value] of Object.entries(state)) {
        expect(distance(await value.data(), training.state[theirName(path)] ?? []), path).toBeLessThan(tolerance);
      }
      const outputs = model.eval().forward(slice(x, [0, 5]));
      expect(distance(await outputs.data(), training.evaluated.data)).toBeLessThan(tolerance);
    });
  },
);
