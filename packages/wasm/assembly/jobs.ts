/**
 * Work for several threads. A job is a kind, its arguments, and a number of chunks: parts of the output, never of a
 * summed index, so that the result is the same however many threads there are.
 *
 * Threads claim chunks by counting `remaining` down, the one that asks among them. A thread that wakes too late finds
 * nothing left to claim; so nobody ever waits for a sleeping thread, only for one that is at work. The count is one
 * atomic number: who gets a positive one has a chunk of the job that is open now, and may read its arguments.
 */
import * as place from "../src/board";
import * as code from "../src/codes";
import { binaryWords } from "./binary";
import { convolve } from "./convolution";
import { depthwise, depthwiseWeights } from "./depthwise";
import { COLUMNS, dotTiles, gemm, ROWS } from "./gemm";
import { normalizeChannels } from "./normalization";
import { pointwise } from "./pointwise";
import { pool } from "./pooling";
import { reduce } from "./reduce";
import { adamStep, momentumStep, sgdStep } from "./training";
import { unaryWords } from "./unary";
import { weightGradient } from "./weight-gradient";

/** A library's product: see src/product.ts. It is imported from a module that has this file's name. */
declare function multiply(
  m: i32, n: i32, k: i32, a: usize, aRow: i32, aColumn: i32, b: usize, bRow: i32, bColumn: i32, c: usize, cRow: i32,
): void;

let board: usize = 0;
let flag: usize = 0;

/** Where the board is. */
export function setBoard(pointer: usize): void {
  board = pointer;
}

/** Where this thread keeps a 1 while it holds a chunk, so that the caller can tell which chunk a dead thread left behind. */
export function setFlag(pointer: usize): void {
  flag = pointer;
}

function argument(i: usize): i32 {
  return load<i32>(board + place.operands + (i << 2));
}

function real(i: usize): f32 {
  return load<f32>(board + place.operands + (i << 2));
}

/** Opens a job, whose arguments are on the board, and works on it until no chunk is left to claim. */
export function open(kind: i32, chunks: i32): void {
  store<i32>(board, kind, place.kind);
  store<i32>(board, chunks, place.chunkCount);
  if (chunks == 1) {
    runChunk(kind, 0, 1);
    atomic.store<i32>(board, 1, place.done);
    return;
  }
  atomic.store<i32>(board, 0, place.done);
  atomic.store<i32>(board, chunks, place.remaining);
  atomic.add<i32>(board, 1, place.sequence);
  if (atomic.load<i32>(board, place.sleepers) > 0) atomic.notify(board + place.sequence, chunks - 1);
  work();
}

/** Claims and runs chunks while there are any. */
function work(): void {
  for (;;) {
    const left = atomic.sub<i32>(board, 1, place.remaining);
    if (left <= 0) return;
    store<i32>(flag, 1);
    runChunk(load<i32>(board, place.kind), left - 1, load<i32>(board, place.chunkCount));
    store<i32>(flag, 0);
    atomic.add<i32>(board, 1, place.done);
  }
}

/** Whether all chunks are done; looks at most `patience` times. */
export function finished(patience: i32): bool {
  const chunks = load<i32>(board, place.chunkCount);
  for (; patience > 0; patience--) if (atomic.load<i32>(board, place.done) == chunks) return true;
  return false;
}

/** What a helper does: works on each job that opens, and returns after it has looked `patience` times in vain. */
export function serve(patience: i32): void {
  for (let left = patience; left > 0; left--) {
    if (atomic.load<i32>(board, place.remaining) > 0) {
      work();
      left = patience;
    }
  }
}

/** Where chunk `i` of `n` elements begins, in whole units. */
function startOf(i: i32, chunks: i32, n: i32, unit: i32): i32 {
  const units = (n + unit - 1) / unit;
  return min(n, <i32>((<i64>units * i) / chunks) * unit);
}

/** Elements of a chunk's unit: whole vectors, and whole cache lines. */
const UNIT: i32 = 16;

