/// <reference lib="esnext.disposable" preserve="true" />
import type { Backend, Storage, View } from "./backend.ts";
import type { DType, TypedArray } from "./dtype.ts";
import { BackendError, DisposedError, ShapeError, show } from "./errors.ts";
import { brand } from "./is-tensor.ts";
import { register, StorageRef } from "./memory.ts";
import { tracer } from "./observer.ts";
import type { ViewGeometry } from "./op.ts";
import { relu, sigmoid, tanh } from "./ops/activations.ts";
import { add, div, mul, sub } from "./ops/arithmetic.ts";
import { assertDType } from "./ops/checks.ts";
import { equal, greater, less } from "./ops/comparison.ts";
import { cast, exp, log, neg } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { mean, type ReduceOptions, sum } from "./ops/reduction.ts";
import { broadcastTo, reshape, transpose } from "./ops/views.ts";
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
 * It refers to a storage that the backend owns: views (`transpose`, `slice`, `broadcastTo`, `reshape`) share it. Ops
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
export class Tensor {
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
  /** The number of the value: recorders know it by this. All tensors of one value share it. */
  readonly id: number;
  #ref: StorageRef | undefined;
  /** Whether it is registered with the finalizer: a flag, as unregistering is slow and most tensors never leave a scope. */
  #registered = false;

