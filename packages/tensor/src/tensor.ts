/// <reference lib="esnext.disposable" preserve="true" />
import { apply } from "./apply.ts";
import type { Backend, Storage, View } from "./backend.ts";
import { needDType } from "./checks.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { BackendError, DisposedError, ShapeError, show } from "./errors.ts";
import { Holding, register } from "./memory.ts";
import { add, div, equal, exp, greater, less, log, mul, neg, relu, sigmoid, sub, tanh } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { broadcastTo, reshape, transpose } from "./ops/movement.ts";
import { mean, type ReduceOptions, sum } from "./ops/reduction.ts";
import { cast as castTo } from "./primitives/elementwise.ts";
import { summarize } from "./print.ts";
import { contiguousStrides, sizeOf } from "./shape.ts";

/** Numbers nested as deep as the tensor has axes; a plain number for a scalar. */
export type NestedArray = number | readonly NestedArray[];

/** What binary ops take: a tensor, or a number literal, which takes the other's dtype. */
export type TensorLike = Tensor | number;

/** How many values there have been: each gets a number, which all tensors of that value share. */
let values = 0;

/**
 * An immutable array of numbers with a shape, a dtype and a backend.
 *
 * It is a claim on a storage that the backend owns: views (`transpose`, `slice`, `broadcastTo`, `reshape`) share it. Ops
 * run where their inputs are and give new tensors. Make one with `tensor`, `zeros`, `randn` and the like; read it
 * with `await t.data()`, `await t.item()`, `await t.array()`.
 *
 * @example
 * ```ts
 * import { tensor } from "@dlcc/tensor";
 *
 * const x = tensor([[1, 2], [3, 4]]);
 * const y = x.matmul(x).add(0.5).relu();
 * console.log(y.shape); // → [ 2, 2 ]
 * console.log(await y.array()); // → [ [ 7.5, 10.5 ], [ 15.5, 22.5 ] ]
 * ```
 */
export class Tensor implements View {
  /** The lengths of the axes; `[]` for a scalar. */
  readonly shape: readonly number[];
  /** The type of its elements. */
  readonly dtype: DType;
  /** Where it lives, and where ops on it run. */
  readonly backend: Backend;
  /** How far apart neighbours along each axis are in the storage, in elements. */
  readonly strides: readonly number[];
  /** Where in the storage the first element is. */
  readonly offset: number;
  /** The number of the value: what tapes know it by. All handles of one value share it. */
  readonly id: number;
  #holding: Holding | undefined;
  /** Whether the finalizer minds it. To ask the finalizer takes longer, and most tensors live and die in a scope. */
  #minded = false;

  /** For `apply` and for those who make tensors of storages; use `fromStorage`. */
  constructor(holding: Holding, view: Omit<View, "storage">, id: number = ++values) {
    holding.claims++;
    this.#holding = holding;
    this.backend = holding.backend;
    this.dtype = view.dtype;
    this.shape = view.shape;
    this.strides = view.strides;
    this.offset = view.offset;
    this.id = id;
  }

  /** How many axes it has. */
  get rank(): number {
    return this.shape.length;
  }

  /** How many elements it has. */
  get size(): number {
    return sizeOf(this.shape);
  }

  // Memory

  /** The backend's storage. Throws `DisposedError` when this tensor has given its claim back. */
  get storage(): Storage {
    return this.holding.storage;
  }

  /** The storage with its claims; for ops that make views. */
  get holding(): Holding {
    return this.#holding ?? this.refuse("reading");
  }

  /** Says that it can't be used any more, and for what it was wanted. */
  refuse(op: string): never {
    throw new DisposedError(
      `${op}: this tensor, ${this.dtype} ${show(this.shape)}, was disposed of: by dispose(), or at the end of the tidy, the training step or the minibatch that it was made in. Return it from tidy, or keep() it`,
    );
  }

  /** Whether its claim has been given back. */
  get disposed(): boolean {
    return this.#holding === undefined;
  }