function runChunk(kind: i32, chunk: i32, chunks: i32): void {
  if (kind == code.productJob) {
    product(chunk, chunks);
    return;
  }
  if (kind == code.gatherRowsJob) {
    gatherRows(chunk, chunks);
    return;
  }
  if (kind == code.reduceJob) {
    reduceStack(chunk, chunks);
    return;
  }
  const n = argument(0);
  if (kind >= code.convolutionJob) {
    const first = startOf(chunk, chunks, n, 1), end = startOf(chunk + 1, chunks, n, 1), list = board + place.operands;
    if (kind == code.convolutionJob) convolve(argument(1), chunk, first, end);
    else if (kind == code.weightGradientJob) weightGradient(argument(1), chunk, first, end);
    else if (kind == code.pointwiseJob) pointwise(list, first, end);
    else if (kind == code.depthwiseJob) depthwise(list, chunk, first, end);
    else if (kind == code.depthwiseWeightsJob) depthwiseWeights(list, chunk, first, end);
    else if (kind < code.channelMomentsJob) pool(kind, list, first, end);
    else normalizeChannels(kind, list, first, end);
    return;
  }
  const start = startOf(chunk, chunks, n, UNIT);
  const count = startOf(chunk + 1, chunks, n, UNIT) - start;
  const at = <usize>start << 2;
  switch (kind) {
    case code.unaryJob: unaryWords(argument(1), count, argument(2) + at, argument(3) + at); break;
    case code.binaryJob: binaryWords(argument(1), count, argument(2) + at, argument(3) + at, argument(4) + at); break;
    case code.sgdStepJob: sgdStep(count, argument(1) + at, argument(2) + at, argument(3) + at, real(4), real(5)); break;
    case code.momentumStepJob:
      momentumStep(
        count, argument(1) + at, argument(2) + at, argument(3) + at, argument(4) + at, argument(5) + at,
        real(6), real(7), real(8), argument(9) != 0,
      );
      break;
    case code.adamStepJob:
      adamStep(
        count, argument(1) + at, argument(2) + at, argument(3) + at, argument(4) + at, argument(5) + at, argument(6) + at, argument(7) + at,
        real(8), real(9), real(10), real(11), real(12), real(13), real(14), real(15), real(16),
      );
      break;
    default: unreachable();
  }
}

/** A matrix product's rows or columns, with bias and activation. Arguments as in src/matmul.ts. */
function product(chunk: i32, chunks: i32): void {
  let m = argument(0), n = argument(1);
  const k = argument(2);
  let a: usize = argument(3), b: usize = argument(6), c: usize = argument(9), bias: usize = argument(13);
  const aRow = argument(4), aColumn = argument(5), bRow = argument(7), bColumn = argument(8), cRow = argument(10);
  const method = argument(11), byColumns = argument(12) != 0, activation = argument(14);
  if (byColumns) {
    const start = startOf(chunk, chunks, n, COLUMNS);
    n = startOf(chunk + 1, chunks, n, COLUMNS) - start;
    b += (start * bColumn) << 2;
    c += start << 2;
    if (bias) bias += start << 2;
  } else {
    const start = startOf(chunk, chunks, m, ROWS);
    m = startOf(chunk + 1, chunks, m, ROWS) - start;
    a += (start * aRow) << 2;
    c += (start * cRow) << 2;
  }
  if (m == 0 || n == 0) return;
  if (k == 0) for (let row = 0; row < m; row++) memory.fill(c + ((row * cRow) << 2), 0, n << 2); // An empty sum.
  else if (method == code.dots) dotTiles(m, n, k, a, aRow, b, bColumn, c, cRow);
  else if (method == code.elsewhere) multiply(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow);
  else gemm(m, n, k, a, aRow, aColumn, b, bRow, bColumn, c, cRow, method == code.packed);
  if (!bias && !activation) return;
  for (let row = 0; row < m; row++, c += cRow << 2) {
    if (bias) binaryWords(code.add, n, c, bias, c);
    if (activation) unaryWords(activation, n, c, c);
  }
}

/** A reduction of a stack of planes, split along an axis that stays. Arguments as of `reduce`. */
function reduceStack(chunk: i32, chunks: i32): void {
  let planes = argument(1), rows = argument(2), n = argument(3);
  const bytes = argument(5), xPlane = argument(7), xRow = argument(8), xStep = argument(9);
  const totalsPlane = argument(11), totalsRow = argument(12), totalsStep = argument(13);
  let x: usize = argument(6), totals: usize = argument(10), start = 0;
  if (totalsRow) {
    start = startOf(chunk, chunks, rows, 1);
    rows = startOf(chunk + 1, chunks, rows, 1) - start;
    x += start * xRow * bytes;
    totals += (start * totalsRow) << 3;
  } else if (totalsPlane) {
    start = startOf(chunk, chunks, planes, 1);
    planes = startOf(chunk + 1, chunks, planes, 1) - start;
    x += start * xPlane * bytes;
    totals += (start * totalsPlane) << 3;
  } else if (totalsStep) {
    start = startOf(chunk, chunks, n, UNIT);
    n = startOf(chunk + 1, chunks, n, UNIT) - start;
    x += start * xStep * bytes;
    totals += (start * totalsStep) << 3;
  } else if (chunk > 0) return; // One total is one thread's.
  reduce(argument(0), planes, rows, n, argument(4) != 0, bytes, x, xPlane, xRow, xStep, totals, totalsPlane, totalsRow, totalsStep);
}

/** Rows of words at indices, one after the other; negative ones count from the end of the `rows`. */
function gatherRows(chunk: i32, chunks: i32): void {
  const n = argument(0), rows = argument(2);
  const indices: usize = argument(1), x: usize = argument(3), rowBytes: usize = argument(4), out: usize = argument(5);
  const stop = startOf(chunk + 1, chunks, n, 1);
  for (let i = startOf(chunk, chunks, n, 1); i < stop; i++) {
    const index = load<i32>(indices + (<usize>i << 2));
    memory.copy(out + i * rowBytes, x + <usize>(index < 0 ? index + rows : index) * rowBytes, rowBytes);
  }
}
