import { type Methods, sizeOf, type View } from "@dlcc/tensor";
import { dots, elsewhere, packed, productJob, unpacked } from "./codes.ts";
import { addressOf, allocate, type Device } from "./device.ts";
import { forEachPlane } from "./planes.ts";
import type { Matrix } from "./product.ts";

/** Two axes of a view as a matrix; swapped axes are its transpose. */
export const matrixOf = (view: View, rowAxis: number, columnAxis: number): Matrix => ({
  address: addressOf(view),
  rowStride: view.strides[rowAxis] as number,
  columnStride: view.strides[columnAxis] as number,
});

/** The number of rows up to which dot products beat packing, where both operands are dense along the summed index. */
const mostDotRows = 128;
/** A right operand with dense rows is read where it lies if it has few elements, or few rows meet it. */
const [fewElements, fewRows] = [2 ** 17, 64];

/** From this many multiplications on, a product is split: below, handing a part over costs more than it saves. */
const worthSplitting = 32768;
/**
 * And into twice as many parts as there are threads, where a thread that is late may leave one to another. A smaller
 * product has one part a thread, so that each finds in its cache what it wrote or read there in the step before.
 */
const worthBalancing = 32 * 2 ** 20;

/** Into how many parts a product goes, or what costs as much. */
export const partsFor = ({ threads }: Device, multiplications: number): number =>
  threads === 1 || multiplications < worthSplitting ? 1 : multiplications < worthBalancing ? threads : 2 * threads;

/** Which way is fastest. It depends on the whole product alone, never on a part, as bits depend on it. */
function methodFor(m: number, n: number, k: number, a: Matrix, b: Matrix): number {
  if (a.columnStride === 1 && b.rowStride === 1 && m <= mostDotRows) return dots;
  return b.columnStride === 1 && (m <= fewRows || n * k <= fewElements) ? unpacked : packed;
}

/**
 * Whether the result is split by columns, or else by rows: along its longer side. But the gradient of a weight (few
 * examples, so a small `k`) is split by rows where the other operand is not packed: so is the optimizer's step, and each
 * thread goes on with the part of weight and gradient that lies in its cache.
 */
const splitsColumns = (m: number, n: number, k: number, method: number): boolean =>
  n >= m && !(method === unpacked && m >= k && m >= leastRows);
const leastRows = 32;

/**
 * `out = activation(a · b + bias)`: m × k times k × n. Bias (an address) and activation (a number of codes.ts)
 * are 0 for none. `out` has dense rows.
 */
export function multiply(
  device: Device,
  m: number,
  n: number,
  k: number,
  a: Matrix,
  b: Matrix,
  out: number,
  bias = 0,
  activation = 0,
): void {
  if (m === 0 || n === 0) return;
  const taken = k > 0 && device.product?.takes(m, n, k, a, b) === true;
  const method = taken ? elsewhere : k === 0 ? packed : methodFor(m, n, k, a, b);
  const byColumns = splitsColumns(m, n, k, method);
  const { address: p, rowStride: pRow, columnStride: pColumn } = a;
  const { address: q, rowStride: qRow, columnStride: qColumn } = b;
  const operands = [m, n, k, p, pRow, pColumn, q, qRow, qColumn, out, n, method, byColumns ? 1 : 0, bias, activation];
  const parts = partsFor(device, m * n * k);
  // A library packs its operands for each part anew.
  device.run(productJob, taken ? Math.min(parts, device.threads) : parts, operands);
}

/** The product of whole numbers, which are few: in one part. */
function multiplyWhole(
  { kernels }: Device,
  m: number,
  n: number,
  k: number,
  { address: p, rowStride: pRow, columnStride: pColumn }: Matrix,
  { address: q, rowStride: qRow, columnStride: qColumn }: Matrix,
  out: number,
): void {
  kernels.wholeProduct(m, n, k, p, pRow, pColumn, q, qRow, qColumn, out);
}

/** The products of a device. */
export const products = (device: Device): Pick<Methods, "matmul"> => ({
  matmul(a, b) {
    const [m, k] = a.shape.slice(-2) as [number, number];
    const n = b.shape[b.shape.length - 1] as number;
    const batch = a.shape.slice(0, -2);
    const out = allocate(device, a.dtype, sizeOf(batch) * m * n);
    const [rows, columns] = [a.shape.length - 2, a.shape.length - 1];
    const [left, right] = [matrixOf(a, rows, columns), matrixOf(b, rows, columns)];
    let to = out.pointer;
    forEachPlane(batch, [a, b], (outer, inner, [p, q]) => {
      for (let i = 0; i < outer; i++) {
        for (let j = 0; j < inner; j++) {
          const x = { ...left, address: left.address + 4 * (p.start + i * p.row + j * p.step) };
          const y = { ...right, address: right.address + 4 * (q.start + i * q.row + j * q.step) };
          if (a.dtype === "int32") multiplyWhole(device, m, n, k, x, y, to);
          else multiply(device, m, n, k, x, y, to);
          to += 4 * m * n;
        }
      }
    });
    return out;
  },
});
