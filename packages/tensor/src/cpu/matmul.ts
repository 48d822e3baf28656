/**
 * The matrix product of the `cpu` backend: plain TypeScript, one thread, close to what a scalar processor can do.
 *
 * The textbook's three loops are slow for two reasons. Each multiplication waits for two loads from memory, and the
 * memory they come from is far away, as the matrices do not fit the cache. The cure for both is reuse, in three steps
 * that all fast libraries share (K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication",
 * 2008):
 *
 * 1. **Tiles.** The innermost loop computes a tile of 2 x 3 sums at a time. For each p it loads 2 numbers of `a` and 3
 *    of `b`, and makes 6 products from these 5 loads, where the textbook needs 12. The sums stay in registers.
 *
 *                              b: a panel, 3 columns
 *                                   [ . . . ]  p
 *                                   [ . . . ]  |
 *                                   [ . . . ]  v
 *        a: a panel, 2 rows    ┌─   - - - - -
 *        [ . . . . . . . . ]   │    [ . . . ]   out: a tile, 2 x 3
 *        [ . . . . . . . . ]   │    [ . . . ]
 *          p ->
 *
 * 2. **Panels.** The 2 rows are first copied ("packed") into a panel: the 2 numbers of p = 0, then those of p = 1, and
 *    so on, in the order in which the innermost loop reads them; so are the 3 columns. Strides matter to the copying
 *    alone, and a transposed operand costs nothing. Packing also widens float32 to float64, once for each element:
 *    JavaScript computes in float64, and would convert at each use.
 *
 * 3. **Blocks.** A block of rows of `a` is packed and stays in the processor's cache while the panels of `b` pass by.
 *    The summed index is cut, too, so that two panels fit the innermost cache.
 *
 * Edges need no loop of their own: a panel with too few lines repeats its last one, and the surplus sums are
 * dropped. Nothing is skipped, so that 0 * NaN is NaN, as it should be; and the order of a sum depends on k alone.
 */

import type { View } from "../backend.ts";
import type { TypedArray } from "../dtype.ts";
import { sizeOf } from "../shape.ts";
import { newStorage } from "./spare.ts";
import { offsetsOf } from "./walk.ts";

/** The operands and the result of a product. */
export type FloatArray = Float32Array | Float64Array;

/** One matrix operand: element (i, j) is `data[offset + i * rowStride + j * columnStride]`. */
export interface Matrix {
  readonly data: TypedArray;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Two axes of a view as a matrix; swapped axes are its transpose. */
export const matrixOf = (view: View, rowAxis: number, columnAxis: number): Matrix => ({
  data: view.storage as TypedArray,
  offset: view.offset,
  rowStride: view.strides[rowAxis]!,
  columnStride: view.strides[columnAxis]!,
});

/**
 * Rows and columns of a tile. Measured on V8 (Node 20), the micro-kernel alone, on one core of an EPYC, in GFLOP/s: 2 x 3
 * 10.2, 3 x 2 9.5, 3 x 3 5.4, 2 x 4 4.9, 3 x 4 6.3, 4 x 4 6.2. V8 computes all products of a round before it adds the
 * first one, so 6 sums, 6 products and 3 numbers of `b` are as many as the 16 registers hold; any larger tile spills.
 */
const tileRows = 2;
const tileColumns = 3;

/**
 * Rows of a block and length of a panel; powers of two, as the masks below need. A block takes 256 KiB, a panel 6 KiB.
 * Measured: 128 or 256 rows and a depth of 128 to 1024 differ by no more than noise, so they are small.
 */
const blockRows = 128;
const blockDepth = 256;

let kernel: ReturnType<typeof createKernel> | undefined;

/**
 * The matrix product: `out[outOffset + i * n + j] = sum_p a(i, p) * b(p, j)` for 0 <= i < m, 0 <= j < n, summed over
 * 0 <= p < k. Sums are kept in float64, and rounded to the type of `out` after each `blockDepth` of p. That region of
 * `out` is overwritten; it must not overlap the operands. Strides may be anything, 0 and negative too.
 */
export function multiply(
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  out: FloatArray,
  outOffset: number,
): void {
  kernel ??= createKernel();
  const { block, panel, sums, multiplyPanels } = kernel;
  out.fill(0, outOffset, outOffset + m * n);
  for (let i = 0; i < m; i += blockRows) {
    const rows = Math.min(blockRows, m - i);
    for (let p = 0; p < k; p += blockDepth) {
      const depth = Math.min(blockDepth, k - p);
      for (let y = 0; y < rows; y += tileRows) {
        const from = a.offset + (i + y) * a.rowStride + p * a.columnStride;
        pack(block, y * depth, tileRows, depth, a.data, from, a.rowStride, a.columnStride, rows - y);
      }
      for (let j = 0; j < n; j += tileColumns) {
        const from = b.offset + p * b.rowStride + j * b.columnStride;
        pack(panel, 0, tileColumns, depth, b.data, from, b.columnStride, b.rowStride, n - j);
        const columns = Math.min(tileColumns, n - j);
        for (let y = 0; y < rows; y += tileRows) {
          multiplyPanels(y * depth, depth);
          addTile(sums, out, outOffset + (i + y) * n + j, n, Math.min(tileRows, rows - y), columns);
        }
      }
    }
  }
}

/** Copies `width` lines, rows of `a` or columns of `b`, into a panel. Of fewer `lines`, the last one is repeated. */
function pack(
  panels: Float64Array,
  start: number,
  width: number,
  depth: number,
  data: TypedArray,
  from: number,
  lineStride: number,
  depthStride: number,
  lines: number,
): void {
  const end = start + width * depth;
  for (let line = 0; line < width; line++) {
    let at = from + Math.min(line, lines - 1) * lineStride;
    for (let to = start + line; to < end; to += width) {
      panels[to] = data[at]!;
      at += depthStride;
    }
  }
}

/** Adds the tile to `out`, without the rows and columns that lie beyond its edge. */
function addTile(sums: Float64Array, out: FloatArray, at: number, n: number, rows: number, columns: number): void {
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) out[at + x]! += sums[y * tileColumns + x]!;
    at += n;
  }
}

