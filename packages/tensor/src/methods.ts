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
 * @module
 */

import * as ops from "./ops/index.ts";
import { Tensor } from "./tensor.ts";

/** The ops that become methods by `import "@dlcc/tensor/methods"`: the tensor is their first argument. */
export const methodNames = [
  "abs",
  "acos",
  "all",
  "any",
  "argmax",
  "argmin",
  "argsort",
  "asin",
  "atan",
  "atan2",
  "ceil",
  "chunk",
  "clip",
  "contiguous",
  "cos",
  "cosh",
  "countNonzero",
  "cumprod",
  "cumsum",
  "diagonal",
  "dot",
  "erf",
  "expm1",
  "flatten",
  "flip",
  "floor",
  "floorDivide",
  "gather",
  "greaterEqual",
  "isFinite",
  "isNaN",
  "lessEqual",
  "log1p",
  "log2",
  "logSoftmax",
  "logSumExp",
  "logicalNot",
  "maskedFill",
  "max",
  "maximum",
  "min",
  "minimum",
  "mod",
  "nonzero",
  "norm",
  "notEqual",
  "outer",
  "permute",
  "pow",
  "prod",
  "reciprocal",
  "repeat",
  "roll",
  "round",
  "rsqrt",
  "sign",
  "sin",
  "sinh",
  "slice",
  "softmax",
  "sort",
  "split",
  "sqrt",
  "square",
  "squeeze",
  "std",
  "takeAlongAxis",
  "tan",
  "tile",
  "topk",
  "tril",
  "triu",
  "trunc",
  "unsqueeze",
  "variance",
] as const;
/** The name of an op that becomes a method. */
export type MethodName = (typeof methodNames)[number];

/** A function of a tensor as its method: without the first argument. */
export type MethodOf<F> = F extends (x: Tensor, ...rest: infer Rest) => infer Result
  ? (...rest: Rest) => Result
  : never;

/** The methods that `import "@dlcc/tensor/methods"` adds. Each has the doc of the function of its name. */
export type TensorMethods = { [Name in keyof Pick<typeof ops, MethodName>]: MethodOf<(typeof ops)[Name]> };

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
