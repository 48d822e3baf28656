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
import { createWasm, type WasmBackend } from "@dlcc/wasm";
import type { BlasBackend, BlasInfo } from "./create.ts";
import { concernsDoubles, Doubles } from "./doubles.ts";
import type { Blas, Gemm } from "./find.ts";
import type { Opener } from "./foreign.ts";
import { productOf } from "./product.ts";
import { selfTest } from "./self-test.ts";
import { slowness } from "./speed.ts";

/**
 * Below this number of multiplications a product is left to wasm. Both take about a microsecond to be called; so small a
 * product takes either of them less.
 */
const leastWork = 4096;

/** The library's product of float64, with threads of the library's own: for all else it has one. */
function withThreads({ known, dgemm }: Blas, threads: number): Gemm {
  const setThreads = known?.setThreads;
  if (!setThreads) return dgemm;
  return (...operands) => {
    setThreads(threads);
    dgemm(...operands);
    setThreads(1);
  };
}

/** Makes a backend of a library, and tests it. Returns the backend, or what is wrong with the library. */
export async function backendOn(blas: Blas, threads: number, opener: Opener): Promise<BlasBackend | string> {
  const { known, file } = blas;
  // The library's own threads would wait for work at full speed, and take the cores from wasm's: wasm's share out the
  // products, too, and each calls the library. Of an unknown library nobody can say how many threads it has: it keeps them.
  known?.setThreads?.(1);
  const wasm = await createWasm({ threads: known ? threads : 1, product: productOf(blas, opener, leastWork) });
  const backend = combine(wasm, new Doubles(wasm, withThreads(blas, threads), opener.address), {
    library: known?.name ?? file,
    version: known?.version ?? "unknown",
    ...(known?.kernel !== undefined && { kernel: known.kernel }),
    ...(known && { threads: wasm.info.threads }),
    ...(wasm.info.note !== undefined && { note: wasm.info.note }),
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
    borrow: (view) => ((view.dtype === "float64" ? cpu : wasm).borrow as NonNullable<Backend["borrow"]>)(view),
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
