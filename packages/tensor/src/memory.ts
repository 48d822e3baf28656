/**
 * Who keeps a storage alive.
 *
 * A storage lives while someone claims it: a tensor, a tape, a parameter. Each tensor is one claim. Views of one storage
 * are several tensors and several claims, so giving one back never breaks another. A scope (`tidy`) is a list of the
 * tensors made inside; at its end it gives back the claims of all but those that the function returned.
 *
 * Without scopes nothing breaks: what the program forgets, the garbage collector frees; on a device that it does not
 * see into, the backend's finalizer does so whenever the program yields.
 */
import type { Backend, Storage } from "./backend.ts";
import { ArgumentError } from "./errors.ts";
import { Parameter } from "./parameter.ts";
import { Tensor } from "./tensor.ts";

/**
 * A storage with the count of the claims on it; the backend gets it back with the last one.
 *
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 *
 * const x = tensor([1, 2]);
 * const view = x.reshape([2, 1]);
 * console.log(x.holding === view.holding, x.holding.claims); // → true 2
 * ```
 */
export class Holding {
  /** Where the storage is. */
  readonly backend: Backend;
  /** What is held. */
  readonly storage: Storage;
  /** How many claims there are. */
  claims = 0;

  constructor(backend: Backend, storage: Storage) {
    this.backend = backend;
    this.storage = storage;
  }

  /** Gives one claim back; with the last one, the backend frees the storage. */
  release(): void {
    if (--this.claims === 0) this.backend.free(this.storage);
  }
}

type Scope = Tensor[];

/** The open scopes, the innermost last. They are synchronous, so one stack serves the whole program. */
const scopes: Scope[] = [];

/** Enters a new tensor into the innermost scope, if there is one. */
export function register(tensor: Tensor): void {
  const scope = scopes[scopes.length - 1];
  if (scope) scope.push(tensor);
  else tensor.leaveScopes();
}

/** A result with all that is in it: in arrays, plain objects, maps and sets, however deep. Parameters look after themselves. */
function partsOf(result: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (typeof result !== "object" || !result || result instanceof Parameter || found.has(result)) return found;
  found.add(result);
  const parts =
    result instanceof Map || Array.isArray(result) || result instanceof Set
      ? result.values()
      : isPlain(result)
        ? Object.values(result)
        : [];
  for (const part of parts) partsOf(part, found);
  return found;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Runs `fn` and gives back the claims of all tensors that were made inside, but for those in what it returns (also
 * within arrays, plain objects, maps and sets). What existed before is not touched, and neither is what a tape or a
 * parameter claims. Scopes nest: what an inner one returns belongs to the outer one.
 *
 * @param fn A synchronous function; the scope ends when it returns.
 * @returns What `fn` returns.
 * @throws {ArgumentError} if `fn` is async: the scope would end at its first `await`.
 * @example
 * ```ts
 * import { sqrt, tensor, tidy } from "@dlcc/tensor";
 *
 * const x = tensor([3, 4]);
 * const norm = tidy(() => sqrt(x.mul(x).sum())); // the squares and their sum are freed here
 * console.log(await norm.item()); // → 5
 * ```
 */
export function tidy<T>(fn: () => T): T {
  const scope: Scope = [];
  scopes.push(scope);
  let result: T | undefined;
  let parts: Set<unknown> | undefined;
  try {
    result = fn();
    if (typeof (result as { then?: unknown } | undefined)?.then === "function") {
      // The caller's rejection would otherwise go unhandled, behind the error that matters.
      (result as PromiseLike<unknown>).then(undefined, () => {});
      throw new ArgumentError(
        "tidy: the function is async, and a scope ends when its function returns: await before tidy or after it",
      );
    }
    if (typeof result === "object" && !(result instanceof Tensor)) parts = partsOf(result);
    return result;
  } finally {
    scopes.pop();
    const outer = scopes[scopes.length - 1];
    for (const tensor of scope) {
      if (tensor !== result && !parts?.has(tensor)) tensor.dispose();
      else if (outer) outer.push(tensor);
      else if (!tensor.disposed) tensor.leaveScopes();
    }
  }
}

/**
 * Takes a tensor out of all scopes: it lives until `dispose()` is called, or until the garbage collector finds it.
 *
 * @returns The same tensor.
 * @example
 * ```ts
 * import { keep, tensor, tidy, type Tensor } from "@dlcc/tensor";
 *
 * let cached: Tensor | undefined;
 * tidy(() => {
 *   cached = keep(tensor([1, 2]).add(1));
 * });
 * console.log(await cached?.array()); // → [ 2, 3 ]
 * ```
 */
export function keep(tensor: Tensor): Tensor {
  for (const scope of scopes) {
    const index = scope.lastIndexOf(tensor);
    if (index >= 0) {
      scope.splice(index, 1);
      tensor.leaveScopes();
    }
  }
  return tensor;
}
