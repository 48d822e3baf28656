/**
 * The contract between tensors and the device that computes them.
 *
 * A backend is an object that is handed in. It stores flat arrays of numbers and runs a small set of ops on them; that
 * set is closed under differentiation, so a backend that has these methods can train any network. It never sees a
 * `Tensor`: it gets views (a storage, and how to walk through it) and gives back storages. Shapes, dtypes and
 * broadcasting have been checked and settled before it is called, once for all backends, by `apply`.
 *
 * The rules:
 * 1. Every result is a fresh storage, contiguous in row-major order, of the shape and dtype that the op implies.
 *    Inputs are never changed; only a fused step may reuse the ones that it is told it may.
 * 2. Inputs come with any strides: negative after a flip, 0 where they are broadcast.
 * 3. Methods return at once. A device that is asynchronous keeps one queue, first in first out: `free` is a job in it,
 *    and a job that fails poisons what depends on it and surfaces at the next `read`, with the op's name.
 * 4. A view is valid during the call only; the storage is valid until `free`.
 *
 * What it is not for: shapes, gradients, memory management, randomness. Those live above it, and are the same on all.
 */
import type { DType, TypedArray } from "./dtype.ts";
import type { FusedAttributes, FusedOp } from "./signatures.ts";

/** What a backend keeps its numbers in: opaque to everyone else. */
export type Storage = object;

/** A storage and how to walk through it: element `(i, j, …)` is at `offset + i·strides[0] + j·strides[1] + …`. */
export interface View {
  /** What the backend keeps the numbers in. */
  readonly storage: Storage;
  /** The type of the elements. */
  readonly dtype: DType;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
  /** Counted in elements, as `offset` is. */
  readonly strides: readonly number[];
  /** Where in the storage the first element is. */
  readonly offset: number;
}

/** Elementwise functions of one input. `relu`, `sign`, `abs` and `neg` take `int32`, too; the others floats alone. */
export type UnaryOp = "neg" | "exp" | "log" | "sqrt" | "abs" | "sign" | "relu" | "sigmoid" | "tanh";

/** Elementwise functions of two inputs of one dtype, which is the result's, too. */
export type ArithmeticOp = "add" | "sub" | "mul" | "div" | "pow" | "maximum" | "minimum";

/** Elementwise comparisons of two inputs of one dtype; the result is `bool`. */
export type ComparisonOp = "equal" | "less" | "greater";

/** Elementwise functions of two inputs. */
export type BinaryOp = ArithmeticOp | ComparisonOp;

/** Ways to make one number of many. `max` and `min` propagate NaN. */
export type ReduceOp = "sum" | "max" | "min";

/** How many elements to put before and after an axis. */
export type Padding = readonly [before: number, after: number];

/** A window that slides over the last two axes (rows, columns) of an image. Each pair is `[vertical, horizontal]`. */
export interface Window {
  /** The window's size. */
  readonly kernel: readonly [number, number];
  /** How far it moves. */
  readonly stride: readonly [number, number];
  /** Zeros added on each side. */
  readonly padding: readonly [number, number];
  /** Distance between the kernel's taps. */
  readonly dilation: readonly [number, number];
}

/**
 * A fused op: several primitives in one pass. It gives as many storages as the op has results. `reuse[i]` says that
 * nobody else holds `inputs[i]`: its storage may be overwritten (row-major, from its
 * beginning) and returned as a result.
 */
export type FusedMethod<O extends FusedOp> = (
  attributes: FusedAttributes<O>,
  inputs: readonly View[],
  reuse: readonly boolean[],
) => readonly Storage[];

/** A device that stores numbers and computes with them. */
export interface Backend {
  /** As it stands in messages and in `tensor.backend.name`. */
  readonly name: string;
  /** The dtypes that it can hold: `float32`, `int32` and `bool` always. */
  readonly dtypes: readonly DType[];
  /** True where the garbage collector does not see the storages; forgotten tensors are then freed by a finalizer. */
  readonly finalize?: boolean;

  // Storage
  /** Copies a host array into a new storage; the caller keeps the array. */
  upload(data: TypedArray, dtype: DType): Storage;
  /** The elements of a view, in order, as a fresh array that the caller owns. What was asked for before has happened. */
  read(view: View): Promise<TypedArray>;
  /** The same at once, where the device can. */
  readSync?(view: View): TypedArray;
  /** Gives a storage back; jobs that were asked for before still see it. */
  free(storage: Storage): void;
  /** Resolves when all that was asked for is done. */
  flush(): Promise<void>;

  // Elementwise: all inputs have the same shape, broadcasting is in their strides.
  /** One function of each element. */
  unary(op: UnaryOp, x: View): Storage;
  /** One function of each pair of elements; of comparisons, `bool`. */
  binary(op: BinaryOp, a: View, b: View): Storage;
  /** `condition ? a : b`; the condition is `bool`. */
  where(condition: View, a: View, b: View): Storage;
  /** To another dtype; floats are cut towards zero for `int32`, and what is not 0 is true for `bool`. */
  cast(x: View, dtype: DType): Storage;

  // Reduction
  /** Over `axes` (ascending), which the result keeps with length 1. */
  reduce(op: ReduceOp, x: View, axes: readonly number[]): Storage;
  /** Index of the first largest element along an axis, as `int32`; NaN counts as the largest. The axis stays, with length 1. */
  argmax(x: View, axis: number): Storage;

  // Linear algebra
  /** `[…, m, k] × [… , k, n] → […, m, n]`, floats; the leading axes are equal. */
  matmul(a: View, b: View): Storage;

  // Movement
  /** The view's elements in order. */
  copy(x: View): Storage;
  /** Puts `value` around the tensor. */
  pad(x: View, padding: readonly Padding[], value: number): Storage;
  /** One after the other along an axis. */
  concat(inputs: readonly View[], axis: number): Storage;
  /** `x` at `indices` (`int32`, any shape) along an axis: that axis gives way to the indices' axes. */
  gather(x: View, indices: View, axis: number): Storage;
  /** The adjoint of `gather`: zeros of `size` along the axis, with each slice of `x` added where its index says. */
  scatterAdd(x: View, indices: View, axis: number, size: number): Storage;
  /** The patches under a sliding window as columns: `[n, c, h, w] → [n, c·kh·kw, positions]`. */
  unfold(x: View, window: Window): Storage;
  /** The adjoint of `unfold`: patches added back into an image of `size`: `[n, c·kh·kw, positions] → [n, c, h, w]`. */
  fold(x: View, window: Window, size: readonly [height: number, width: number]): Storage;

  /** Faster versions of what `tensor` can also compose from the above. Each is optional. */
  readonly fused?: { readonly [O in FusedOp]?: FusedMethod<O> };
}
