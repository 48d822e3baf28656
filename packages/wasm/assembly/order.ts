/** The order of a row's elements. */

/** A whole number that compares as a float does, with −0 equal to 0, and NaN the largest. */
function keyOf(x: f32): i32 {
  if (x != x) return i32.MAX_VALUE;
  if (x == 0) return 0;
  const bits = reinterpret<i32>(x);
  return bits ^ ((bits >> 31) & i32.MAX_VALUE); // Of negative floats, the larger has the smaller bits.
}

/**
 * The places of `n` elements in order, by a merge sort. What is sorted are pairs: a key above, the element's place below.
 * So no two are equal, and elements that are stay in their order. There is room for 2n of them at `pairs`.
 */
export function argsort(
  n: i32, bytes: i32, float: bool, descending: bool, x: usize, xStep: i32, pairs: usize, out: usize, outStep: i32,
): void {
  const size = <usize>n << 3;
  for (let i = 0; i < n; i++, x += xStep * bytes) {
    let key = float ? keyOf(load<f32>(x)) : bytes == 4 ? load<i32>(x) : <i32>load<u8>(x);
    if (descending) key = ~key;
    store<i64>(pairs + (<usize>i << 3), (<i64>key << 32) | i);
  }
  let from = pairs, to = pairs + size;
  for (let width: usize = 8; width < size; width <<= 1) {
    for (let start: usize = 0; start < size; start += width << 1) {
      let left = from + start, right = from + min(start + width, size);
      const middle = right, end = from + min(start + (width << 1), size);
      for (let at = to + start, stop = to + (end - from); at < stop; at += 8) {
        if (right == end || (left < middle && load<i64>(left) < load<i64>(right))) {
          store<i64>(at, load<i64>(left));
          left += 8;
        } else {
          store<i64>(at, load<i64>(right));
          right += 8;
        }
      }
    }
    const other = from;
    from = to;
    to = other;
  }
  for (const end = from + size; from < end; from += 8, out += outStep << 2) store<i32>(out, load<i32>(from));
}
