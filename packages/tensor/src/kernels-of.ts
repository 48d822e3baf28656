/** A backend's kernels as an object with a method for each kind of op: the convenient way to write one. */
import {
  arithmeticOps,
  type Backend,
  type BinaryOp,
  type Computed,
  comparisonOps,
  type Kernel,
  type Operand,
  type Padding,
  type ReduceOp,
  reduceOps,
  type Storage,
  type UnaryOp,
  unaryOps,
  type View,
  type Window,
} from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { FusedOp, PrimitiveOp } from "./signatures.ts";

/** What a backend computes: one method for each kind of primitive, and the fused ops that it has. */
export interface Methods {
  // Elementwise: all inputs have the same shape, broadcasting is in their strides.
  /** One function of each element. */
  unary(op: UnaryOp, x: View): Storage;
  /** One function of each pair of elements; of comparisons, `bool`. At least one operand is a view, whose shape the result has. */
  binary(op: BinaryOp, a: Operand, b: Operand): Storage;
  /** `condition ? a : b`; the condition is `bool`. At least one of `a` and `b` is a view, whose dtype the result has. */
  where(condition: View, a: Operand, b: Operand): Storage;
  /** To another dtype; floats are cut towards zero for `int32`, and what is not 0 is true for `bool`. */
  cast(x: View, dtype: DType): Storage;

  // Reduction
  /** Over `axes` (ascending), which the result keeps with length 1. */
  reduce(op: ReduceOp, x: View, axes: readonly number[]): Storage;
  /** Index of the first largest element along an axis, as `int32`; NaN counts as the largest. The axis stays, with length 1. */
  argmax(x: View, axis: number): Storage;

  // Order
  /**
   * The indices that sort along an axis, as `int32`, from the smallest up or from the largest down. Equal elements stay in
   * their order, −0 equals 0, and NaN counts as the largest.
   */
  argsort(x: View, axis: number, descending: boolean): Storage;

  // Linear algebra
  /** `[…, m, k] × [… , k, n] → […, m, n]`, numbers; the leading axes are equal. Of `int32` it is exact modulo 2³². */
  matmul(a: View, b: View): Storage;

  // Movement
  /** The view's elements in order. */
  copy(x: View): Storage;
  /** Puts `value` around the tensor. */
  pad(x: View, padding: readonly Padding[], value: number): Storage;
  /** One after the other along an axis. */
  concat(inputs: readonly View[], axis: number): Storage;
  /**
   * `x` at `indices` (`int32`, any shape) along an axis: that axis gives way to the indices' axes. Negative indices count
   * from the end. One that is outside is refused, or its elements are NaN.
   */
  gather(x: View, indices: View, axis: number): Storage;
  /** The adjoint of `gather`: zeros of `size` along the axis, with each slice of `x` added where its index says. Indices as there. */
  scatterAdd(x: View, indices: View, axis: number, size: number): Storage;
  /** The patches under a sliding window as columns: `[n, c, h, w] → [n, c·kh·kw, positions]`. */
  unfold(x: View, window: Window): Storage;
  /** The adjoint of `unfold`: patches added back into an image of `size`: `[n, c·kh·kw, positions] → [n, c, h, w]`. */
  fold(x: View, window: Window, size: readonly [height: number, width: number]): Storage;

  /** Faster versions of what `tensor` can also compose from the above. Each is optional: the backend's `composites` do. */
  readonly fused?: { readonly [O in FusedOp]?: Kernel<O> };
}

/**
 * The kernels of a backend that has a method for each kind of op.
 *
 * @example
 * ```ts
 * import { type Backend, cpu, kernelsOf, type Methods, tensor } from "@dlcc/tensor";
 *
 * // A backend that knows one function: whatever it is asked for, the result is 0.
 * const zero = (x: { shape: readonly number[] }) => new Float32Array(x.shape.reduce((a, b) => a * b, 1));
 * const methods = { unary: (_, x) => zero(x) } as Partial<Methods> as Methods;
 * const zeros: Backend = { ...cpu, name: "zeros", kernel: kernelsOf(methods) };
 * console.log(await tensor([1, 2], { backend: zeros }).exp().array()); // → [ 0, 0 ]
 * ```
 */
export function kernelsOf(methods: Methods): Backend["kernel"] {
  const primitives: { readonly [O in Exclude<PrimitiveOp, UnaryOp | BinaryOp | ReduceOp>]: Kernel<O> } = {
    where: (_, [condition, a, b]) => [methods.where(condition, a, b)],
    cast: ({ dtype }, [x]) => [methods.cast(x, dtype)],
    argmax: ({ axis }, [x]) => [methods.argmax(x, axis)],
    argsort: ({ axis, descending }, [x]) => [methods.argsort(x, axis, descending)],
    matmul: (_, [a, b]) => [methods.matmul(a, b)],
    copy: (_, [x]) => [methods.copy(x)],
    pad: ({ padding, value }, [x]) => [methods.pad(x, padding, value)],
    concat: ({ axis }, inputs) => [methods.concat(inputs, axis)],
    gather: ({ axis }, [x, indices]) => [methods.gather(x, indices, axis)],
    scatterAdd: ({ axis, size }, [x, indices]) => [methods.scatterAdd(x, indices, axis, size)],
    unfold: ({ window }, [x]) => [methods.unfold(x, window)],
    fold: ({ window, size }, [x]) => [methods.fold(x, window, size)],
  };
  const kernels: { [name: string]: unknown } = { ...methods.fused, ...primitives };
  const unary =
    (op: UnaryOp): Kernel<UnaryOp> =>
    (_, [x]) => [methods.unary(op, x)];
  const binary =
    (op: BinaryOp): Kernel<BinaryOp> =>
    (_, [a, b]) => [methods.binary(op, a, b)];
  const reduce =
    (op: ReduceOp): Kernel<ReduceOp> =>
    ({ axes }, [x]) => [methods.reduce(op, x, axes)];
  for (const op of unaryOps) kernels[op] = unary(op);
  for (const op of [...arithmeticOps, ...comparisonOps]) kernels[op] = binary(op);
  for (const op of reduceOps) kernels[op] = reduce(op);
  return <O extends PrimitiveOp | FusedOp>(op: Computed<O>) => kernels[op.name] as Kernel<O> | undefined;
}
