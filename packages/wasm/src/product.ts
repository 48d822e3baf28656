/** The way in for a library that multiplies matrices in the backend's memory, faster than WebAssembly can. */

/** A matrix of float32 in the memory: element (i, j) is at `address + 4 (i · rowStride + j · columnStride)`, in bytes. */
export interface Matrix {
  /** Where element (0, 0) is, in bytes from the memory's beginning. */
  readonly address: number;
  /** From one row to the next, in elements. It may be 0 or negative. */
  readonly rowStride: number;
  /** From one column to the next, in elements. */
  readonly columnStride: number;
}

/**
 * Computes `out = a · b`, m × k times k × n: of each matrix, its address and its strides as {@link Matrix} has them, but
 * that of `out`'s columns, which is 1. m, n and k are at least 1.
 */
export type Multiply = (
  m: number,
  n: number,
  k: number,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  out: number,
  outRow: number,
) => void;

/** A library's product of matrices. The backend's threads share a product out: each calls the library for its part. */
export interface Product {
  /** Whether it takes a product: the kernels compute what it leaves. What it takes, it takes in parts, too. */
  takes(m: number, n: number, k: number, a: Matrix, b: Matrix): boolean;
  /** The product on the caller's thread. */
  multiply(memory: WebAssembly.Memory): Multiply;
  /**
   * The product on a helper's thread, in Node: JavaScript of a function `(require, memory, data) => multiply`. It is text, as
   * it must load in a worker without a file of its own.
   */
  readonly program: string;
  /** What the program is given: plain data. */
  readonly data: unknown;
}
