/** Products of two tensors that are summed over axes which both have: one product of matrices, whatever the axes are. */
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { normalizeAxis, sizeOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./arithmetic.ts";
import { assertList, assertNumber, assertSameDType, assertTensor } from "./checks.ts";
import { matmul } from "./matmul.ts";
import { sum } from "./reduction.ts";
import { broadcastTo, permute, reshape, unsqueeze } from "./views.ts";

/** A tensor whose axes have names. Axes of one name belong together. */
export interface Named {
  /** The tensor. */
  readonly x: Tensor;
  /** A name for each axis; each name once. */
  readonly axes: readonly string[];
}

/** Summed over the axes whose names are not kept. */
export function sumOut({ x, axes }: Named, isKept: (name: string) => boolean): Named {
  const gone = axes.flatMap((name, axis) => (isKept(name) ? [] : [axis]));
  return gone.length === 0 ? { x, axes } : { x: sum(x, gone), axes: axes.filter(isKept) };
}

/**
 * The product over the axes that both have, summed over those that are not kept. Axes of length 1 broadcast.
 *
 * @returns The kept axes of both, then those of `a` alone, then those of `b` alone.
 */
export function contract(a: Named, b: Named, isKept: (name: string) => boolean): Named {
  const p = sumOut(a, (name) => isKept(name) || b.axes.includes(name));
  const q = sumOut(b, (name) => isKept(name) || a.axes.includes(name));
  const shared = p.axes.filter((name) => q.axes.includes(name));
  const batch = shared.filter(isKept);
  const inner = shared.filter((name) => !isKept(name));
  const rows = p.axes.filter((name) => !shared.includes(name));
  const columns = q.axes.filter((name) => !shared.includes(name));
  const lengthOf = (name: string): number => {
    const [one, other] = [p.x.shape[p.axes.indexOf(name)] ?? 1, q.x.shape[q.axes.indexOf(name)] ?? 1];
    return one === 1 ? other : one;
  };
  const lengthsOf = (names: readonly string[]): number[] => names.map(lengthOf);
  const matrices = ({ x, axes }: Named, first: readonly string[], second: readonly string[]): Tensor => {
    const order = [...batch, ...first, ...second];
    const ordered = permute(
      x,
      order.map((name) => axes.indexOf(name)),
    );
    return reshape(broadcastTo(ordered, lengthsOf(order)), [
      ...lengthsOf(batch),
      sizeOf(lengthsOf(first)),
      sizeOf(lengthsOf(second)),
    ]);
  };
  const [left, right] = [matrices(p, rows, inner), matrices(q, inner, columns)];
  const axes = [...batch, ...rows, ...columns];
  return { x: reshape(product(left, right, inner.length > 0), lengthsOf(axes)), axes };
}

/** The product of matrices. One that sums nothing is a product of numbers. */
const product = (left: Tensor, right: Tensor, sums: boolean): Tensor => (sums ? matmul : mul)(left, right);

/** Checks two factors: numbers of one dtype. */
export function assertFactors(op: string, a: Tensor, b: Tensor): void {
  assertTensor(op, a);
  assertTensor(op, b);
  assertNumber(op, a);
  assertSameDType(op, a, b);
}

function assertVectors(op: string, a: Tensor, b: Tensor): void {
  assertFactors(op, a, b);
  if (a.rank !== 1 || b.rank !== 1) {
    throw new ShapeError(`${op}: both inputs must be vectors, got ${show(a.shape)} and ${show(b.shape)}`);
  }
}

/**
 * The outer product of two vectors, `cᵢⱼ = aᵢ bⱼ`, as PyTorch's `outer`.
 *
 * @param a `[m]`.
 * @param b `[n]`, of the same dtype.
 * @returns `[m, n]`.
 * @throws {ShapeError} if an input is not a vector. @throws {DTypeError} if the dtypes differ, or are `bool`.
 * @example
 * ```ts
 * import { outer, tensor } from "@dlcc/tensor";
 * console.log(await outer(tensor([1, 2]), tensor([3, 4, 5])).array()); // → [ [ 3, 4, 5 ], [ 6, 8, 10 ] ]
 * ```
 */
export function outer(a: Tensor, b: Tensor): Tensor {
  assertVectors("outer", a, b);
  return tidy(() => mul(unsqueeze(a, 1), b));
}

/**
 * The dot product of two vectors, `Σᵢ aᵢ bᵢ`, as PyTorch's `dot`. Of matrices see `matmul`.
 *
 * @param a `[n]`.
 * @param b `[n]`, of the same dtype.
 * @returns A scalar.
 * @throws {ShapeError} if an input is not a vector, or the lengths differ.
 * @throws {DTypeError} if the dtypes differ, or are `bool`.
 * @example
 * ```ts
 * import { dot, tensor } from "@dlcc/tensor";
 * console.log(await dot(tensor([1, 2]), tensor([3, 4])).item()); // → 11
 * ```
 */
export function dot(a: Tensor, b: Tensor): Tensor {
  assertVectors("dot", a, b);
  if (a.size !== b.size) {
    throw new ShapeError(`dot: both vectors must have the same length, got ${show(a.shape)} and ${show(b.shape)}`);
  }
  return tidy(() => sum(mul(a, b)));
}

/** Axes that `tensordot` sums over: so many, or those of `a` and those of `b`. */
export type ContractedAxes = number | readonly [ofA: readonly number[], ofB: readonly number[]];

/**
 * The product summed over axes of `a` and of `b`, as NumPy's and PyTorch's `tensordot`. With one axis of matrices it is
 * `matmul`, with none the outer product.
 *
 * @param axes How many: the last ones of `a`, and in the same order the first ones of `b`. Or two lists: each axis of `a`
 * in the first belongs to the axis of `b` at the same place in the second. Default: 2.
 * @returns The other axes of `a`, then the other axes of `b`.
 * @throws {ShapeError} if axes that belong together differ in length.
 * @throws {ArgumentError} if an axis is out of range or named twice, or the lists differ in length.
 * @throws {DTypeError} if the dtypes differ, or are `bool`.
 * @example
 * ```ts
 * import { ones, tensordot } from "@dlcc/tensor";
 * const [a, b] = [ones([2, 3, 4]), ones([4, 3, 5])];
 * console.log(tensordot(a, b, 1).shape); // → [ 2, 3, 3, 5 ]
 * console.log(tensordot(a, b, [[1, 2], [1, 0]]).shape); // → [ 2, 5 ]
 * ```
 */
export function tensordot(a: Tensor, b: Tensor, axes: ContractedAxes = 2): Tensor {
  assertFactors("tensordot", a, b);
  const [ofA, ofB] = typeof axes === "number" ? counted(axes, a.rank, b.rank) : listed(axes, a.rank, b.rank);
  ofA.forEach((axis, i) => {
    if (a.shape[axis] !== b.shape[ofB[i] as number]) {
      throw new ShapeError(
        `tensordot: axis ${axis} of a ${show(a.shape)} and axis ${ofB[i]} of b ${show(b.shape)} must have the same length`,
      );
    }
  });
  const namesOfA = a.shape.map((_, axis) => `a${axis}`);
  const namesOfB = b.shape.map((_, axis) => (ofB.includes(axis) ? `a${ofA[ofB.indexOf(axis)]}` : `b${axis}`));
  return tidy(
    () =>
      contract(
        { x: a, axes: namesOfA },
        { x: b, axes: namesOfB },
        (name) => !namesOfA.includes(name) || !namesOfB.includes(name),
      ).x,
  );
}

function counted(count: number, rankOfA: number, rankOfB: number): [ofA: number[], ofB: number[]] {
  const most = Math.min(rankOfA, rankOfB);
  if (!Number.isInteger(count) || count < 0 || count > most) {
    throw new ArgumentError(`tensordot: the number of axes must be from 0 to ${most}, got ${count}`);
  }
  const ofB = [...new Array(count).keys()];
  return [ofB.map((axis) => rankOfA - count + axis), ofB];
}

function listed(
  axes: readonly [readonly number[], readonly number[]],
  rankOfA: number,
  rankOfB: number,
): [ofA: number[], ofB: number[]] {
  for (const list of [axes, axes?.[0], axes?.[1]]) assertList("tensordot", "axes", list);
  const [ofA, ofB] = [
    axes[0].map((axis) => normalizeAxis("tensordot", axis, rankOfA)),
    axes[1].map((axis) => normalizeAxis("tensordot", axis, rankOfB)),
  ];
  if (ofA.length !== ofB.length || new Set(ofA).size !== ofA.length || new Set(ofB).size !== ofB.length) {
    throw new ArgumentError(
      `tensordot: both lists must name as many axes, each once, got ${show(axes[0])} and ${show(axes[1])}`,
    );
  }
  return [ofA, ofB];
}