  /** Gives the claim back: this tensor can't be used any more; views of it can. Harmless when repeated. */
  dispose(): void {
    const holding = this.#holding;
    if (!holding) return;
    this.#holding = undefined;
    if (this.#minded) holding.backend.finalizer?.unregister(this);
    holding.release();
  }

  /** `using x = …` disposes of it at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Another claim on the same value, outside of all scopes: for tapes and parameters, which give it back themselves. */
  claimed(): Tensor {
    return new Tensor(this.holding, this, this.id);
  }

  /** Another tensor of the same value, which belongs to the scope that is open. */
  alias(): Tensor {
    const alias = this.claimed();
    register(alias);
    return alias;
  }

  /** A new value with the same elements, in the scope that is open: tapes know it by a number of its own. */
  renewed(): Tensor {
    return viewOf(this, this.shape, this.strides);
  }

  /** A new value whose elements a backend has written over the old ones: contiguous, from the storage's beginning. */
  overwritten(): Tensor {
    return viewOf(this, this.shape, contiguousStrides(this.shape), 0);
  }

  /** Called when it is in no scope: where the garbage collector does not see its storage, the finalizer minds it. */
  leaveScopes(): void {
    this.backend.finalizer?.register(this, this.holding);
    this.#minded = true;
  }

  // Reading

  /** The elements in row-major order, in a fresh array. */
  async data(): Promise<TypedArray> {
    return this.backend.read(this);
  }

  /** The elements at once. Throws `BackendError` where the device can't, as on a GPU. */
  dataSync(): TypedArray {
    if (this.backend.readSync) return this.backend.readSync(this);
    throw new BackendError(
      `dataSync: the backend ${this.backend.name} can't be read at once: use await t.data() or t.to(cpu)`,
    );
  }

  /** The number in a tensor of one element; `bool` reads as 0 or 1. */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(`item: ${show(this.shape)} has ${this.size} elements, not one: use data() or array()`);
    }
    return (await this.data())[0] as number;
  }

  /** The elements as nested arrays; a number for a scalar. `array<number[][]>()` says how deep, where you know it. */
  async array<A extends NestedArray = NestedArray>(): Promise<A> {
    return nest(await this.data(), this.shape) as A;
  }

  /**
   * The same value on another backend. On its own backend it is this tensor itself.
   *
   * @throws {BackendError} if that backend can't hold this dtype.
   */
  async to(backend: Backend): Promise<Tensor> {
    if (backend === this.backend) return this;
    return fromData(await this.data(), this.dtype, this.shape, backend);
  }

  // Elementwise: see the functions of the same names.

  /** See {@link add}. */
  add(other: TensorLike): Tensor {
    return add(this, other);
  }
  /** See {@link sub}. */
  sub(other: TensorLike): Tensor {
    return sub(this, other);
  }
  /** See {@link mul}. */
  mul(other: TensorLike): Tensor {
    return mul(this, other);
  }
  /** See {@link div}. */
  div(other: TensorLike): Tensor {
    return div(this, other);
  }
  /** See {@link equal}. */
  equal(other: TensorLike): Tensor {
    return equal(this, other);
  }
  /** See {@link less}. */
  less(other: TensorLike): Tensor {
    return less(this, other);
  }
  /** See {@link greater}. */
  greater(other: TensorLike): Tensor {
    return greater(this, other);
  }
  /** See {@link neg}. */
  neg(): Tensor {
    return neg(this);
  }
  /** See {@link exp}. */
  exp(): Tensor {
    return exp(this);
  }
  /** See {@link log}. */
  log(): Tensor {
    return log(this);
  }
  /** See {@link relu}. */
  relu(): Tensor {
    return relu(this);
  }
  /** See {@link sigmoid}. */
  sigmoid(): Tensor {
    return sigmoid(this);
  }
  /** See {@link tanh}. */
  tanh(): Tensor {
    return tanh(this);
  }
  /** See {@link cast}. */
  cast(dtype: DType): Tensor {
    return dtype === this.dtype ? this.alias() : apply(castTo, { dtype }, this);
  }

  // Reduction

  /** See {@link sum}. */
  sum(axes?: number | readonly number[], options?: ReduceOptions): Tensor {
    return sum(this, axes, options);
  }
  /** See {@link mean}. */
  mean(axes?: number | readonly number[], options?: ReduceOptions): Tensor {
    return mean(this, axes, options);
  }

  // Linear algebra and movement

  /** See {@link matmul}. */
  matmul(other: Tensor): Tensor {
    return matmul(this, other);
  }
  /** See {@link reshape}. */
  reshape(shape: readonly number[]): Tensor {
    return reshape(this, shape);
  }
  /** See {@link transpose}. */
  transpose(first?: number, second?: number): Tensor {
    return transpose(this, first, second);
  }
  /** See {@link broadcastTo}. */
  broadcastTo(shape: readonly number[]): Tensor {
    return broadcastTo(this, shape);
  }

  /** Shape, dtype and backend, with the values where they can be read at once; long tensors are shortened. */
  toString(): string {
    return summarize(this);
  }

  static {
    // What `console.log` prints in Node.
    Object.defineProperty(Tensor.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Tensor) {
        return this.toString();
      },
    });
  }
}

/**
 * A new tensor over a storage that a backend has just made: contiguous, in the scope that is open. For those who extend
 * dlcc; `tensor` is for everybody else.
 *
 * @example
 * ```ts
 * import { cpu, fromStorage } from "@dlcc/tensor";
 * const storage = Float32Array.of(1, 2, 3, 4); // a typed array is what `cpu` stores in
 * console.log(await fromStorage(cpu, storage, "float32", [2, 2]).array()); // → [ [ 1, 2 ], [ 3, 4 ] ]
 * ```
 */
export function fromStorage(backend: Backend, storage: Storage, dtype: DType, shape: readonly number[]): Tensor {
  const holding = new Holding(backend, storage);
  const result = new Tensor(holding, { dtype, shape, strides: contiguousStrides(shape), offset: 0 });
  register(result);
  return result;
}

/** A new tensor with the contents of a host array, which is copied. */
export function fromData(data: TypedArray, dtype: DType, shape: readonly number[], backend: Backend): Tensor {
  if (typeof backend.upload !== "function") {
    throw new BackendError(`${JSON.stringify(backend)} is no backend: a backend is an object, such as cpu`);
  }
  needDType("upload", backend, dtype);
  return fromStorage(backend, backend.upload(data, dtype), dtype, shape);
}

/** A tensor that shares its input's storage, in the scope that is open. */
export function viewOf(
  input: Tensor,
  shape: readonly number[],
  strides: readonly number[],
  offset: number = input.offset,
): Tensor {
  const { holding, dtype } = input;
  const view = new Tensor(holding, { dtype, shape, strides, offset });
  register(view);
  return view;
}

function nest(data: TypedArray, shape: readonly number[], offset = 0, axis = 0): NestedArray {
  if (axis === shape.length) return data[offset] as number;
  const stride = sizeOf(shape.slice(axis + 1));
  const items: NestedArray[] = [];
  for (let i = 0; i < (shape[axis] as number); i++) items.push(nest(data, shape, offset + i * stride, axis + 1));
  return items;
}
