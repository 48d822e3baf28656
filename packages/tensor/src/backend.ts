/**
 * The contract between tensors and the device that computes them.
 *
 * A backend is an object that is handed in. It stores flat arrays of numbers and has a kernel for each of a small set of
 * ops; that set is closed under differentiation, so a backend that has these can train any network. It never sees a
 * `Tensor`: it gets views (a storage, and how to walk through it) and gives back storages. Shapes, dtypes and
 * broadcasting have been checked and settled before it is called, once for all backends, by `apply`.
 *
 * The rules:
 * 1. Every result is a fresh storage, contiguous in row-major order, of the shape and dtype that the op implies.
 *    Inputs are never changed; only a fused step may reuse the ones that it is told it may.
 * 2. Inputs come with any strides: negative after a flip, 0 where they are broadcast.
 * 3. Methods and kernels return at once. A device that is asynchronous keeps one queue, first in first out: `free` is a job in it,
 *    and a job that fails poisons what depends on it and surfaces at the next `read`, with the op's name.
 * 4. A view is valid during the call only; the storage is valid until `free`.
 * 5. As `int32`, a float is cut towards zero; beyond 32 bits it is the nearest end of the range, and NaN is 0. Sums and products
 *    of `int32` wrap: they are exact modulo 2³². A device that can't have these refuses, at the next `read`.
 *
 * What it is not for: shapes, gradients, memory management, randomness. Those live above it, and are the same on all.
 */

import type { DType, TypedArray } from "./dtype.ts";
import type { Finalizer } from "./finalizer.ts";
import type { Composite } from "./op.ts";
import type { Attributes, FusedOp, Inputs, Op, PrimitiveOp } from "./signatures.ts";

/** A backend's memory for the elements of tensors: opaque to everyone else. */
export type Storage = object;

/** A storage and how to walk through it: element `(i, j, …)` is at `offset + i·strides[0] + j·strides[1] + …`. */
export interface View {
  /** The backend's own record of where the numbers are. */
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

/** An operand: a view, or a number literal, which has the view's dtype and stands for every element. */
export type Operand = View | number;

/** The elementwise functions of one input. `relu`, `sign`, `abs` and `neg` take `int32`, too; the others take floats. */
export const unaryOps = [
  "neg",
  "abs",
  "sign",
  "sqrt",
  "exp",
  "expm1",
  "log",
  "log1p",
  "log2",
  "sin",
  "cos",
  "tan",
  "asin",
  "acos",
  "atan",
  "sinh",
  "cosh",
  "tanh",
  "floor",
  "ceil",
  "round",
  "trunc",
  "erf",
  "relu",
  "sigmoid",
  "softplus",
] as const;
/** The name of an elementwise function of one input. */
export type UnaryOp = (typeof unaryOps)[number];

/** The elementwise functions of two inputs of one dtype, which the result has, too. */
export const arithmeticOps = [
  "add",
  "sub",
  "mul",
  "div",
  "pow",
  "maximum",
  "minimum",
  "floorDivide",
  "mod",
  "atan2",
] as const;
/** The name of an elementwise function of two inputs. */
export type ArithmeticOp = (typeof arithmeticOps)[number];

/** The elementwise comparisons of two inputs of one dtype. The result is `bool`. */
export const comparisonOps = ["equal", "less", "greater"] as const;
/** The name of an elementwise comparison. */
export type ComparisonOp = (typeof comparisonOps)[number];

/** The name of an elementwise function or comparison of two inputs. */
export type BinaryOp = ArithmeticOp | ComparisonOp;

/** The reductions: many numbers into one. `max` and `min` propagate NaN. */
export const reduceOps = ["sum", "max", "min"] as const;
/** The name of a reduction. */
export type ReduceOp = (typeof reduceOps)[number];

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

/** The inputs of an op as a backend sees them: views, and numbers where a literal stands for every element. */
export type Views<O extends Op> = ViewsOf<Inputs<O>>;
type ViewsOf<I extends readonly unknown[]> = { readonly [K in keyof I]: number extends I[K] ? Operand : View };

/**
 * Computes an op: gives a fresh storage for each of its results. `reuse[i]` says that nobody else holds `inputs[i]`: the
 * step of an optimizer may overwrite its storage (row-major, from its beginning) and give it back as a result.
 */
export type Kernel<O extends Op> = (
  attributes: Attributes<O>,
  inputs: Views<O>,
  reuse: readonly boolean[],
) => readonly Storage[];

/** A device that stores numbers and computes with them. */
export interface Backend {
  /** The name in messages and in `tensor.backend.name`. */
  readonly name: string;
  /** The dtypes that it supports: `float32`, `int32` and `bool` always. */
  readonly dtypes: readonly DType[];
  /** Where the garbage collector does not see the storages: what frees those of forgotten tensors. */
  readonly finalizer?: Finalizer;

  // Storage
  /** Copies a host array into a new storage; the caller keeps the array. */
  upload(data: TypedArray, dtype: DType): Storage;
  /**
   * Throws if there is no room for `size` elements, where the device can tell: it is asked before a host array is filled
   * that `upload` would then refuse.
   */
  assertRoom?(size: number, dtype: DType): void;
  /** The elements of a view, in order, as a fresh array that the caller owns. What was asked for before has happened. */
  read(view: View): Promise<TypedArray>;
  /** The same at once, where the device can. */
  readSync?(view: View): TypedArray;
  /**
   * The elements of a view that lie in order, where they are: no copy, where the device's memory is the host's. It is for
   * libraries that work in that memory, and valid until something is allocated. To write there, hold the only reference.
   */
  borrow?(view: View): TypedArray;
  /** Gives a storage back; jobs that were asked for before still see it. */
  free(storage: Storage): void;
  /** Resolves when all that was asked for is done. */
  flush(): Promise<void>;

  // Computing
  /**
   * The kernel that computes an op, which it knows by its `name`. It must return a kernel for every primitive. For a
   * fused op it may return undefined; then `composites` must have that op. `kernelsOf` makes this of an object with a
   * method for each kind of op: that is the convenient way to write a backend.
   */
  kernel<O extends PrimitiveOp | FusedOp>(op: Computed<O>): Kernel<O> | undefined;
  /** How to do without the fused ops that it lacks: `composites` of this package. Not asked where there is a kernel. */
  readonly composites?: { readonly [O in FusedOp]?: Composite<O> };
}

/** An op as backends see it. */
export interface Computed<O extends PrimitiveOp | FusedOp> {
  /** What a backend knows it by. */
  readonly name: O;
  /** How the cpu backend computes it, over host arrays. Only that backend uses it: its kernels travel with the ops. */
  readonly kernel?: Kernel<O>;
}
