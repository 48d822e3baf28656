/** An optimizer whose steps all ranks take together. */
import {
  ArgumentError,
  BackendError,
  concat,
  type DType,
  type Parameter,
  ShapeError,
  sameShape,
  sizeOf,
  slice,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "@dlcc/tensor";
import { assertSameModel, broadcastValues } from "./agree.ts";
import { MpiError } from "./error.ts";
import { type Figures, type Measured, type Notes, readNotes, writeNotes } from "./notes.ts";
import { byLibrary, byRanks, type Summation, type SummationOrder, send } from "./reduce.ts";
import type { World } from "./world.ts";

/** The gradients of some parameters, as `valueAndGrad` gives them. */
export type Gradients = ReadonlyMap<Parameter, Tensor>;

/** An optimizer: those of `@dlcc/optim` are some. */
export interface Steps {
  /** Such as `sgd`. */
  readonly name: string;
  /** How many steps it has taken, if it counts. */
  readonly steps?: number;
  /** All that it trains. */
  parameters(): Iterable<Parameter>;
  /** Moves each parameter against its gradient. */
  step(gradients: Gradients): void;
  /** Its state, to be saved. */
  stateDict(): Record<string, Tensor>;
  /** Goes on from a state. */
  loadStateDict(state: Readonly<Record<string, Tensor>>): Promise<void> | void;
}

/** How the ranks work together. */
export interface DistributedOptions {
  /**
   * In which order the gradients are added: the `library`'s, which is the fastest; or by `ranks`, from the first to the last, in
   * double precision: then the same number of ranks gives the same bits with any library. Default: `library`.
   */
  readonly order?: SummationOrder;
  /** What happens to the mean gradients before the step, such as clipping. */
  readonly transform?: (gradients: Gradients) => Gradients;
  /** A wish to stop, such as after Ctrl-C. With the next step all ranks know of it: see `signal` of the optimizer. */
  readonly signal?: AbortSignal;
}

/** An optimizer whose gradients are means over all ranks. */
export interface DistributedOptimizer extends Steps {
  /**
   * Averages the gradients over the ranks, and takes the step: the same on all of them.
   *
   * @param gradients Of this rank's part. They are taken over.
   * @param measured What was measured with them: gradients are weighted by the number of examples. Default: all ranks count the
   * same.
   * @returns The figures over all ranks, if something was measured.
   */
  step(gradients: Gradients, measured?: Measured): Figures | undefined;
  /** Aborts on all ranks after the same step, when one of them wishes to stop. */
  readonly signal: AbortSignal;
  /** Throws an {@link ArgumentError}: a `transform` of `fit` would see the gradients of a part. */
  refuseTransform(): never;
  /** How long the steps have waited for gradients of others so far, in milliseconds. */
  readonly waited: number;
}

/** Tensors with fewer elements share a message: below 16 KB, it takes as long for one number as for all. */
const leastAlone = 4096;

/**
 * Makes an optimizer take its steps together with the other ranks: each computes the gradients of its part of a minibatch, and
 * `step` moves the parameters against their mean over all examples,
 *
 *     ∇C = Σ_r (n_r / n) ∇C_r
 *
 * so that R ranks train as one process does with the whole minibatch. When it is made, all ranks get the parameters of rank 0;
 * from then on they stay the same to the last bit. Gradients travel straight from the backend's memory: one message for each
 * large tensor, all under way at once, and one for the small ones together.
 *
 * Buffers, such as the running statistics of batch normalization, are each rank's own: save those of one rank, as PyTorch does
 * without `SyncBatchNorm`.
 *
 * @param optimizer Made with `model.parameters()` on each rank. It is used up: call the new one's `step`.
 * @param world Of `createWorld`.
 * @throws {MpiError} if a rank trains another model, or with another optimizer; the message names it and the difference.
 * @throws {BackendError} if the model is on a backend that can't be read at once, such as a GPU.
 * @example
 * ```ts
 * import { valueAndGrad } from "@dlcc/autograd";
 * import { minibatches } from "@dlcc/data";
 * import { Linear } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { createWorld, distributed, shard } from "@dlcc/mpi";
 * import { sgd } from "@dlcc/optim";
 * import { randn } from "@dlcc/tensor";
 *
 * const world = await createWorld();
 * const [inputs, targets] = [randn([100, 3], { seed: 1 }), randn([100, 1], { seed: 2 })];
 * const model = new Linear(3, 1, { seed: 3 });
 * const optimizer = distributed(sgd(model.parameters(), { lr: 0.1 }), world);
 * for (const { x, y, examples, total } of shard(minibatches(inputs, targets, { size: 10, seed: 4 }), world)) {
 *   const { value, gradients } = valueAndGrad(() => mse(model.forward(x), y), model.parameters());
 *   optimizer.step(gradients, { examples, total, loss: value });
 * }
 * console.log(optimizer.steps); // → 10
 * await world.close();
 * ```
 */
export function distributed(optimizer: Steps, world: World, options: DistributedOptions = {}): DistributedOptimizer {
  const { order = "library", signal, transform = (gradients) => gradients } = options;
  if (order !== "library" && order !== "ranks") {
    throw new ArgumentError(`distributed: order must be "library" or "ranks", got ${JSON.stringify(order)}`);
  }
  if (typeof (optimizer as Partial<Steps> | undefined)?.parameters !== "function") {
    throw new ArgumentError(
      `distributed: optimizer must be one of @dlcc/optim, or have its methods, got ${(optimizer as object | undefined)?.constructor?.name ?? String(optimizer)}`,
    );
  }
  const parameters = [...optimizer.parameters()];
  const stop = new AbortController();
  let waited = 0;
  if (world.size > 1) {
    assertReadable(parameters);
    assertSameModel(world, optimizer.name, optimizer.steps, parameters);
    broadcastValues(world, parameters);
  }
  const add = (order === "library" ? byLibrary : byRanks)(world);

  return {
    name: optimizer.name,
    refuseTransform() {
      throw new ArgumentError(
        "fit: transform must be an option of distributed(…), where it sees the mean over all processes, got one that sees a part of it",
      );
    },
    get steps() {
      return optimizer.steps ?? 0;
    },
    parameters: () => parameters,
    stateDict: () => optimizer.stateDict(),
    loadStateDict: (state) => optimizer.loadStateDict(state),
    signal: world.size > 1 ? stop.signal : (signal ?? stop.signal),
    get waited() {
      return waited;
    },
    step(gradients, measured) {
      if (world.size === 1) {
        optimizer.step(transform(gradients));
        return undefined;
      }
      const { means, notes, time } = average(world, add, parameters, gradients, measured, signal?.aborted === true);
      waited += time;
      optimizer.step(transform(means));
      for (const gradient of gradients.values()) gradient.dispose();
      if (notes.stop > 0) stop.abort();
      return notes.figures;
    },
  };
}

function assertReadable(parameters: readonly Parameter[]): void {
  const away = parameters.find((parameter) => !parameter.peek().backend.readSync);
  if (!away) return;
  throw new BackendError(
    `distributed: the model must be on a backend that can be read at once, such as cpu, wasm or blas, got ${away.peek().backend.name}`,
  );
}

/** The means of all ranks' gradients, and of what was measured. */
function average(
  world: World,
  add: Summation,
  parameters: readonly Parameter[],
  gradients: Gradients,
  measured: Measured | undefined,
  stop: boolean,
): { readonly means: Gradients; readonly notes: Notes; readonly time: number } {
  const trained = parameters.filter(({ frozen }) => !frozen);
  const weight = measured?.total === undefined ? 1 / world.size : measured.examples / measured.total;
  const [first] = trained;
  if (!first) throw new ArgumentError("distributed: at least one parameter must train, got none: all are frozen");
  let notes: Notes | undefined;
  let time = 0;
  const means = tidy(() => {
    // All that is allocated comes first: memory that grows may move.
    const scaled = trained.map((parameter) => scale(parameter, gradients.get(parameter), weight));
    const large = scaled.flatMap((t, i) => (t.size >= leastAlone ? [i] : []));
    const dtypes = [...new Set([first.peek().dtype, ...scaled.map(({ dtype }) => dtype)])];
    const buckets = dtypes.map((dtype, i) => {
      const members = scaled.flatMap((t, j) => (t.size < leastAlone && t.dtype === dtype ? [j] : []));
      const written =
        i === 0
          ? writeNotes(
              measured,
              weight,
              stop,
              trained.map((p) => gradients.has(p)),
            )
          : [];
      const flat = members.map((j) => (scaled[j] as Tensor).reshape([-1]));
      const note = tensor(written, { dtype, backend: first.peek().backend });
      return { members, sum: concat([...flat, note], 0), written: written.length };
    });
    const started = performance.now();
    const small = buckets.map(({ sum }) => send(sum, add));
    const alone = large.map((i) => send(scaled[i] as Tensor, add));
    const arrived = { small: small.map((t) => t.arrive()), large: alone.map((t) => t.arrive().sum) };
    time = performance.now() - started;

    const sums: Tensor[] = [...scaled];
    large.forEach((i, k) => {
      sums[i] = arrived.large[k] as Tensor;
    });
    buckets.forEach(({ members, written }, k) => {
      const { sum, numbers } = arrived.small[k] as (typeof arrived.small)[number];
      if (written > 0) notes = readNotes(numbers.slice(-written), measured);
      let at = 0;
      for (const i of members) {
        const { size, shape } = scaled[i] as Tensor;
        sums[i] = slice(sum, [at, at + size]).reshape(shape);
        at += size;
      }
    });
    const present = notes?.present ?? [];
    return new Map(
      trained.flatMap((p, i) => ((present[i] ?? 0) > 0 ? [[p, sums[i] as Tensor]] : [])) as [Parameter, Tensor][],
    );
  });
  if (!notes) throw new MpiError("distributed: there must be notes beside the gradients, got none");
  return { means, notes, time };
}

/** A gradient with its weight, in a tensor of its own. Other ranks may have one where this one has none: that counts as 0. */
function scale(parameter: Parameter, gradient: Tensor | undefined, weight: number): Tensor {
  const { shape, dtype, backend } = parameter.peek();
  if (!gradient) return zeros(shape, { dtype, backend });
  if (!sameShape(gradient.shape, shape) || gradient.dtype !== dtype || gradient.backend !== backend) {
    const name = (d: DType, s: readonly number[], b: string): string => `${d} [${s}] on ${b}`;
    throw new ShapeError(
      `distributed: the gradient of ${parameter.name} must be ${name(dtype, shape, backend.name)}, as it is, got ${name(gradient.dtype, gradient.shape, gradient.backend.name)}`,
    );
  }
  return sizeOf(shape) === 0 ? zeros(shape, { dtype, backend }) : gradient.mul(weight);
}