/**
 * Makes the scratch memory (at the first product, not on import) and the micro-kernel, the loop in which the time goes.
 *
 * The kernel closes over its arrays and is made once: V8 then treats them as constants, whose addresses and lengths it
 * writes into the machine code. The masks change no number. They tell V8 how large an index can get, and as the arrays
 * are longer than that, it need not be ready for one that lies outside. The masks alone make it 1.25 times as fast.
 */
function createKernel(): {
  readonly block: Float64Array;
  readonly panel: Float64Array;
  readonly sums: Float64Array;
  readonly multiplyPanels: (start: number, depth: number) => void;
} {
  const block = new Float64Array((blockRows + tileRows * 2) * blockDepth);
  const panel = new Float64Array(tileColumns * 2 * blockDepth);
  const sums = new Float64Array(tileRows * tileColumns);

  /** sums(y, x) = sum_p of the block's panel that starts at `start`, element (y, p), times `panel`'s element (p, x). */
  // biome-ignore format: a matrix reads best as a matrix
  function multiplyPanels(start: number, depth: number): void {
    start &= blockRows * blockDepth - 1;
    depth &= 2 * blockDepth - 1;
    let c00 = 0, c01 = 0, c02 = 0;
    let c10 = 0, c11 = 0, c12 = 0;
    for (let p = 0; p < depth; p++) {
      const y = start + tileRows * p, x = tileColumns * p;
      const a0 = block[y]!, a1 = block[y + 1]!;
      const b0 = panel[x]!, b1 = panel[x + 1]!, b2 = panel[x + 2]!;
      c00 += a0 * b0; c01 += a0 * b1; c02 += a0 * b2;
      c10 += a1 * b0; c11 += a1 * b1; c12 += a1 * b2;
    }
    sums[0] = c00; sums[1] = c01; sums[2] = c02;
    sums[3] = c10; sums[4] = c11; sums[5] = c12;
  }

  return { block, panel, sums, multiplyPanels };
}

/**
 * The product of whole numbers, which wraps at 32 bits, where a float64 would lose the low ones: the textbook's three loops,
 * added to zeros.
 */
function multiplyWhole(m: number, n: number, k: number, a: Matrix, b: Matrix, out: Int32Array, at: number): void {
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a.data[a.offset + i * a.rowStride + p * a.columnStride]!;
      const row = b.offset + p * b.rowStride;
      for (let j = 0; j < n; j++) out[at + i * n + j]! += Math.imul(factor, b.data[row + j * b.columnStride]!);
    }
  }
}

/** The products of two stacks of matrices. */
export function matmul(a: View, b: View): [TypedArray] {
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape[b.shape.length - 1]!;
  const batch = a.shape.slice(0, -2);
  const out = newStorage(a.dtype, sizeOf(batch) * m * n);
  const [rows, columns] = [a.shape.length - 2, a.shape.length - 1];
  const bStarts = offsetsOf(batch, b);
  offsetsOf(batch, a).forEach((offset, i) => {
    const left = { ...matrixOf(a, rows, columns), offset };
    const right = { ...matrixOf(b, rows, columns), offset: bStarts[i]! };
    if (a.dtype === "int32") multiplyWhole(m, n, k, left, right, out as Int32Array, i * m * n);
    else multiply(m, n, k, left, right, out as FloatArray, i * m * n);
  });
  return [out];
}
