import type { Backend, FusedMethod, FusedOp, Storage, View } from "@dlcc/tensor";

/** An op that a backend is asked for. */
export interface Call {
  /** The op's name: `exp`, `matmul`, `linear`. */
  readonly op: string;
  /** What it takes besides tensors. */
  readonly attributes: object;
  /** The tensors that it takes. */
  readonly inputs: readonly View[];
  /** How many storages it gives. */
  readonly results: number;
}

/** Does what it likes before, after or instead of `run`, which asks the wrapped backend, for other views if need be. */
export type Compute = (call: Call, run: (inputs: readonly View[]) => readonly Storage[]) => readonly Storage[];

/** How many storages each fused op gives. */
const results: { readonly [O in FusedOp]: number } = {
  linear: 1,
  softmaxCrossEntropy: 1,
  activationGradient: 1,
  softmaxCrossEntropyGradient: 1,
  sgdStep: 1,
  momentumStep: 2,
  adamStep: 3,
};

/**
 * A backend that hands every op to one function, and the rest to the backend that it wraps. To change the rest, too,
 * spread it into an object with methods of your own: `{ ...wrap(backend, compute), free() {} }`.
 *
 * @param backend Where ops run in the end.
 * @param compute What happens around each op.
 * @example
 * ```ts
 * import { cpu, tensor } from "@dlcc/tensor";
 * import { wrap } from "@dlcc/testing";
 *
 * let ops = 0;
 * const backend = wrap(cpu, (call, run) => {
 *   ops++;
 *   return run(call.inputs);
 * });
 * tensor([1, 2], { backend }).exp().neg();
 * console.log(ops); // → 2
 * ```
 */
export function wrap(backend: Backend, compute: Compute): Backend {
  /** Runs an op of one result. */
  function one<const V extends readonly View[]>(
    op: string,
    inputs: V,
    run: (...inputs: V) => Storage,
    attributes: object = {},
  ): Storage {
    const [storage] = compute({ op, attributes, inputs, results: 1 }, (views) => [run(...(views as V))]);
    if (!storage) throw new TypeError(`wrap: ${op} gave no result`);
    return storage;
  }

  const { fused } = backend;
  const wrapped = Object.entries(fused ?? {}).map(([op, method]) => {
    const around: FusedMethod<FusedOp> = (attributes, inputs, reuse) =>
      compute({ op, attributes, inputs, results: results[op as FusedOp] }, (views) =>
        (method as FusedMethod<FusedOp>).call(fused, attributes, views, reuse),
      );
    return [op, around] as const;
  });

  return {
    name: `wrapped ${backend.name}`,
    dtypes: backend.dtypes,
    finalize: backend.finalize ?? false,

    upload: (data, dtype) => backend.upload(data, dtype),
    read: (view) => backend.read(view),
    ...(backend.readSync && { readSync: backend.readSync.bind(backend) }),
    free: (storage) => backend.free(storage),
    flush: () => backend.flush(),

    unary: (op, x) => one(op, [x], (x) => backend.unary(op, x)),
    binary: (op, a, b) => one(op, [a, b], (a, b) => backend.binary(op, a, b)),
    where: (condition, a, b) => one("where", [condition, a, b], (condition, a, b) => backend.where(condition, a, b)),
    cast: (x, dtype) => one("cast", [x], (x) => backend.cast(x, dtype), { dtype }),
    reduce: (op, x, axes) => one(op, [x], (x) => backend.reduce(op, x, axes), { axes }),
    argmax: (x, axis) => one("argmax", [x], (x) => backend.argmax(x, axis), { axis }),
    matmul: (a, b) => one("matmul", [a, b], (a, b) => backend.matmul(a, b)),
    copy: (x) => one("copy", [x], (x) => backend.copy(x)),
    pad: (x, padding, value) => one("pad", [x], (x) => backend.pad(x, padding, value), { padding, value }),
    concat: (inputs, axis) => one("concat", inputs, (...inputs) => backend.concat(inputs, axis), { axis }),
    gather: (x, indices, axis) => one("gather", [x, indices], (x, i) => backend.gather(x, i, axis), { axis }),
    scatterAdd: (x, indices, axis, size) =>
      one("scatterAdd", [x, indices], (x, i) => backend.scatterAdd(x, i, axis, size), { axis, size }),
    unfold: (x, window) => one("unfold", [x], (x) => backend.unfold(x, window), { window }),
    fold: (x, window, size) => one("fold", [x], (x) => backend.fold(x, window, size), { window, size }),

    fused: Object.fromEntries(wrapped) as NonNullable<Backend["fused"]>,
  };
}
