/** Products in the wasm backend's memory, by the library. */
import type { Matrix, Product } from "@dlcc/wasm";
import type { Gemm } from "./find.ts";

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
 * The product of matrices in a memory. `address` tells where an array is; a memory that grows has a new array, and may
 * have moved.
 */
export function productIn(
  memory: WebAssembly.Memory,
  sgemm: Gemm,
  address: (array: ArrayBufferView) => number,
  leastWork: number,
): Product {
  let buffer: ArrayBufferLike | undefined;
  let base = 0;
  return (m, n, k, a: Matrix, b: Matrix, out) => {
    if (m * n * k < leastWork) return false;
    const left = layoutOf(m, k, a.rowStride, a.columnStride);
    const right = layoutOf(k, n, b.rowStride, b.columnStride);
    if (!left || !right) return false;
    if (memory.buffer !== buffer) {
      buffer = memory.buffer;
      base = address(new Uint8Array(buffer));
    }
    const transposed = [left.transposed, right.transposed] as const;
    sgemm(transposed, [m, n, k], base + a.address, left.row, base + b.address, right.row, base + out);
    return true;
  };
}
