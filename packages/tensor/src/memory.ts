/**
 * Reference counts: what keeps a storage alive.
 *
 * Storages are reference-counted: one lives while a tensor, a tape or a parameter refers to it. Each tensor is one
 * reference. Views of one storage are several tensors and several references, so disposing of one never breaks another.
 * A scope (`tidy`) is a list of the tensors made inside; at its end it disposes of all but those that the function
 * returned.
 *
 * Without scopes nothing breaks: what the program forgets, the garbage collector frees; on a device that it does not
 * see into, the backend's finalizer does so whenever the program yields.
 */
import type { Backend, Storage } from "./backend.ts";
import { ArgumentError } from "./errors.ts";
import { isTensor } from "./is-tensor.ts";
import type { Tensor } from "./tensor.ts";

/** A storage and the number of references to it; with the last one the backend frees it. */
export class StorageRef {
  /** Where the storage is. */
  readonly backend: Backend;
  /** What is referred to. */
  readonly storage: Storage;
  /** How many references there are. */
  count = 0;

  constructor(backend: Backend, storage: Storage) {
    this.backend = backend;
    this.storage = storage;
  }

  /** One reference more. */
  retain(): void {
    this.count++;
  }

  /** One reference less; with the last one, the backend frees the storage. */
  release(): void {
    if (--this.count === 0) this.backend.free(this.storage);
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

/** A result with all that is in it: in arrays, plain objects, maps and sets, however deep. Instances of classes, as parameters are, have no parts here. */
function partsOf(result: unknown, found: Set<unknown> = new Set()): Set<unknown> {
  if (typeof result !== "object" || !result || found.has(result)) return found;
  found.add(result);
  if (isTensor(result)) return found;
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
 * Runs `fn` and disposes of all tensors that were made inside, but for those in what it returns (also within arrays,
 * plain objects, maps and sets). What existed before is not touched, and neither is what a tape or a parameter retains.
 * Scopes nest: what an inner one returns belongs to the outer one.
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
    if (isTensor(result) || typeof result !== "object" || !result) return result;
    if (typeof (result as { then?: unknown }).then === "function") {
      // The caller's rejection would otherwise go unhandled, behind the error that matters.
      (result as unknown as PromiseLike<unknown>).then(undefined, () => {});
      throw new ArgumentError(
        "tidy: the function must not be async, as a scope ends when its function returns: await before tidy or after it",
      );
    }
    parts = partsOf(result);
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

/**
 * The same value once more, in the scope that is open: disposing of one tensor leaves the other. What a function returns
 * without work to do.
 *
 * @example
 * ```ts
 * import { alias, tensor } from "@dlcc/tensor";
 *
 * const x = tensor([1, 2]);
 * const y = alias(x);
 * x.dispose();
 * console.log(await y.array()); // → [ 1, 2 ]
 * ```
 */
export const alias = (tensor: Tensor): Tensor => tensor.alias();

/**
 * The same value once more, outside of all scopes: for recorders, which keep what they saw and dispose of it themselves.
 *
 * @example
 * ```ts
 * import { retain, tensor, tidy } from "@dlcc/tensor";
 *
 * const kept = tidy(() => [() => retain(tensor([1, 2]))][0]?.());
 * console.log(await kept?.array()); // → [ 1, 2 ]
 * ```
 */
export const retain = (tensor: Tensor): Tensor => tensor.retain();
