/** Does the library compute rightly? Its products, of all transposes and odd sizes, beside the cpu backend's. */
import { type Backend, cpu, matmul, randn, tidy } from "@dlcc/tensor";

/** Rounding errors are far smaller than these, relative to the largest element; a library that is farther off is broken. */
const tolerance = { float32: 1e-4, float64: 1e-12 } as const;

/** Sizes that fill no register and no block, and one row, one column, one term. */
const sizes: readonly (readonly [m: number, n: number, k: number])[] = [
  [33, 47, 65],
  [1, 129, 77],
  [131, 1, 79],
  [97, 101, 1],
  [5, 7, 301],
];

/** What is wrong with a backend's products, if something is, with the figure. */
export async function selfTest(backend: Backend): Promise<string | undefined> {
  for (const dtype of ["float32", "float64"] as const) {
    for (const [m, n, k] of sizes) {
      for (const [ta, tb] of [
        [false, false],
        [false, true],
        [true, false],
        [true, true],
      ] as const) {
        const error = largestError(...(await Promise.all([backend, cpu].map((where) => productOn(where)))));
        if (!(error <= tolerance[dtype])) {
          const which = `${dtype} ${m}×${k} × ${k}×${n}${ta ? ", first transposed" : ""}${tb ? ", second transposed" : ""}`;
          return `computes wrongly: the product ${which} is ${error.toExponential(1)} off, where ${tolerance[dtype]} is allowed`;
        }

        async function productOn(where: Backend): Promise<ArrayLike<number>> {
          const product = tidy(() => {
            const a = randn(ta ? [k, m] : [m, k], { seed: 1, dtype, backend: where });
            const b = randn(tb ? [n, k] : [k, n], { seed: 2, dtype, backend: where });
            return matmul(ta ? a.transpose() : a, tb ? b.transpose() : b);
          });
          const data = await product.data();
          product.dispose();
          return data;
        }
      }
    }
  }
  return undefined;
}

/** max |got − expected| / max |expected| */
function largestError(got: ArrayLike<number> = [], expected: ArrayLike<number> = []): number {
  let [worst, scale] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((got[i] ?? Number.NaN) - (expected[i] as number));
    if (!(difference <= worst)) worst = difference; // NaN stays.
    scale = Math.max(scale, Math.abs(expected[i] as number));
  }
  return worst / scale;
}
