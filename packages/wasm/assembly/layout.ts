/** Images side by side: pixels of several images in the lanes of vectors, so that no row ends in the middle of one. */

/** Reads 4 words at each of 4 places, and writes the first of each, then the second of each, and so on. */
function turn(a: usize, b: usize, c: usize, d: usize, to: usize, step: usize): void {
  const p = v128.load(a), q = v128.load(b), r = v128.load(c), s = v128.load(d);
  const pq = v128.shuffle<f32>(p, q, 0, 4, 1, 5), PQ = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
  const rs = v128.shuffle<f32>(r, s, 0, 4, 1, 5), RS = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(pq, rs, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(pq, rs, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(PQ, RS, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(PQ, RS, 2, 3, 6, 7));
}

/** The same from 4 places with a constant step to 4 others. */
function turnBack(from: usize, step: usize, a: usize, b: usize, c: usize, d: usize): void {
  const p = v128.load(from), q = v128.load(from + step), r = v128.load(from + 2 * step), s = v128.load(from + 3 * step);
  const pq = v128.shuffle<f32>(p, q, 0, 4, 1, 5), PQ = v128.shuffle<f32>(p, q, 2, 6, 3, 7);
  const rs = v128.shuffle<f32>(r, s, 0, 4, 1, 5), RS = v128.shuffle<f32>(r, s, 2, 6, 3, 7);
  v128.store(a, v128.shuffle<f32>(pq, rs, 0, 1, 4, 5));
  v128.store(b, v128.shuffle<f32>(pq, rs, 2, 3, 6, 7));
  v128.store(c, v128.shuffle<f32>(PQ, RS, 0, 1, 4, 5));
  v128.store(d, v128.shuffle<f32>(PQ, RS, 2, 3, 6, 7));
}

/** Where rows of four images are. */
@unmanaged
export class Rows {
  a: usize;
  b: usize;
  c: usize;
  d: usize;
}

/** Puts `n` words of four rows into four lanes, `step` bytes from one word's vector to the next. A row's end is written twice. */
export function gatherRows(n: i32, rows: Rows, to: usize, step: usize): void {
  const a = rows.a, b = rows.b, c = rows.c, d = rows.d;
  if (n < 4) {
    for (let i: usize = 0; i < <usize>n << 2; i += 4, to += step) {
      store<f32>(to, load<f32>(a + i));
      store<f32>(to, load<f32>(b + i), 4);
      store<f32>(to, load<f32>(c + i), 8);
      store<f32>(to, load<f32>(d + i), 12);
    }
    return;
  }
  const last = <usize>(n - 4) << 2;
  for (let i: usize = 0; i < last; i += 16) turn(a + i, b + i, c + i, d + i, to + (i >> 2) * step, step);
  turn(a + last, b + last, c + last, d + last, to + (last >> 2) * step, step);
}

/** The way back. */
export function scatterRows(n: i32, from: usize, step: usize, rows: Rows): void {
  const a = rows.a, b = rows.b, c = rows.c, d = rows.d;
  if (n < 4) {
    for (let i: usize = 0; i < <usize>n << 2; i += 4, from += step) {
      store<f32>(a + i, load<f32>(from));
      store<f32>(b + i, load<f32>(from, 4));
      store<f32>(c + i, load<f32>(from, 8));
      store<f32>(d + i, load<f32>(from, 12));
    }
    return;
  }
  const last = <usize>(n - 4) << 2;
  for (let i: usize = 0; i < last; i += 16) turnBack(from + (i >> 2) * step, step, a + i, b + i, c + i, d + i);
  turnBack(from + (last >> 2) * step, step, a + last, b + last, c + last, d + last);
}
