import { apply } from "../apply.ts";
import { where as whereKernel } from "../cpu/elementwise.ts";
import { isTensor } from "../is-tensor.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { assertSameDType, assertSameShape, assertTensor, notATensor, refuseDType } from "./checks.ts";
import { expand, expandOperand } from "./operands.ts";

const definition: KernelOperation<"where"> = {
  name: "where",
  takesNumbers: true,
  results(_, [condition, a, b]) {
    if (condition.dtype !== "bool") refuseDType("where", condition, "a bool condition");
    if (isTensor(a) && isTensor(b)) assertSameDType("where", a, b);
    for (const x of [a, b]) if (isTensor(x)) assertSameShape("where", condition, x);
    return [isTensor(a) ? a : (b as Tensor)];
  },
  kernel: (_, [condition, a, b]) => whereKernel(condition, a, b),
  derivative: (g, { inputs: [condition] }) => [
    undefined,
    () => apply(where, {}, condition, g, 0),
    () => apply(where, {}, condition, 0, g),
  ],
};

/**
 * `condition ? a : b`, elementwise. All three broadcast together.
 *
 * The derivative by the branch that is not taken is 0. Where that branch has an infinite derivative of its own, the chain rule
 * makes NaN of it, 0 · ∞: `where(x.greater(0), x.log(), 0)` has the derivative NaN at 0. Guard the input, too:
 * `where(x.greater(0), where(x.greater(0), x, 1).log(), 0)`.
 *
 * @param condition `bool`.
 * @param a Taken where the condition is true.
 * @param b Taken where it does not; at least one of `a` and `b` is a tensor.
 * @example
 * ```ts
 * import { tensor, where } from "@dlcc/tensor";
 * const x = tensor([-1, 2]);
 * console.log(await where(x.greater(0), x, 0).array()); // → [ 0, 2 ]
 * ```
 * @function
 */
export const where: ((condition: Tensor, a: TensorLike, b: TensorLike) => Tensor) & KernelOperation<"where"> =
  /* @__PURE__ */ define((condition: Tensor, a: TensorLike, b: TensorLike): Tensor => {
    assertTensor("where", condition);
    const beside = isTensor(a) ? a : b;
    if (!isTensor(beside)) throw notATensor("where", beside);
    return named("where", () => {
      let shape = broadcastShapes("where", condition.shape, beside.shape);
      if (beside === a && isTensor(b)) shape = broadcastShapes("where", shape, b.shape);
      const [x, y] = [expandOperand("where", a, beside, shape), expandOperand("where", b, beside, shape)];
      return apply(where, {}, expand(condition, shape), x, y);
    });
  }, definition);
