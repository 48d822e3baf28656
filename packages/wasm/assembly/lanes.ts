/**
 * Rows end where they like, vectors hold four words: these move the one to three words that are left. The same vector
 * code computes them, so that an element's value never depends on where in a row it stands.
 */

/** The words that a chunk of a row has at most: four vectors' operands of this size fit the innermost cache. */
export const CHUNK: i32 = 1024;

/** Loads `count` words, 1 to 3; the other lanes are 0. */
export function loadTail(from: usize, count: i32): v128 {
  let lanes = v128.load32_zero(from);
  if (count > 1) lanes = v128.load_lane<u32>(from + 4, lanes, 1);
  if (count > 2) lanes = v128.load_lane<u32>(from + 8, lanes, 2);
  return lanes;
}

/** Stores `count` words, 1 to 3. */
export function storeTail(to: usize, lanes: v128, count: i32): void {
  v128.store_lane<u32>(to, lanes, 0);
  if (count > 1) v128.store_lane<u32>(to + 4, lanes, 1);
  if (count > 2) v128.store_lane<u32>(to + 8, lanes, 2);
}

/**
 * Lays `n` elements as words, one after the other, and gives their address: where they lie, if they lie so already,
 * else in the buffer. Booleans, of one byte, are widened. Steps are counted in elements.
 */
export function dense(x: usize, step: i32, bytes: i32, n: i32, buffer: usize): usize {
  if (bytes == 4) {
    if (step == 1) return x;
    if (step == 0) {
      const value = v128.load32_splat(x);
      for (let to = buffer, end = buffer + ((<usize>n) << 2); to < end; to += 16) v128.store(to, value);
      return buffer;
    }
    const stride = <usize>step << 2;
    for (let to = buffer, end = buffer + ((<usize>n) << 2); to < end; to += 4, x += stride) store<u32>(to, load<u32>(x));
    return buffer;
  }
  for (let to = buffer, end = buffer + ((<usize>n) << 2); to < end; to += 4, x += step) store<u32>(to, load<u8>(x));
  return buffer;
}

/** Stores `n` words as booleans: what is not 0 is 1. */
export function narrow(words: usize, out: usize, n: i32): void {
  for (const end = out + n; out < end; out++, words += 4) store<u8>(out, load<u32>(words) != 0 ? 1 : 0);
}

/** Applies `F` to `n` words. */
export function map<F>(n: i32, x: usize, out: usize): void {
  const f = changetype<F>(0);
  const end = x + (<usize>(n & ~3) << 2);
  while (x < end) {
    v128.store(out, f.of(v128.load(x)));
    x += 16;
    out += 16;
  }
  if (n & 3) storeTail(out, f.of(loadTail(x, n & 3)), n & 3);
}

/** Applies `F` to `n` pairs of words. */
export function zip<F>(n: i32, a: usize, b: usize, out: usize): void {
  const f = changetype<F>(0);
  const end = a + (<usize>(n & ~3) << 2);
  while (a < end) {
    v128.store(out, f.of(v128.load(a), v128.load(b)));
    a += 16;
    b += 16;
    out += 16;
  }
  if (n & 3) storeTail(out, f.of(loadTail(a, n & 3), loadTail(b, n & 3)), n & 3);
}
