import { BackendError } from "../errors.ts";
import { unscopedTensors } from "../finalizer.ts";
import { largestHolders } from "../observer.ts";

/** A device, as its errors need it. */
export interface NamedDevice {
  /** The backend and what it runs on: `webgpu (nvidia ampere)`. */
  readonly name: string;
  /** How many storages were made and not freed. */
  readonly storages: number;
}

/**
 * What went wrong in an op, as an error that names the op and the device, and says how many tensors there are.
 *
 * @returns `cause` itself if it is such an error already.
 * @example
 * ```ts
 * import { failureOf } from "@dlcc/tensor/device";
 *
 * const error = failureOf("add", { name: "mine (a card)", storages: 3 }, new Error("no room"));
 * console.log(error.message.split(",")[0]); // → add: failed on mine (a card): no room (it holds 3 tensors
 * ```
 */
export function failureOf(op: string, { name, storages }: NamedDevice, cause: unknown): BackendError {
  if (cause instanceof BackendError) return cause;
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BackendError(
    `${op}: failed on ${name}: ${reason} (it holds ${storages} tensors, ${unscopedTensors()} of them outside scopes: put code that makes many into tidy(…)${largestHolders()})`,
    { cause },
  );
}

/**
 * What can be done about a device that was lost.
 *
 * @param create The function that makes a new backend.
 * @param reason What the device says.
 * @example
 * ```ts
 * import { lossOf } from "@dlcc/tensor/device";
 *
 * console.log(lossOf("createMine", "it was unplugged").split(".")[0]); // → the device was lost, and all tensors on it: it was unplugged
 * ```
 */
export const lossOf = (create: string, reason?: string): string =>
  `the device was lost, and all tensors on it: ${reason || "the system took it away (a driver that restarted, a machine that slept, a page that asked for too much)"}. Make a new backend with ${create}(), and load the model from where you saved it last`;

/**
 * Why there can't be a tensor of so many elements.
 *
 * @param holds What the device holds at most, and why.
 * @example
 * ```ts
 * import { tooLarge } from "@dlcc/tensor/device";
 *
 * const { message } = tooLarge("add", 5000, { name: "mine", storages: 0 }, "whose buffers hold 4096");
 * console.log(message.split(": split")[0]); // → add: a tensor of 5000 elements is too large for mine, whose buffers hold 4096
 * ```
 */
export const tooLarge = (op: string, size: number, { name }: NamedDevice, holds: string): BackendError =>
  new BackendError(
    `${op}: a tensor of ${size} elements is too large for ${name}, ${holds}: split it (minibatches, fewer units), or take the cpu or wasm backend`,
  );
