/** Ops that choose elements one by one: by an index for each, or by a mask. */
import { ShapeError, show } from "../errors.ts";
import { named } from "../named.ts";
import { broadcastShapes, normalizeAxis, sizeOf } from "../shape.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { assertSameDType, assertTensor, refuseDType } from "./checks.ts";
import { gather } from "./movement.ts";
import { checkLiteral } from "./operands.ts";
import { broadcastTo, reshape } from "./views.ts";
import { where } from "./where.ts";

/**
 * For each place along an axis, the element that its index names, as NumPy's `take_along_axis` and PyTorch's
 * `take_along_dim` (and `gather`, where the other axes agree): along the last of two axes `yᵢⱼ = xᵢ,ₖ` with
 * `k = indicesᵢⱼ`. It picks what `argmax` finds.
 *
 * @param indices `int32`, as many axes as `x`; negative ones count from the end. The other axes broadcast with `x`'s.
 * @param axis Default: −1.
 * @returns The indices' length along the axis, and the broadcast shape elsewhere.
 * @throws {ShapeError} if the numbers of axes differ, or the other axes don't broadcast.
 * @throws {DTypeError} if the indices are not `int32`.
 * @throws {ArgumentError} if the axis is out of range, or an index is, where the backend can tell (`cpu` and `wasm` can; on
 * `gpu` the element is NaN).
 * @example
 * ```ts
 * import { argmax, takeAlongAxis, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 7, 3], [9, 5, 6]]);
 * const largest = takeAlongAxis(x, argmax(x, 1, { keepDims: true }), 1);
 * console.log(await largest.array()); // → [ [ 7 ], [ 9 ] ]
 * ```
 */
export function takeAlongAxis(x: Tensor, indices: Tensor, axis = -1): Tensor {
  assertTensor("takeAlongAxis", x);
  assertTensor("takeAlongAxis", indices);
  if (indices.dtype !== "int32") refuseDType("takeAlongAxis", indices, "int32 indices");
  const at = normalizeAxis("takeAlongAxis", axis, x.rank);
  if (indices.rank !== x.rank) {
    throw new ShapeError(
      `takeAlongAxis: the indices must have as many axes as x ${show(x.shape)}, got ${show(indices.shape)}`,
    );
  }
  return named("takeAlongAxis", () => {
    const length = x.shape[at] as number;
    const all = x.upload(
      Int32Array.from({ length }, (_, i) => i),
      "int32",
      [length],
    );
    // This counts negative ones from the beginning, and refuses those that are outside: in flat data, they would name
    // elements of other rows.
    return elementsAt(x, gather(all, indices), at);
  });
}

/** The elements at indices along an axis, which are counted from 0 and known to be inside. The other axes broadcast. */
export function elementsAt(x: Tensor, indices: Tensor, axis: number): Tensor {
  const without = (shape: readonly number[]): number[] => shape.filter((_, i) => i !== axis);
  const others = broadcastShapes("takeAlongAxis", without(x.shape), without(indices.shape));
  const around = (length: number): number[] => [...others.slice(0, axis), length, ...others.slice(axis)];
  const length = x.shape[axis] as number;
  // In flat data, an element is `stride · index` away from the first one of its row.
  const stride = sizeOf(others.slice(axis));
  const starts = Int32Array.from(
    { length: sizeOf(others) },
    (_, i) => Math.floor(i / stride) * stride * length + (i % stride),
  );
  const flat = broadcastTo(x, around(length));
  return gather(reshape(flat, [flat.size]), indices.mul(stride).add(x.upload(starts, "int32", around(1))));
}

/**
 * `x` with a value in the place of the elements that a mask marks, as PyTorch's `masked_fill`: `where(mask, value, x)`.
 *
 * @param mask `bool`; it broadcasts with `x`.
 * @param value A number or a scalar of `x`'s dtype.
 * @throws {ShapeError} if the mask does not broadcast with `x`, or the value is not a scalar.
 * @throws {DTypeError} if the mask is not `bool`, or the value is not of `x`'s dtype.
 * @example
 * ```ts
 * import { maskedFill, tensor } from "@dlcc/tensor";
 * const x = tensor([1, -2, 3]);
 * console.log(await maskedFill(x, x.less(0), 0).array()); // → [ 1, 0, 3 ]
 * ```
 */
export function maskedFill(x: Tensor, mask: Tensor, value: TensorLike): Tensor {
  assertTensor("maskedFill", x);
  assertTensor("maskedFill", mask);
  if (mask.dtype !== "bool") refuseDType("maskedFill", mask, "a bool mask");
  broadcastShapes("maskedFill", x.shape, mask.shape);
  if (typeof value === "number") checkLiteral("maskedFill", value, x.dtype);
  else {
    assertTensor("maskedFill", value);
    if (value.rank > 0)
      throw new ShapeError(`maskedFill: the value must be a number or a scalar, got ${show(value.shape)}`);
    assertSameDType("maskedFill", x, value);
  }
  return where(mask, value, x);
}
