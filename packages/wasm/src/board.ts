/**
 * The board on which jobs are announced (see assembly/jobs.ts): where things stand on it, in bytes. The backend, its
 * helpers and the kernels in assembly/ read it by these numbers. Atomics have cache lines of their own.
 */

/** How many chunks of the job are left to claim. */
export const remaining = 0;
/** How many chunks are done. */
export const done = 64;
/** Counts the jobs; helpers sleep on it. */
export const sequence = 128;
/** How many helpers sleep. */
export const sleepers = 192;
/** How many helpers died at work. */
export const dead = 196;
/** Which job is open. */
export const kind = 256;
/** How many chunks it has. */
export const chunkCount = 260;
/** The job's operands, of 4 bytes each. */
export const operands = 264;
/** The number literal of the op that runs. */
export const literal = 496;
/** How large the board is. */
export const boardBytes = 512;
