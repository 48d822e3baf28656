/** Reductions. Totals are kept in double precision, so a sum of many floats loses nothing on the way. */
import * as code from "../src/codes";
import { CHUNK, dense } from "./lanes";
import { bufferA } from "./scratch";

@final class Sum {
  @inline pair(a: v128, b: v128): v128 { return f64x2.add(a, b); }
  @inline of(a: f64, b: f64): f64 { return a + b; }
  @inline start(): f64 { return 0; }
}
/** WebAssembly's maximum and minimum propagate NaN. */
@final class Max {
  @inline pair(a: v128, b: v128): v128 { return f64x2.max(a, b); }
  @inline of(a: f64, b: f64): f64 { return max(a, b); }
  @inline start(): f64 { return -Infinity; }
}
@final class Min {
  @inline pair(a: v128, b: v128): v128 { return f64x2.min(a, b); }
  @inline of(a: f64, b: f64): f64 { return min(a, b); }
  @inline start(): f64 { return Infinity; }
}

/** The first two of four words, as doubles. */
function low(words: v128, float: bool): v128 {
  return float ? f64x2.promote_low_f32x4(words) : f64x2.convert_low_i32x4_s(words);
}

function single(at: usize, float: bool): f64 {
  return float ? <f64>load<f32>(at) : <f64>load<i32>(at);
}

/** All words of a row, as one total. */
function rowTotal<F>(n: i32, x: usize, float: bool): f64 {
  const f = changetype<F>(0);
  let first = f64x2.splat(f.start());
  let second = first;
  const end = x + (<usize>(n & ~3) << 2);
  for (; x < end; x += 16) {
    const words = v128.load(x);
    first = f.pair(first, low(words, float));
    second = f.pair(second, low(v128.shuffle<u64>(words, words, 1, 0), float));
  }
  const pair = f.pair(first, second);
  let total = f.of(f64x2.extract_lane(pair, 0), f64x2.extract_lane(pair, 1));
  for (const stop = end + (<usize>(n & 3) << 2); x < stop; x += 4) total = f.of(total, single(x, float));
  return total;
}

/** Each word of a row to a total of its own. */
function collectRow<F>(n: i32, x: usize, float: bool, totals: usize): void {
  const f = changetype<F>(0);
  const end = x + (<usize>(n & ~3) << 2);
  for (; x < end; x += 16, totals += 32) {
    const words = v128.load(x);
    v128.store(totals, f.pair(v128.load(totals), low(words, float)));
    v128.store(totals, f.pair(v128.load(totals, 16), low(v128.shuffle<u64>(words, words, 1, 0), float)), 16);
  }
  for (const stop = end + (<usize>(n & 3) << 2); x < stop; x += 4, totals += 8) {
    store<f64>(totals, f.of(load<f64>(totals), single(x, float)));
  }
}

function reduceRow<F>(n: i32, x: usize, float: bool, totals: usize, step: i32): void {
  if (step != 0) collectRow<F>(n, x, float, totals);
  else store<f64>(totals, changetype<F>(0).of(load<f64>(totals), rowTotal<F>(n, x, float)));
}

/** What 32 bits keep of a total, which stays exact however many words come. */
function wrap(total: f64): f64 {
  return <f64>(<i32>(<i64>total));
}

/** Adds a row of whole numbers to their totals. */
function sumWhole(n: i32, x: usize, totals: usize, step: i32): void {
  if (step == 0) store<f64>(totals, wrap(load<f64>(totals) + rowTotal<Sum>(n, x, false)));
  else {
    for (const end = x + (<usize>n << 2); x < end; x += 4, totals += 8) {
      store<f64>(totals, wrap(load<f64>(totals) + single(x, false)));
    }
  }
}

/**
 * Adds a stack of planes to totals. Each row goes to one total (`totalsStep` 0), or each of its
 * elements to one of its own (1). `bytes` is 1 for booleans.
 */
export function reduce(
  op: i32, planes: i32, rows: i32, n: i32, float: bool, bytes: i32,
  x: usize, xPlane: i32, xRow: i32, xStep: i32,
  totals: usize, totalsPlane: i32, totalsRow: i32, totalsStep: i32,
): void {
  for (; planes > 0; planes--, x += xPlane * bytes, totals += totalsPlane << 3) {
    reducePlane(op, rows, n, float, bytes, x, xRow, xStep, totals, totalsRow, totalsStep);
  }
}

function reducePlane(
  op: i32, rows: i32, n: i32, float: bool, bytes: i32,
  x: usize, xRow: i32, xStep: i32,
  totals: usize, totalsRow: i32, totalsStep: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < n; at += CHUNK) {
      const count = min(CHUNK, n - at);
      const source = dense(x + (row * xRow + at * xStep) * bytes, xStep, bytes, count, bufferA());
      const to = totals + ((row * totalsRow + at * totalsStep) << 3);
      if (op == code.sum && !float) sumWhole(count, source, to, totalsStep);
      else if (op == code.sum) reduceRow<Sum>(count, source, float, to, totalsStep);
      else if (op == code.max) reduceRow<Max>(count, source, float, to, totalsStep);
      else reduceRow<Min>(count, source, float, to, totalsStep);
    }
  }
}

/** What totals are before anything was added. */
export function startTotals(op: i32, n: i32, totals: usize): void {
  const start: f64 = op == code.sum ? 0 : op == code.max ? -Infinity : Infinity;
  for (const end = totals + (<usize>n << 3); totals < end; totals += 8) store<f64>(totals, start);
}

/** Totals as elements: floats, whole numbers (which wrap at 32 bits), or booleans. */
export function endTotals(n: i32, totals: usize, float: bool, bytes: i32, out: usize): void {
  for (const end = totals + (<usize>n << 3); totals < end; totals += 8, out += bytes) {
    const total = load<f64>(totals);
    if (float) store<f32>(out, <f32>total);
    else if (bytes == 4) store<i32>(out, <i32>(<i64>total));
    else store<u8>(out, total != 0 ? 1 : 0);
  }
}

function largest<T>(n: i32, x: usize, step: usize): i32 {
  let best = 0;
  let value = load<T>(x);
  for (let i = 1; i < n; i++) {
    x += step;
    const next = load<T>(x);
    // NaN, which differs from itself, is the largest, and the first one of several counts.
    if (next > value || (next != next && value == value)) {
      value = next;
      best = i;
    }
  }
  return best;
}

/** The place of the first largest element of each row. */
export function argmax(rows: i32, n: i32, float: bool, x: usize, xRow: i32, xStep: i32, out: usize): void {
  for (let row = 0; row < rows; row++, out += 4) {
    const start = x + ((row * xRow) << 2);
    store<i32>(out, float ? largest<f32>(n, start, xStep << 2) : largest<i32>(n, start, xStep << 2));
  }
}
