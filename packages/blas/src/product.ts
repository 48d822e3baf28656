/** Products in the wasm backend's memory, by the library: each of its threads calls it for a part. */
import type { Matrix, Product } from "@dlcc/wasm";
import type { Blas } from "./find.ts";
import type { Opener } from "./foreign.ts";

/**
 * How BLAS reads a matrix: as it lies, or transposed, with one distance from row to row. It takes no other strides; then
 * the result is undefined, and the kernels of wasm, which take any, compute the product.
 */
export function layoutOf(
  rows: number,
  columns: number,
  rowStride: number,
  columnStride: number,
): { readonly transposed: boolean; readonly row: number } | undefined {
  // A stride along an axis of length 1 leads nowhere: it may be anything.
  const dense = columns === 1 || columnStride === 1;
  if (dense && (rows === 1 || rowStride >= columns))
    return { transposed: false, row: rows === 1 ? columns : rowStride };
  const turned = rows === 1 || rowStride === 1;
  if (turned && (columns === 1 || columnStride >= rows))
    return { transposed: true, row: columns === 1 ? rows : columnStride };
  return undefined;
}

/**
 * The product on a helper's thread: the same as `multiply` below, of a matrix that `layoutOf` has accepted, or of a part of
 * one. A shared memory doesn't move.
 */
const program = `(require, memory, { koffi, file, prototype, rowMajor, plain, transposed }) => {
  const { load, address } = require(koffi);
  const gemm = load(file).func(prototype);
  const base = Number(address(new Uint8Array(memory.buffer)));
  return (m, n, k, a, aRow, aColumn, b, bRow, bColumn, out, outRow) => {
    const ta = aColumn !== 1 && k !== 1, tb = bColumn !== 1 && n !== 1;
    gemm(
      rowMajor, ta ? transposed : plain, tb ? transposed : plain, m, n, k, 1,
      base + a, ta ? Math.max(aColumn, m) : Math.max(aRow, k),
      base + b, tb ? Math.max(bColumn, k) : Math.max(bRow, n),
      0, base + out, outRow,
    );
  };
}`;

/** The library's product in place of wasm's. @param leastWork The fewest multiplications that it takes. */
export function productOf({ sgemm, helpers }: Blas, { address, koffi }: Opener, leastWork: number): Product {
  return {
    takes: (m: number, n: number, k: number, a: Matrix, b: Matrix) =>
      m * n * k >= leastWork &&
      layoutOf(m, k, a.rowStride, a.columnStride) !== undefined &&
      layoutOf(k, n, b.rowStride, b.columnStride) !== undefined,
    multiply(memory) {
      let buffer: ArrayBufferLike | undefined;
      let base = 0;
      return (m, n, k, a, aRow, aColumn, b, bRow, bColumn, out, outRow) => {
        // A memory of one thread that grows may have moved.
        if (memory.buffer !== buffer) {
          buffer = memory.buffer;
          base = address(new Uint8Array(buffer));
        }
        const [ta, tb] = [aColumn !== 1 && k !== 1, bColumn !== 1 && n !== 1];
        const left = ta ? Math.max(aColumn, m) : Math.max(aRow, k);
        const right = tb ? Math.max(bColumn, k) : Math.max(bRow, n);
        sgemm([ta, tb], [m, n, k], base + a, left, base + b, right, base + out, outRow);
      };
    },
    program,
    data: { koffi, ...helpers },
  };
}
