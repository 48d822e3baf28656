import { type Backend, BackendError, type Operand, type Storage, type TypedArray, type View } from "@dlcc/tensor";
import { wrap } from "./wrap.ts";

/** A placeholder for a storage until the job that makes it has run. */
interface Pending {
  storage?: Storage;
  /** Why there will be none: the error of the job, or of one that it depends on. */
  failure?: unknown;
}

/** A view as it was when a job was asked for: the tensor may be gone when the job runs. */
const snapshot = ({ storage, dtype, shape, strides, offset }: View): View => ({
  storage,
  dtype,
  shape,
  strides,
  offset,
});

/**
 * A backend that answers at once and computes later, as a GPU does. It keeps one queue, first in first out; `free` is a
 * job in it; a job that fails poisons what depends on it, and the next read of that rejects with the op's name. It
 * can't be read synchronously, and a loop that never yields makes no progress.
 *
 * @param backend Where jobs run in the end; a synchronous one.
 * @example
 * ```ts
 * import { cpu, tensor } from "@dlcc/tensor";
 * import { deferred } from "@dlcc/testing";
 *
 * const x = tensor([1, 2], { backend: deferred(cpu) }).mul(2); // nothing has been computed yet
 * console.log(await x.array()); // → [ 2, 4 ]
 * ```
 */
export function deferred(backend: Backend): Backend {
  let queue: Promise<unknown> = Promise.resolve();
  /** Puts a job at the end of the queue. The queue goes on when a job fails. */
  const enqueue = <T>(job: () => T | Promise<T>): Promise<T> => {
    const result = queue.then(job);
    queue = result.catch(() => {});
    return result;
  };

  /** The same view of the storage that has been made by now. */
  const resolve = (view: View): View => {
    const { storage, failure } = view.storage as Pending;
    if (failure) throw failure;
    if (!storage) throw new BackendError("the storage was freed");
    return { ...view, storage };
  };

  /** Promises storages, and makes them when the job's turn has come. */
  const promise = (
    op: string,
    count: number,
    inputs: readonly Operand[],
    run: (inputs: readonly Operand[]) => readonly Storage[],
  ): readonly Pending[] => {
    const operands = inputs.map((input) => (typeof input === "number" ? input : snapshot(input)));
    const pending = Array.from({ length: count }, (): Pending => ({}));
    void enqueue(() => {
      try {
        const storages = run(operands.map((operand) => (typeof operand === "number" ? operand : resolve(operand)))); // Throws the failure of a job that it depends on.
        pending.forEach((entry, i) => {
          const storage = storages[i];
          if (storage) entry.storage = storage;
        });
      } catch (error) {
        const failure = error instanceof JobError ? error : new JobError(op, backend, error);
        for (const entry of pending) entry.failure = failure;
      }
    });
    return pending;
  };

  const { readSync: _, ...wrapped } = wrap(backend, ({ op, inputs, results }, run) =>
    promise(op, results, inputs, run),
  );
  return {
    ...wrapped,
    // A step that reused an input's storage would need to know so now; nobody has to reuse.
    kernel(op) {
      const kernel = wrapped.kernel(op);
      return kernel && ((attributes, inputs) => kernel(attributes, inputs, []));
    },
    name: `deferred ${backend.name}`,
    upload(data, dtype) {
      const copy = data.slice(); // The caller may change the array before the job's turn.
      const [storage] = promise("upload", 1, [], () => [backend.upload(copy, dtype)]);
      return storage as Pending;
    },
    async read(view): Promise<TypedArray> {
      const copy = snapshot(view);
      return enqueue(() => backend.read(resolve(copy)));
    },
    free(storage) {
      void enqueue(() => {
        const pending = storage as Pending;
        if (pending.storage) backend.free(pending.storage);
        delete pending.storage;
      });
    },
    flush: () => enqueue(() => backend.flush()),
  };
}

/** What a job that failed leaves behind. */
class JobError extends BackendError {
  constructor(op: string, backend: Backend, cause: unknown) {
    super(`${op}: failed on deferred ${backend.name}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
