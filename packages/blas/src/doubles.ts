/**
 * float64, which the wasm backend lacks: in host arrays, by the cpu backend's kernels, with the library's product of
 * matrices. An op that mixes dtypes, such as a comparison or a cast, moves the others in and out.
 */
import {
  add,
  advance,
  type Backend,
  type Computed,
  contiguousStrides,
  cpu,
  type DType,
  type FusedOp,
  matmul,
  type Operand,
  type PrimitiveOp,
  relu,
  type Storage,
  sigmoid,
  sizeOf,
  type TypedArray,
  tanh,
  type View,
} from "@dlcc/tensor";
import type { Gemm } from "./find.ts";
import { layoutOf } from "./product.ts";

/** What is computed for float64 alone is smaller than this on the cpu backend: a product's number of multiplications. */
const leastWork = 4096;

/** Any kernel: what differs between them is settled by the op. */
type AnyKernel = (attributes: unknown, inputs: readonly Operand[], reuse: readonly boolean[]) => readonly Storage[];

const isDouble = (operand: unknown): boolean => (operand as Partial<View>).dtype === "float64";

/** A contiguous view of an array. */
const viewOf = (storage: TypedArray, dtype: DType, shape: readonly number[]): View => ({
  storage,
  dtype,
  shape,
  strides: contiguousStrides(shape),
  offset: 0,
});

/** The same elements, walked through in another way. */
const seenAs = ({ storage, dtype, offset }: View, shape: readonly number[], strides: readonly number[]): View => ({
  storage,
  dtype,
  shape,
  strides,
  offset,
});

/** Whether an op has to do with float64: an input is, or the result of a cast. */
export const concernsDoubles = (attributes: unknown, inputs: readonly unknown[]): boolean =>
  inputs.some(isDouble) || (attributes as { readonly dtype?: DType }).dtype === "float64";

/** The products of a library, as kernels over host arrays. */
export class Doubles {
  readonly #device: Backend;
  readonly #dgemm: Gemm;
  readonly #address: (array: ArrayBufferView) => number;

  /** `device` has the tensors of the other dtypes. */
  constructor(device: Backend, dgemm: Gemm, address: (array: ArrayBufferView) => number) {
    this.#device = device;
    this.#dgemm = dgemm;
    this.#address = address;
  }

  /** The kernel of an op of which `concernsDoubles` is true. */
  kernel<O extends PrimitiveOp | FusedOp>(op: Computed<O>): AnyKernel {
    const own: { readonly [name: string]: AnyKernel } = {
      matmul: (_, [a, b]) => [this.#product(a as View, b as View)],
      linear: (attributes, inputs) => [this.#linear(attributes, inputs as readonly View[])],
    };
    const kernel = own[op.name] ?? (op.kernel as AnyKernel | undefined) ?? (cpu.kernel(op) as unknown as AnyKernel);
    return (attributes, inputs, reuse) => {
      const here = inputs.map((input) =>
        typeof input === "number" || isDouble(input) ? input : viewOf(this.#read(input), input.dtype, input.shape),
      );
      return kernel(attributes, here, reuse).map((storage) => this.#put(storage as TypedArray));
    };
  }

  #read(view: View): TypedArray {
    return (this.#device.readSync as (view: View) => TypedArray)(view);
  }

  /** float64 stays; what has another dtype goes to where that is kept. */
  #put(array: TypedArray): Storage {
    if (array instanceof Float64Array) return array;
    const dtype = array instanceof Float32Array ? "float32" : array instanceof Int32Array ? "int32" : "bool";
    return this.#device.upload(array, dtype);
  }

  #product(a: View, b: View): Float64Array {
    const rank = a.shape.length;
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape[rank - 1] as number;
    const left = layoutOf(m, k, a.strides[rank - 2] as number, a.strides[rank - 1] as number);
    const right = layoutOf(k, n, b.strides[rank - 2] as number, b.strides[rank - 1] as number);
    const batch = a.shape.slice(0, -2);
    const count = sizeOf(batch);
    if (m * n * k < leastWork || !left || !right || count === 0) {
      return (kernelOf(matmul)({}, [a, b], []) as readonly Float64Array[])[0] as Float64Array;
    }
    const out = new Float64Array(count * m * n);
    const [x, y, to] = [a.storage, b.storage, out].map((array) => this.#address(array as Float64Array)) as [
      number,
      number,
      number,
    ];
    const starts = [a.offset, b.offset];
    const counter = new Array<number>(batch.length).fill(0);
    const strides = [a.strides.slice(0, -2), b.strides.slice(0, -2)];
    for (let i = 0; i < count; i++) {
      const [p, q] = starts as [number, number];
      const transposed = [left.transposed, right.transposed] as const;
      this.#dgemm(transposed, [m, n, k], x + 8 * p, left.row, y + 8 * q, right.row, to + 8 * i * m * n, n);
      advance(batch, strides, counter, starts);
    }
    return out;
  }

  /** activation(x · weightᵀ + bias) */
  #linear(attributes: unknown, [x, weight, bias]: readonly View[]): Storage {
    const { activation } = attributes as { readonly activation?: "relu" | "sigmoid" | "tanh" };
    const [w, input] = [weight as View, x as View];
    const shape = [input.shape[0] as number, w.shape[0] as number];
    const turned = seenAs(w, [...w.shape].reverse(), [...w.strides].reverse());
    let out: Storage = this.#product(input, turned);
    const asView = (): View => viewOf(out as TypedArray, "float64", shape);
    if (bias) {
      const rows = seenAs(bias, shape, [0, bias.strides[0] as number]);
      out = kernelOf(add)({}, [asView(), rows], [])[0] as Storage;
    }
    if (activation) out = kernelOf({ relu, sigmoid, tanh }[activation])({}, [asView()], [])[0] as Storage;
    return out;
  }
}

const kernelOf = (op: { readonly kernel?: unknown }): AnyKernel => op.kernel as AnyKernel;