  private constructor(ref: StorageRef, view: Omit<View, "storage">, id: number = ++values) {
    ref.retain();
    this.#ref = ref;
    this.backend = ref.backend;
    this.dtype = view.dtype;
    this.shape = view.shape;
    this.strides = view.strides;
    this.offset = view.offset;
    this.id = id;
    tracer?.made(this);
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

  /**
   * The backend's storage. Throws `DisposedError` if this tensor was disposed of.
   *
   * @internal
   */
  get storage(): Storage {
    return this.ref.storage;
  }

  /**
   * The storage with the number of references to it.
   *
   * @internal
   */
  get ref(): StorageRef {
    return this.#ref ?? this.refuse("reading");
  }

  /**
   * The error for using this tensor after it was disposed of.
   *
   * @internal
   */
  refuse(op: string): never {
    throw new DisposedError(
      `${op}: this tensor, ${this.dtype} ${show(this.shape)}, ${tracer?.storyOf(this) || "was disposed of: by dispose(), or at the end of the tidy, the training step or the minibatch that it was made in"}. Return it from tidy, or keep() it`,
    );
  }

  /** Whether it was disposed of. */
  get disposed(): boolean {
    return this.#ref === undefined;
  }

  /** Releases its reference to the storage: this tensor can't be used any more; views of it can. Harmless when repeated. */
  dispose(): void {
    const ref = this.#ref;
    if (!ref) return;
    this.#ref = undefined;
    tracer?.disposed(this);
    if (this.#registered) ref.backend.finalizer?.unregister(this);
    ref.release();
  }

  /** `using x = …` disposes of it at the end of the block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** The same value as a constant: a view of its storage that no tape connects with what it was computed from. */
  detach(): Tensor {
    return this.viewAs(this);
  }

  /**
   * The same value once more, outside of all scopes: for tapes and parameters, which dispose of it themselves.
   *
   * @internal
   */
  retain(): Tensor {
    return new Tensor(this.ref, this, this.id);
  }

  /**
   * The same value once more, in the scope that is open.
   *
   * @internal
   */
  alias(): Tensor {
    const alias = this.retain();
    register(alias);
    return alias;
  }

  /**
   * Called when it is in no scope: where the garbage collector does not see its storage, the finalizer watches it.
   *
   * @internal
   */
  leaveScopes(): void {
    this.backend.finalizer?.register(this, this.ref);
    this.#registered = true;
  }

  // Tensors make tensors: ops need the class as a type alone.

  /**
   * A new tensor with a reference to a storage, in the scope that is open; `fromStorage` is for everybody else.
   *
   * @internal
   */
  static over(ref: StorageRef, view: Omit<View, "storage">): Tensor {
    const tensor = new Tensor(ref, view);
    register(tensor);
    return tensor;
  }

  /**
   * A new tensor on this one's backend, over a contiguous storage that the backend has just made.
   *
   * @internal
   */
  make(storage: Storage, dtype: DType, shape: readonly number[]): Tensor {
    return fromStorage(this.backend, storage, dtype, shape);
  }

  /**
   * A new tensor on this one's backend, with the contents of a host array.
   *
   * @internal
   */
  upload(data: TypedArray, dtype: DType, shape: readonly number[]): Tensor {
    return fromData(data, dtype, shape, this.backend);
  }

  /**
   * A new value in this one's storage.
   *
   * @internal
   */
  viewAs({ shape, strides, offset = this.offset }: ViewGeometry): Tensor {
    return Tensor.over(this.ref, { dtype: this.dtype, shape, strides, offset });
  }

  /**
   * A new value whose elements a backend has written over the old ones: contiguous, from the storage's beginning.
   *
   * @internal
   */
  overwritten(): Tensor {
    return this.viewAs({ shape: this.shape, strides: contiguousStrides(this.shape), offset: 0 });
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
      throw new ShapeError(
        `item: the tensor must have one element, got ${this.size} in ${show(this.shape)}: use data() or array()`,
      );
    }
    return (await this.data())[0] as number;
  }

  /** The elements as nested arrays; a number for a scalar. `array<number[][]>()` gives the depth, where you know it. */
  async array<A extends NestedArray = NestedArray>(): Promise<A> {
    return nest(await this.data(), this.shape) as A;
  }

  /**
   * The same value on another backend. On its own backend it is this tensor itself.
   *
   * @throws {BackendError} if that backend does not support this dtype.
   */
  async to(backend: Backend): Promise<Tensor> {
    if (backend === this.backend) return this;
    assertRoom(backend, this.size, this.dtype);
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
    return cast(this, dtype);
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
    Object.defineProperties(Tensor.prototype, {
      [brand]: { value: true },
      // What `console.log` prints in Node.
      [Symbol.for("nodejs.util.inspect.custom")]: { value: Tensor.prototype.toString },
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
  return Tensor.over(new StorageRef(backend, storage), {
    dtype,
    shape,
    strides: contiguousStrides(shape),
    offset: 0,
  });
}

/**
 * A tensor as backends see it: a storage with shape and strides. For code that calls a backend directly.
 *
 * @throws {DisposedError} if the tensor was disposed of.
 * @example
 * ```ts
 * import { cpu, tensor, viewOf } from "@dlcc/tensor";
 * console.log(await cpu.read(viewOf(tensor([1, 2])))); // → Float32Array(2) [ 1, 2 ]
 * ```
 */
export function viewOf(tensor: Tensor): View {
  const { storage, dtype, shape, strides, offset } = tensor;
  return { storage, dtype, shape, strides, offset };
}

/** Checks that it is a backend, and that it has this dtype. */
function assertBackend(backend: Backend, dtype: DType): void {
  if (typeof backend.upload !== "function") {
    throw new BackendError(`the backend must be an object, such as cpu, got ${JSON.stringify(backend)}`);
  }
  assertDType("upload", backend, dtype);
}

/** Checks, as far as can be told, that a backend takes so many elements: before the host makes them. */
export function assertRoom(backend: Backend, size: number, dtype: DType): void {
  assertBackend(backend, dtype);
  backend.assertRoom?.(size, dtype);
}

/** A new tensor with the contents of a host array, which is copied. */
export function fromData(data: TypedArray, dtype: DType, shape: readonly number[], backend: Backend): Tensor {
  assertBackend(backend, dtype);
  return fromStorage(backend, backend.upload(data, dtype), dtype, shape);
}

function nest(data: TypedArray, shape: readonly number[], offset = 0, axis = 0): NestedArray {
  if (axis === shape.length) return data[offset] as number;
  const stride = sizeOf(shape.slice(axis + 1));
  const items: NestedArray[] = [];
  for (let i = 0; i < (shape[axis] as number); i++) items.push(nest(data, shape, offset + i * stride, axis + 1));
  return items;
}
