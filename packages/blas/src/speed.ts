/** Is the library worth it? The reference BLAS can't be told by its functions; by its speed it can. */
import { type Backend, randn, tidy } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";

/** Rows, columns and terms of the product that is timed, and how often. */
const [size, times] = [192, 7];

/** The least time of a product, in milliseconds. */
const timeOn = (backend: Backend): number =>
  tidy(() => {
    const x = randn([size, size], { seed: 1, backend });
    const all = Array.from({ length: times }, () => {
      const start = performance.now();
      x.matmul(x);
      return performance.now() - start;
    });
    return Math.min(...all);
  });

/** What to say if wasm's own product takes less time. */
export async function slowness(backend: Backend): Promise<string | undefined> {
  const wasm = await createWasm({ threads: 1 });
  const ratio = timeOn(backend) / timeOn(wasm);
  wasm.dispose();
  if (ratio <= 1) return undefined;
  return `must be faster than wasm, but its product takes ${ratio.toFixed(1)} times as long; it may be the reference BLAS, which nobody tuned`;
}
