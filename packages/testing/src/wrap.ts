import { type Backend, type Operand, type Storage, stepOps } from "@dlcc/tensor";

/** An op that a backend is asked for. */
export interface Call {
  /** The op's name: `exp`, `matmul`, `linear`. */
  readonly op: string;
  /** What it takes besides tensors. */
  readonly attributes: object;
  /** The tensors that it takes, and the numbers in the place of tensors. */
  readonly inputs: readonly Operand[];
  /** How many storages it returns. */
  readonly results: number;
}

/** Does what it likes before, after or instead of `run`, which asks the wrapped backend, for other views if need be. */
export type Compute = (call: Call, run: (inputs: readonly Operand[]) => readonly Storage[]) => readonly Storage[];

/** The names of the ops that give a storage for each input but the last. All others give one. */
const steps: ReadonlySet<string> = new Set(stepOps);

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
  return {
    name: `wrapped ${backend.name}`,
    dtypes: backend.dtypes,

    upload: (data, dtype) => backend.upload(data, dtype),
    ...(backend.assertRoom && { assertRoom: backend.assertRoom.bind(backend) }),
    read: (view) => backend.read(view),
    ...(backend.finalizer && { finalizer: backend.finalizer }),
    ...(backend.composites && { composites: backend.composites }),
    ...(backend.readSync && { readSync: backend.readSync.bind(backend) }),
    ...(backend.borrow && { borrow: backend.borrow.bind(backend) }),
    free: (storage) => backend.free(storage),
    flush: () => backend.flush(),

    kernel(op) {
      const kernel = backend.kernel(op);
      if (!kernel) return undefined;
      return (attributes, inputs, reuse) => {
        const call: Call = {
          op: op.name,
          attributes: attributes as object,
          inputs: inputs as readonly Operand[],
          results: steps.has(op.name) ? inputs.length - 1 : 1,
        };
        const storages = compute(call, (views) => kernel(attributes, views as unknown as typeof inputs, reuse));
        if (storages.length === 0) throw new TypeError(`wrap: ${op.name} gave no result`);
        return storages;
      };
    },
  };
}
