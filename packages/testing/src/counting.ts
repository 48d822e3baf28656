import { type Backend, DlccError, type Storage, type View } from "@dlcc/tensor";
import { wrap } from "./wrap.ts";

/** A backend that knows how many storages are out. */
export interface CountingBackend extends Backend {
  /** How many storages were made and not freed. */
  readonly live: number;
  /** The largest number that `live` has had. */
  readonly peak: number;
}

/** A storage was freed twice, or used after it was freed. */
export class StorageError extends DlccError {
  override readonly name = "StorageError";
}

/**
 * A backend that counts its storages: plus one for each upload and each result, minus one for each `free`. Views share
 * a storage, and a fused step may give back one of its inputs': neither is new. Tests use it to find leaks.
 *
 * @throws {StorageError} when a storage is freed twice, or used after it was freed.
 * @example
 * ```ts
 * import { sqrt, cpu, square, tensor, tidy } from "@dlcc/tensor";
 * import { counting } from "@dlcc/testing";
 *
 * const backend = counting(cpu);
 * const norm = tidy(() => sqrt(square(tensor([3, 4], { backend })).sum()));
 * console.log(backend.live, backend.peak); // → 1 4
 * norm.dispose();
 * console.log(backend.live); // → 0
 * ```
 */
export function counting(backend: Backend): CountingBackend {
  const storages = new Set<Storage>();
  let peak = 0;
  const add = <S extends Storage>(storage: S): S => {
    storages.add(storage);
    peak = Math.max(peak, storages.size);
    return storage;
  };
  const check = (op: string, { storage, dtype, shape }: View): void => {
    if (storages.has(storage)) return;
    throw new StorageError(`${op}: the storage of ${dtype} [${shape.join(",")}] was freed, or is not this backend's`);
  };
  const wrapped = wrap(backend, ({ op, inputs }, run) => {
    for (const input of inputs) if (typeof input !== "number") check(op, input);
    return run(inputs).map(add);
  });
  const { readSync } = wrapped;
  return {
    ...wrapped,
    name: `counting ${backend.name}`,
    upload: (data, dtype) => add(backend.upload(data, dtype)),
    async read(view) {
      check("read", view);
      return backend.read(view);
    },
    ...(readSync && {
      readSync(view: View) {
        check("readSync", view);
        return readSync(view);
      },
    }),
    free(storage) {
      if (!storages.delete(storage))
        throw new StorageError("free: this storage was freed before, or is not this backend's");
      backend.free(storage);
    },
    get live() {
      return storages.size;
    },
    get peak() {
      return peak;
    },
  };
}
