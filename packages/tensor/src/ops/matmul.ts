import { apply } from "../apply.ts";
import { matmul as matmulKernel } from "../cpu/matmul.ts";
import { ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import { define, type KernelOperation } from "../op.ts";
import { broadcastShapes, sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertNumber, assertSameDType, assertTensor } from "./checks.ts";
import { expand } from "./operands.ts";
import { reshape } from "./views.ts";

const definition: KernelOperation<"matmul"> = {
  name: "matmul",
  results(_, [a, b]) {
    assertSameDType("matmul", a, b);
    assertNumber("matmul", a);
    const batch = a.shape.slice(0, -2);
    const [m, k] = a.shape.slice(-2) as [number, number];
    const [inner, n] = b.shape.slice(-2) as [number, number];
    if (a.rank < 2 || a.rank !== b.rank || !sameShape(batch, b.shape.slice(0, -2))) {
      throw new ShapeError(`matmul: leading axes must be equal or 1, got ${show(a.shape)} x ${show(b.shape)}`);
    }
    if (k !== inner)
      throw new ShapeError(`matmul: inner dimensions must be equal, got ${show(a.shape)} x ${show(b.shape)}`);
    return [{ dtype: a.dtype, shape: [...batch, m, n] }];
  },
  kernel: (_, [a, b]) => matmulKernel(a, b),
  // C = A B: dA = dC Bᵀ, dB = Aᵀ dC
  derivative: (g, { inputs: [a, b] }) => [() => g.matmul(b.transpose()), () => a.transpose().matmul(g)],
};

/** Vectors as matrices, and leading axes broadcast. */
const product = (a: Tensor, b: Tensor): Tensor => {
  assertTensor("matmul", a);
  assertTensor("matmul", b);
  if (a.rank === 2 && b.rank === 2) return apply(matmul, {}, a, b);
  if (a.rank === 0 || b.rank === 0) {
    throw new ShapeError(
      `matmul: both inputs must be matrices or vectors, got ${show(a.shape)} x ${show(b.shape)}: to scale, use mul`,
    );
  }
  return named("matmul", () => {
    const left = a.rank === 1 ? reshape(a, [1, ...a.shape]) : a;
    const right = b.rank === 1 ? reshape(b, [...b.shape, 1]) : b;
    const batch = broadcastShapes("matmul", left.shape.slice(0, -2), right.shape.slice(0, -2));
    const stack = (x: Tensor): Tensor => expand(x, [...batch, ...x.shape.slice(-2)]);
    const result = apply(matmul, {}, stack(left), stack(right));
    const rows = a.rank > 1 ? result.shape.slice(-2, -1) : [];
    const columns = b.rank > 1 ? result.shape.slice(-1) : [];
    return reshape(result, [...batch, ...rows, ...columns]);
  });
};

/**
 * The product of matrices: `cᵢⱼ = Σₚ aᵢₚ bₚⱼ`. Of `int32` it wraps at 32 bits, and is exact modulo 2³²; a device that has fewer
 * bits, as `gpu` has, refuses larger numbers when they are read.
 *
 * @param a `[…, m, k]`, numbers (not `bool`); a vector `[k]` is one row.
 * @param b `[…, k, n]`, the same dtype; a vector `[k]` is one column. Leading axes broadcast.
 * @returns `[…, m, n]`, without the axis that a vector stood for: two vectors give a scalar.
 * @throws {ShapeError} if the inner dimensions differ, the leading axes don't broadcast, or an operand is a scalar.
 * @throws {DTypeError} if the dtypes differ or are `bool`.
 * @example
 * ```ts
 * import { matmul, tensor } from "@dlcc/tensor";
 * const a = tensor([[1, 2], [3, 4]]);
 * console.log(await matmul(a, tensor([1, 1])).array()); // → [ 3, 7 ]
 * ```
 * @function
 */
export const matmul: ((a: Tensor, b: Tensor) => Tensor) & KernelOperation<"matmul"> = /* @__PURE__ */ define(
  product,
  definition,
);
