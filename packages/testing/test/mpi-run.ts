/** The runs that one process and several ranks do alike. */
import { type Minibatches, minibatches } from "@dlcc/data";
import { BatchNorm1d, Linear, Sequential, tanh } from "@dlcc/layers";
import { crossEntropy } from "@dlcc/losses";
import { adam, clipByGlobalNorm, type Optimizer } from "@dlcc/optim";
import { type Backend, type DType, type Parameter, randn, type Tensor, tensor } from "@dlcc/tensor";

/** A run. */
export interface Case {
  readonly name: string;
  readonly backend: "cpu" | "wasm";
  readonly dtype: "float32" | "float64";
  readonly order: "library" | "ranks";
  readonly examples: number;
  readonly size: number;
  readonly hidden: number;
  readonly epochs: number;
  /** The norm to which gradients are clipped. */
  readonly clip?: number;
}

const usual = {
  dtype: "float64",
  backend: "cpu",
  order: "library",
  examples: 42,
  size: 8,
  hidden: 5,
  epochs: 3,
} as const;

/** The last minibatch of 42 in eights has 2 examples: with 3 or 4 ranks, some have none. 200 hidden units travel alone. */
export const cases: readonly Case[] = [
  { name: "float64", ...usual },
  { name: "float64 in the order of ranks", ...usual, order: "ranks" },
  { name: "float32 on wasm", ...usual, dtype: "float32", backend: "wasm", hidden: 200 },
  {
    name: "float32 on wasm in the order of ranks",
    ...usual,
    dtype: "float32",
    backend: "wasm",
    hidden: 200,
    order: "ranks",
  },
  { name: "one example at a time", ...usual, examples: 5, size: 1 },
  // Less than the norm of any of them: each step is clipped.
  { name: "clipped", ...usual, clip: 0.01 },
];

/** Everything that a run has. */
export interface Run {
  readonly model: Sequential;
  readonly optimizer: Optimizer;
  readonly loss: (outputs: Tensor, targets: Tensor) => Tensor;
  /** What happens to the gradients of a whole minibatch. */
  readonly transform: (gradients: ReadonlyMap<Parameter, Tensor>) => ReadonlyMap<Parameter, Tensor>;
  readonly x: Tensor;
  readonly y: Tensor;
}

const [inputs, classes] = [30, 4];

export async function makeRun({ dtype, examples, hidden, clip }: Case, backend: Backend): Promise<Run> {
  const model = new Sequential([
    new Linear(inputs, hidden, { seed: 1, dtype }),
    tanh,
    new Linear(hidden, classes, { seed: 2, dtype }),
  ]);
  await model.to(backend);
  const x = randn([examples, inputs], { seed: 3, dtype: dtype as DType, backend });
  const y = tensor(
    Array.from({ length: examples }, (_, i) => (i * i) % classes),
    { dtype: "int32", backend },
  );
  return {
    ...{ model, x, y, loss: crossEntropy, optimizer: adam(model.parameters(), { lr: 0.02 }) },
    transform: (gradients) => (clip === undefined ? gradients : clipByGlobalNorm(gradients, clip).gradients),
  };
}

export const batchesFor = ({ size }: Case, { x, y }: Run, epoch: number): Minibatches =>
  minibatches(x, y, { size, seed: 5, epoch });

/** A layer whose statistics are moved by what it sees, and its inputs: a row for each example. */
export function normalizing(): { readonly layer: BatchNorm1d; readonly x: Tensor } {
  return { layer: new BatchNorm1d(3, { dtype: "float64" }), x: randn([10, 3], { seed: 6, dtype: "float64" }) };
}
