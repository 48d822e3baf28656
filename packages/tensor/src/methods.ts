/**
 * `import "@dlcc/tensor/methods";` once in a program makes the ops methods of `Tensor` that PyTorch has as methods, so that
 * chains don't break: `x.abs().max(1)` beside `max(abs(x), 1)`. Without it a tensor has those of the course's programs, as
 * every method is in every bundle that has a tensor.
 *
 * @example
 * ```ts
 * import "@dlcc/tensor/methods";
 * import { tensor } from "@dlcc/tensor";
 *
 * const x = tensor([[3, -4], [6, 8]]);
 * console.log(await x.square().sum(1).sqrt().array()); // → [ 5, 10 ]
 * console.log(await x.abs().max(1).array()); // → [ 4, 8 ]
 * ```
 *
 * @module methods
 */

import * as ops from "./ops/methods.ts";
import { Tensor } from "./tensor.ts";

/**
 * The name of an op that becomes a method.
 *
 * @hidden
 */
export type MethodName = keyof typeof ops;
/**
 * All of them.
 *
 * @hidden
 */
export const methodNames: readonly MethodName[] = Object.keys(ops) as MethodName[];

/** A function of a tensor as its method: without the first argument. */
export type MethodOf<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/**
 * The methods that `import "@dlcc/tensor/methods"` adds. Each has the doc of the function of its name.
 *
 * @hidden
 */
export type TensorMethods = { [Name in MethodName]: MethodOf<(typeof ops)[Name]> };

declare module "./tensor.ts" {
  // Methods of the class, as TypeScript is told of them.
  interface Tensor extends TensorMethods {}
}

for (const name of methodNames) {
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: who imports this file wants all of them
  const op = ops[name] as (x: Tensor, ...rest: readonly unknown[]) => unknown;
  Object.defineProperty(Tensor.prototype, name, {
    configurable: true,
    writable: true,
    value(this: Tensor, ...rest: readonly unknown[]) {
      return op(this, ...rest);
    },
  });
}
