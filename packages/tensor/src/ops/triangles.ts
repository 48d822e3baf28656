/** Parts of matrices: the triangles and the diagonals. */
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { normalizeAxis, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { assertTensor } from "./checks.ts";
import { greaterEqual, lessEqual } from "./comparison.ts";
import { slice } from "./movement.ts";
import { permute, reshape } from "./views.ts";
import { where } from "./where.ts";

/** Checks that there are matrices, and which of their diagonals is meant. */
function assertDiagonal(op: string, x: Tensor, offset: number): void {
  assertTensor(op, x);
  if (x.rank < 2) throw new ShapeError(`${op}: x must have at least two axes, got ${show(x.shape)}`);
  if (!Number.isInteger(offset)) throw new ArgumentError(`${op}: the offset must be a whole number, got ${offset}`);
}

/** Zeros but for the side of a diagonal that `isKept` keeps, which compares each row's last or first column with the columns. */
function triangle(x: Tensor, offset: number, isKept: (bound: Tensor, column: Tensor) => Tensor): Tensor {
  const [rows, columns] = x.shape.slice(-2) as [number, number];
  // Further away there is no diagonal: all offsets there are one, which int32 holds.
  const shift = Math.min(Math.max(offset, -rows), columns);
  return tidy(() => {
    const bound = x.upload(
      Int32Array.from({ length: rows }, (_, i) => i + shift),
      "int32",
      [rows, 1],
    );
    const column = x.upload(
      Int32Array.from({ length: columns }, (_, j) => j),
      "int32",
      [columns],
    );
    return where(isKept(bound, column), x, 0);
  });
}

/**
 * The lower triangle of matrices, `xᵢⱼ` where `j ≤ i + offset` and 0 elsewhere, as NumPy's and PyTorch's `tril`.
 *
 * @param x `[…, m, n]`.
 * @param offset The last diagonal that is kept: 0 is the main one, above it they are positive. Default: 0.
 * @throws {ShapeError} if `x` has fewer than two axes. @throws {ArgumentError} if the offset is not a whole number.
 * @example
 * ```ts
 * import { ones, tril } from "@dlcc/tensor";
 * console.log(await tril(ones([3, 3])).array()); // → [ [ 1, 0, 0 ], [ 1, 1, 0 ], [ 1, 1, 1 ] ]
 * ```
 */
export function tril(x: Tensor, offset = 0): Tensor {
  assertDiagonal("tril", x, offset);
  return triangle(x, offset, greaterEqual);
}

/**
 * The upper triangle of matrices, `xᵢⱼ` where `j ≥ i + offset` and 0 elsewhere, as NumPy's and PyTorch's `triu`.
 *
 * @param x `[…, m, n]`.
 * @param offset The first diagonal that is kept: 0 is the main one, above it they are positive. Default: 0.
 * @throws {ShapeError} if `x` has fewer than two axes. @throws {ArgumentError} if the offset is not a whole number.
 * @example
 * ```ts
 * import { ones, triu } from "@dlcc/tensor";
 * console.log(await triu(ones([3, 3]), 1).array()); // → [ [ 0, 1, 1 ], [ 0, 0, 1 ], [ 0, 0, 0 ] ]
 * ```
 */
export function triu(x: Tensor, offset = 0): Tensor {
  assertDiagonal("triu", x, offset);
  return triangle(x, offset, lessEqual);
}

/**
 * The diagonals of the matrices along two axes, `xᵢ,ᵢ₊ₒ` for the offset o, as NumPy's and PyTorch's `diagonal`. The two
 * axes go away, and the diagonal is the last axis.
 *
 * @param x At least two axes.
 * @param offset Which diagonal: 0 is the main one, above it they are positive. Outside of the matrix it is empty.
 * @param first The axis of the rows. Default: 0.
 * @param second The axis of the columns. Default: 1.
 * @throws {ShapeError} if `x` has fewer than two axes.
 * @throws {ArgumentError} if the offset is not a whole number, or the axes are one, or out of range.
 * @example
 * ```ts
 * import { diagonal, tensor } from "@dlcc/tensor";
 * const x = tensor([[1, 2], [3, 4]]);
 * console.log(await diagonal(x).array(), await diagonal(x, 1).array()); // → [ 1, 4 ] [ 2 ]
 * ```
 */
export function diagonal(x: Tensor, offset = 0, first = 0, second = 1): Tensor {
  assertDiagonal("diagonal", x, offset);
  const [a, b] = [normalizeAxis("diagonal", first, x.rank), normalizeAxis("diagonal", second, x.rank)];
  if (a === b) throw new ArgumentError(`diagonal: the two axes must differ, got ${first} and ${second}`);
  const others = x.shape.flatMap((_, axis) => (axis === a || axis === b ? [] : [axis]));
  const [rows, columns] = [x.shape[a] as number, x.shape[b] as number];
  const length = Math.max(0, Math.min(rows + Math.min(offset, 0), columns - Math.max(offset, 0)));
  // With rows one after the other, the next element of a diagonal is a row and a column further.
  const start = length === 0 ? 0 : offset < 0 ? -offset * columns : offset;
  const end = length === 0 ? 0 : start + (length - 1) * (columns + 1) + 1;
  return tidy(() => {
    const matrices = permute(x, [...others, a, b]);
    const flat = reshape(matrices, [...matrices.shape.slice(0, -2), sizeOf([rows, columns])]);
    return slice(flat, ...others.map(() => [] as const), [start, end, columns + 1]);
  });
}
