/** Frees the storages of forgotten tensors on devices whose memory the garbage collector does not see. */

/** What is released for an owner that was forgotten. It must not lead to the owner. */
export interface Releasable {
  /** One reference less. */
  release(): void;
}

/** Releases what owners that were forgotten refer to: see {@link finalizer}. */
export interface Finalizer {
  /** From here on, `reference` is released when the garbage collector finds that nobody has `owner` any more. */
  register(owner: object, reference: Releasable): void;
  /** The owner has released its reference by itself. */
  unregister(owner: object): void;
}

/** How many owners are waited for. */
let unscoped = 0;

const registry: FinalizationRegistry<Releasable> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : /* @__PURE__ */ new FinalizationRegistry((reference: Releasable) => {
        unscoped--;
        reference.release();
      });

/**
 * What a backend names as its `finalizer` if its storages are out of the garbage collector's sight, as on a GPU: those
 * of tensors that a program forgets are then freed whenever the program yields.
 *
 * @example
 * ```ts
 * import { type Backend, cpu, finalizer } from "@dlcc/tensor";
 *
 * const device: Backend = { ...cpu, name: "device", finalizer };
 * console.log(device.finalizer === finalizer); // → true
 * ```
 */
export const finalizer: Finalizer = {
  register(owner: object, reference: Releasable): void {
    if (!registry) return;
    unscoped++;
    registry.register(owner, reference, owner);
  },
  unregister(owner: object): void {
    if (registry?.unregister(owner)) unscoped--;
  },
};

/**
 * How many tensors are outside scopes on backends that free by finalizer: an out-of-memory message names it.
 *
 * @example
 * ```ts
 * import { ones, unscopedTensors } from "@dlcc/tensor";
 * const before = unscopedTensors();
 * ones([2]); // on cpu, which the garbage collector sees into
 * console.log(unscopedTensors() - before); // → 0
 * ```
 */
export const unscopedTensors = (): number => unscoped;
