/** The backend: tensors in wasm's memory, products by the library, float64 on the host. */
import {
  type Backend,
  type Computed,
  cpu,
  type FusedOp,
  type Kernel,
  type PrimitiveOp,
  type TypedArray,
  type View,
} from "@dlcc/tensor";
import { createWasm, type Product, type WasmBackend } from "@dlcc/wasm";
import type { BlasBackend, BlasInfo } from "./create.ts";
import { concernsDoubles, Doubles } from "./doubles.ts";
import type { Blas, Gemm } from "./find.ts";
import { productIn } from "./product.ts";
import { selfTest } from "./self-test.ts";
import { slowness } from "./speed.ts";

/**
 * Below this number of multiplications a product is left to wasm. Both take about a microsecond to be called; so small a
 * product takes either of them less.
 */
const leastWork = 4096;

/** How many threads each library has now, by its file: it has one number for the whole process, and backends may differ. */
const threadsNow = new Map<string, number>();

/** The library's product, with so many threads. */
function withThreads({ file, known, sgemm }: Blas, threads: number): Gemm {
  const setThreads = known?.setThreads;
  if (!setThreads) return sgemm;
  return (...operands) => {
    if (threadsNow.get(file) !== threads) {
      setThreads(threads);
      threadsNow.set(file, threads);
    }
    sgemm(...operands);
  };
}

/** Makes a backend of a library, and tests it. Returns the backend, or what is wrong with the library. */
export async function backendOn(
  blas: Blas,
  threads: number,
  address: (array: ArrayBufferView) => number,
): Promise<BlasBackend | string> {
  const { known, file } = blas;
  // The library's threads and wasm's helpers would take each other's cores: see the README.
  const product = (memory: WebAssembly.Memory): Product =>
    productIn(memory, withThreads(blas, threads), address, leastWork);
  const wasm = await createWasm({ threads: 1, product });
  const backend = combine(wasm, new Doubles(wasm, blas.dgemm, address), {
    library: known?.name ?? file,
    version: known?.version ?? "unknown",
    ...(known?.kernel !== undefined && { kernel: known.kernel }),
    ...(known?.setThreads && { threads }),
    file,
  });
  const fault = (await selfTest(backend)) ?? (known ? undefined : await slowness(backend));
  if (fault !== undefined) backend.dispose();
  return fault ?? backend;
}

/** One backend of two: float64 on the host, all else in wasm's memory. */
function combine(wasm: WasmBackend, doubles: Doubles, info: BlasInfo): BlasBackend {
  const kernels = new Map<string, unknown>();
  const readSync = (view: View): TypedArray =>
    ((view.dtype === "float64" ? cpu : wasm).readSync as NonNullable<Backend["readSync"]>)(view);
  return {
    name: "blas",
    dtypes: cpu.dtypes,
    ...(wasm.finalizer && { finalizer: wasm.finalizer }),
    info,
    get memory() {
      return wasm.memory;
    },
    dispose: () => wasm.dispose(),
    upload: (data, dtype) => (dtype === "float64" ? cpu : wasm).upload(data, dtype),
    assertRoom: (size, dtype) => (dtype === "float64" ? cpu : wasm).assertRoom?.(size, dtype),
    read: async (view) => readSync(view),
    readSync,
    free: (storage) => (storage instanceof Float64Array ? cpu : wasm).free(storage),
    flush: async () => {},
    kernel<O extends PrimitiveOp | FusedOp>(op: Computed<O>): Kernel<O> | undefined {
      let kernel = kernels.get(op.name) as Kernel<O> | undefined;
      if (!kernel) {
        const here = wasm.kernel(op);
        if (!here) return undefined;
        const there = doubles.kernel(op) as unknown as Kernel<O>;
        kernel = (attributes, inputs, reuse) =>
          (concernsDoubles(attributes, inputs as readonly unknown[]) ? there : here)(attributes, inputs, reuse);
        kernels.set(op.name, kernel);
      }
      return kernel;
    },
  };
}
