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
 * Computes `out = a · b`, m × k times k × n, where `out` is an address and has dense rows. It returns false, and has done
 * nothing, for a product that it leaves to the kernels. m, n and k are at least 1.
 */
export type Product = (m: number, n: number, k: number, a: Matrix, b: Matrix, out: number) => boolean;
