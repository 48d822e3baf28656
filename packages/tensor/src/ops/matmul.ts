import { apply } from "../apply.ts";
import { ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { matmul as primitive } from "../primitives/matmul.ts";
import { broadcastShapes } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { reshape } from "./movement.ts";
import { expand, needTensor } from "./operands.ts";

/**
 * The product of matrices: `cᵢⱼ = Σₚ aᵢₚ bₚⱼ`.
 *
 * @param a `[…, m, k]`, floats; a vector `[k]` stands for one row.
 * @param b `[…, k, n]`, the same dtype; a vector `[k]` stands for one column. Leading axes broadcast.
 * @returns `[…, m, n]`, without the axis that a vector stood for: two vectors give a scalar.
 * @throws {ShapeError} if the inner dimensions differ, the leading axes don't broadcast, or an operand is a scalar.
 * @throws {DTypeError} if the dtypes differ or are not floats.
 * @example
 * ```ts
 * import { matmul, tensor } from "@dlcc/tensor";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(await matmul(a, tensor([1, 1])).array()); // → [ 3, 7 ]
 * ```
 */
export function matmul(a: Tensor, b: Tensor): Tensor {
  needTensor("matmul", a);
  needTensor("matmul", b);
  if (a.rank === 2 && b.rank === 2) return apply(primitive, {}, a, b);
  if (a.rank === 0 || b.rank === 0) {
    throw new ShapeError(`matmul: takes matrices and vectors, got ${show(a.shape)} x ${show(b.shape)}: scale with mul`);
  }
  return tidy(() => {
    const left = a.rank === 1 ? reshape(a, [1, ...a.shape]) : a;
    const right = b.rank === 1 ? reshape(b, [...b.shape, 1]) : b;
    const batch = broadcastShapes("matmul", left.shape.slice(0, -2), right.shape.slice(0, -2));
    const product = apply(
      primitive,
      {},
      expand(left, [...batch, ...left.shape.slice(-2)]),
      expand(right, [...batch, ...right.shape.slice(-2)]),
    );
    if (a.rank > 1 && b.rank > 1) return product;
    const rows = a.rank > 1 ? product.shape.slice(-2, -1) : [];
    const columns = b.rank > 1 ? product.shape.slice(-1) : [];
    return reshape(product, [...batch, ...rows, ...columns]);
  });
}
