/** What the garbage collector gives back on devices that it does not see into. */

/** What is given back for an owner that was forgotten. It must not lead to the owner. */
export interface Claim {
  /** Gives it back. */
  release(): void;
}

/** Gives back the claims of owners that were forgotten: see {@link finalizer}. */
export interface Finalizer {
  /** From here on, `claim` is given back when the garbage collector finds that nobody has `owner` any more. */
  register(owner: object, claim: Claim): void;
  /** The owner has given its claim back by itself. */
  unregister(owner: object): void;
}

/** How many owners are waited for. */
let unscoped = 0;

const registry: FinalizationRegistry<Claim> | undefined =
  typeof FinalizationRegistry === "undefined"
    ? undefined
    : /* @__PURE__ */ new FinalizationRegistry((claim: Claim) => {
        unscoped--;
        claim.release();
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
  register(owner: object, claim: Claim): void {
    if (!registry) return;
    unscoped++;
    registry.register(owner, claim, owner);
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
