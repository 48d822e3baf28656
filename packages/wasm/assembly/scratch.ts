/**
 * Memory that kernels work in, one region for each thread: the same memory is seen by all threads, but each has its own
 * copy of this module's variables.
 */
import { CHUNK } from "./lanes";

let scratch: usize = 0;

/** Rows and depth of a packed block of the left operand, and columns of one of the right. See gemm.ts. */
export const BLOCK_ROWS: i32 = 130;
export const BLOCK_DEPTH: i32 = 256;
export const BLOCK_COLUMNS: i32 = 512;

const CHUNK_BYTES: usize = <usize>CHUNK << 2;
const BUFFERS: usize = 3 * CHUNK_BYTES;
const BLOCK_A: usize = <usize>(BLOCK_ROWS * BLOCK_DEPTH) << 2;
const BLOCK_B: usize = <usize>(BLOCK_COLUMNS * BLOCK_DEPTH) << 2;
const TILE: usize = 256;

/** How many bytes a thread needs. */
export function scratchBytes(): usize {
  return BUFFERS + BLOCK_A + BLOCK_B + TILE;
}

/** Gives this thread its region. */
export function setScratch(pointer: usize): void {
  scratch = pointer;
}

export function bufferA(): usize { return scratch; }
export function bufferB(): usize { return scratch + CHUNK_BYTES; }
export function bufferC(): usize { return scratch + 2 * CHUNK_BYTES; }
export function blockA(): usize { return scratch + BUFFERS; }
export function blockB(): usize { return scratch + BUFFERS + BLOCK_A; }
export function edgeTile(): usize { return scratch + BUFFERS + BLOCK_A + BLOCK_B; }
