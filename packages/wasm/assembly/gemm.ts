/**
 * The matrix product, after K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008); the
 * cpu backend's `matmul.ts` explains tiles, panels and blocks. Here a tile is 5 × 8 sums in ten vector registers.
 *
 * Ten, as that is what engines have room for: of the processor's sixteen registers V8 gives out fifteen, and a turn of
 * the loop also needs the two vectors of the right operand, one number of the left, and a product. With eight sums, an
 * addition waits for the last one to the same sum; with twelve, sums are moved to memory and back. Measured on a Zen 5,
 * Node 20: 4 × 8 37 GFLOP/s, 5 × 8 45, 6 × 8 26, of 53 that its units can do.
 *
 * Relaxed SIMD's fused multiply-add was measured on Node 22 and 24: 1 to 5 % more on the Zen 5, which adds and multiplies
 * in units of their own; a third more on a Xeon, whose units do either. It is not used: the bits would depend on engine
 * and processor, and Node 20 has none of it. Without, the Xeon does 29 GFLOP/s of the 34 that three units allow.
 *
 * For each element of the result, products are added in the order of the summed index, in blocks of `BLOCK_DEPTH`. That
 * holds for every path but `dotTiles`, and which path is taken is decided from the whole product's shape: so the bits of
 * a result depend neither on the tile that it falls into nor on how the work is split between threads.
 */
import { BLOCK_COLUMNS, BLOCK_DEPTH, BLOCK_ROWS, blockA, blockB, edgeTile } from "./scratch";

/** Rows of a tile, lines of a panel of the left operand. */
export const ROWS: i32 = 5;
/** Columns of a tile, lines of a panel of the right operand. */
export const COLUMNS: i32 = 8;
/** Floats of the right operand that are swept over again and again: a part of the innermost cache, which has 8192 or more. */
const STRIP: i32 = 6144;

/**
 * Packs `lines` lines into panels of 5: for each p, the 5 numbers of p. What is missing of the last panel is 0.
 * Strides are in elements.
 */
function packRows(lines: i32, depth: i32, x: usize, lineStride: i32, depthStride: i32, to: usize): void {
  const line = <usize>lineStride << 2;
  const step = <usize>depthStride << 2;
  for (let i = 0; i < lines; i += ROWS, x += 5 * line) {
    const end = to + <usize>depth * 20;
    if (i + ROWS <= lines && lineStride == 1) {
      for (let from = x; to < end; to += 20, from += step) {
        v128.store(to, v128.load(from));
        store<f32>(to, load<f32>(from, 16), 16);
      }
    } else if (i + ROWS <= lines) {
      let from = x;
      if (depthStride == 1) {
        // Blocks of 4 × 4 are turned in registers.
        for (const stop = to + <usize>(depth & ~3) * 20; to < stop; to += 80, from += 16) {
          transpose4(from, line, to, 20);
          for (let p: usize = 0; p < 4; p++) store<f32>(to + 20 * p, load<f32>(from + 4 * line + (p << 2)), 16);
        }
      }
      for (; to < end; to += 20, from += step) {
        for (let j: usize = 0; j < 5; j++) store<f32>(to + (j << 2), load<f32>(from + j * line));
      }
    } else {
      const left = lines - i;
      for (let from = x; to < end; to += 20, from += step) {
        for (let j = 0; j < ROWS; j++) store<f32>(to + (<usize>j << 2), j < left ? load<f32>(from + j * line) : 0);
      }
    }
  }
}

/** The same, in panels of 8. */
function packColumns(lines: i32, depth: i32, x: usize, lineStride: i32, depthStride: i32, to: usize): void {
  const line = <usize>lineStride << 2;
  const step = <usize>depthStride << 2;
  for (let i = 0; i < lines; i += COLUMNS, x += 8 * line) {
    const end = to + (<usize>depth << 5);
    if (i + COLUMNS <= lines && lineStride == 1) {
      for (let from = x; to < end; to += 32, from += step) {
        v128.store(to, v128.load(from));
        v128.store(to, v128.load(from, 16), 16);
      }
    } else if (i + COLUMNS <= lines) {
      let from = x;
      if (depthStride == 1) {
        for (const stop = to + (<usize>(depth & ~3) << 5); to < stop; to += 128, from += 16) {
          transpose4(from, line, to, 32);
          transpose4(from + 4 * line, line, to + 16, 32);
        }
      }
      for (; to < end; to += 32, from += step) {
        for (let j: usize = 0; j < 8; j++) store<f32>(to + (j << 2), load<f32>(from + j * line));
      }
    } else {
      const left = lines - i;
      for (let from = x; to < end; to += 32, from += step) {
        v128.store(to, i32x4.splat(0));
        v128.store(to, i32x4.splat(0), 16);
        for (let j = 0; j < left; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + j * line));
      }
    }
  }
}

/** Reads 4 words of each of 4 lines, and writes the first of each, then the second of each, and so on. */
export function transpose4(from: usize, line: usize, to: usize, step: usize): void {
  const a = v128.load(from);
  const b = v128.load(from + line);
  const c = v128.load(from + 2 * line);
  const d = v128.load(from + 3 * line);
  const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5);
  const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7);
  const cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
  const CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
  v128.store(to + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
  v128.store(to + 2 * step, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
  v128.store(to + 3 * step, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
}

function addProduct(sum: v128, a: v128, b: v128): v128 {
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** What becomes of a tile's sums: they are the result, … */
@final class Set {
  @inline end(
    c: usize, cRow: usize,
    s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128, s40: v128, s41: v128,
  ): void {
    v128.store(c, s00); v128.store(c, s01, 16); c += cRow;
    v128.store(c, s10); v128.store(c, s11, 16); c += cRow;
    v128.store(c, s20); v128.store(c, s21, 16); c += cRow;
    v128.store(c, s30); v128.store(c, s31, 16); c += cRow;
    v128.store(c, s40); v128.store(c, s41, 16);
  }
}
/** … or are added to it. From the last to the first: see `tile`. */
@final class Add {
  @inline end(
    c: usize, cRow: usize,
    s00: v128, s01: v128, s10: v128, s11: v128, s20: v128, s21: v128, s30: v128, s31: v128, s40: v128, s41: v128,
  ): void {
    c += 4 * cRow; addTo(c + 16, s41); addTo(c, s40);
    c -= cRow; addTo(c + 16, s31); addTo(c, s30);
    c -= cRow; addTo(c + 16, s21); addTo(c, s20);
    c -= cRow; addTo(c + 16, s11); addTo(c, s10);
    c -= cRow; addTo(c + 16, s01); addTo(c, s00);
  }
}

function addTo(c: usize, sums: v128): void {
  v128.store(c, f32x4.add(v128.load(c), sums));
}

/**
 * The micro-kernel: a tile of 5 × 8 sums over `depth`. `a` is a panel; `b` is one, or 8 columns where they lie, with
 * `bStep` bytes from one p to the next.
 *
 * V8 before Node 24 schedules the loop by what follows it: with a branch there, or `Add` in the other order, it would load
 * all operands at once, run out of registers, and take twice as long. Two callers keep it from being inlined, where the
 * same would happen. So whoever changes this should measure it.
 */
function tile<End>(depth: i32, a: usize, b: usize, bStep: usize, c: usize, cRow: usize): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let s40 = f32x4.splat(0), s41 = f32x4.splat(0);
  for (const end = a + <usize>depth * 20; a < end; a += 20, b += bStep) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    s00 = addProduct(s00, x0, b0); s01 = addProduct(s01, x0, b1);
    const x1 = v128.load32_splat(a, 4);
    s10 = addProduct(s10, x1, b0); s11 = addProduct(s11, x1, b1);
    const x2 = v128.load32_splat(a, 8);
    s20 = addProduct(s20, x2, b0); s21 = addProduct(s21, x2, b1);
    const x3 = v128.load32_splat(a, 12);
    s30 = addProduct(s30, x3, b0); s31 = addProduct(s31, x3, b1);
    const x4 = v128.load32_splat(a, 16);
    s40 = addProduct(s40, x4, b0); s41 = addProduct(s41, x4, b1);
  }
  changetype<End>(0).end(c, cRow, s00, s01, s10, s11, s20, s21, s30, s31, s40, s41);
}

/** A tile of which only some rows and columns are in the result: computed whole, beside it. */
function tileAtEdge(
  depth: i32, a: usize, b: usize, bStep: usize, c: usize, cRow: usize, add: bool, rows: i32, columns: i32,
): void {
  const whole = edgeTile();
  if (add) {
    copyRows(rows, columns, c, cRow, whole, 32);
    tile<Add>(depth, a, b, bStep, whole, 32);
  } else tile<Set>(depth, a, b, bStep, whole, 32);
  copyRows(rows, columns, whole, 32, c, cRow);
}

function copyRows(rows: i32, columns: i32, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let i = 0; i < rows; i++, from += fromRow, to += toRow) {
    for (let j: usize = 0; j < (<usize>columns << 2); j += 4) store<f32>(to + j, load<f32>(from + j));
  }
}

/**
 * `c = a · b`, m × k times k × n. Strides are in elements, and may be anything, 0 and negative too. `c` has rows of
 * `cRow` elements. With `packB` false, `b` must have a column stride of 1, and is read where it lies.
 */
export function gemm(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32,
  packB: bool,
): void {
  const cBytes = <usize>cRow << 2;
  const bStep: usize = packB ? 32 : <usize>bRow << 2;
  for (let j0 = 0; j0 < n; j0 += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j0);
    for (let p0 = 0; p0 < k; p0 += BLOCK_DEPTH) {
      const depth = min(BLOCK_DEPTH, k - p0);
      const bBlock = b + ((p0 * bRow + j0 * bColumn) << 2);
      if (packB) packColumns(columns, depth, bBlock, bColumn, bRow, blockB());
      for (let i0 = 0; i0 < m; i0 += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i0);
        packRows(rows, depth, a + ((i0 * aRow + p0 * aColumn) << 2), aRow, aColumn, blockA());
        // A strip of the right operand stays in the innermost cache, while the panels of the left go over it.
        const strip = max(COLUMNS, (STRIP / depth) & ~(COLUMNS - 1));
        for (let s0 = 0; s0 < columns; s0 += strip) {
          const stop = min(columns, s0 + strip);
          for (let i = 0; i < rows; i += ROWS) {
            const left = blockA() + ((<usize>(i * depth)) << 2);
            const height = min(ROWS, rows - i);
            for (let j = s0; j < stop; j += COLUMNS) {
              const right = packB ? blockB() + ((<usize>(j * depth)) << 2) : bBlock + (<usize>j << 2);
              const to = c + (i0 + i) * cBytes + (<usize>(j0 + j) << 2);
              const width = min(COLUMNS, columns - j);
              if (height < ROWS || width < COLUMNS) {
                tileAtEdge(depth, left, right, bStep, to, cBytes, p0 > 0, height, width);
              } else if (p0 > 0) tile<Add>(depth, left, right, bStep, to, cBytes);
              else tile<Set>(depth, left, right, bStep, to, cBytes);
            }
          }
        }
      }
    }
  }
}

/** How many bytes of a line go into one sum of single precision: 1024 numbers, 256 in each lane. */
const DOT_BYTES: usize = 4096;

/** The sum of a vector's lanes, in a fixed order. */
function lanesSum(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/**
 * `c = a · b` where both operands are dense along the summed index (a row-major `x` times a transposed row-major
 * weight): nothing is packed, four products at a time are added along the lanes. For few rows, where packing the other
 * operand would cost as much as the product. `bColumn` is the distance of b's columns.
 *
 * A long sum of small products loses digits, so single precision has `DOT_BYTES` of them, and their sums are added in double.
 */
export function dotTiles(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32,
  b: usize, bColumn: i32,
  c: usize, cRow: i32,
): void {
  const bytes = <usize>k << 2;
  const aBytes = <usize>aRow << 2;
  const bBytes = <usize>bColumn << 2;
  const cBytes = <usize>cRow << 2;
  for (let j = 0; j < n; j += 4) {
    const b0 = b + j * bBytes;
    // Beyond the edge, the last line is used again.
    const b1 = b + min(j + 1, n - 1) * bBytes;
    const b2 = b + min(j + 2, n - 1) * bBytes;
    const b3 = b + min(j + 3, n - 1) * bBytes;
    const columns = min(4, n - j);
    for (let i = 0; i < m; i += 2) {
      const a0 = a + i * aBytes;
      const a1 = a + min(i + 1, m - 1) * aBytes;
      let t00: f64 = 0, t01: f64 = 0, t02: f64 = 0, t03: f64 = 0;
      let t10: f64 = 0, t11: f64 = 0, t12: f64 = 0, t13: f64 = 0;
      for (let p0: usize = 0; p0 < bytes; p0 += DOT_BYTES) {
        const end = min(p0 + DOT_BYTES, bytes);
        const whole = end & ~15;
        let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s02 = f32x4.splat(0), s03 = f32x4.splat(0);
        let s10 = f32x4.splat(0), s11 = f32x4.splat(0), s12 = f32x4.splat(0), s13 = f32x4.splat(0);
        for (let p = p0; p < whole; p += 16) {
          const x0 = v128.load(a0 + p), x1 = v128.load(a1 + p);
          let y = v128.load(b0 + p);
          s00 = addProduct(s00, x0, y); s10 = addProduct(s10, x1, y);
          y = v128.load(b1 + p);
          s01 = addProduct(s01, x0, y); s11 = addProduct(s11, x1, y);
          y = v128.load(b2 + p);
          s02 = addProduct(s02, x0, y); s12 = addProduct(s12, x1, y);
          y = v128.load(b3 + p);
          s03 = addProduct(s03, x0, y); s13 = addProduct(s13, x1, y);
        }
        let u00 = lanesSum(s00), u01 = lanesSum(s01), u02 = lanesSum(s02), u03 = lanesSum(s03);
        let u10 = lanesSum(s10), u11 = lanesSum(s11), u12 = lanesSum(s12), u13 = lanesSum(s13);
        for (let p = whole; p < end; p += 4) {
          const x0 = load<f32>(a0 + p), x1 = load<f32>(a1 + p);
          let y = load<f32>(b0 + p);
          u00 += x0 * y; u10 += x1 * y;
          y = load<f32>(b1 + p);
          u01 += x0 * y; u11 += x1 * y;
          y = load<f32>(b2 + p);
          u02 += x0 * y; u12 += x1 * y;
          y = load<f32>(b3 + p);
          u03 += x0 * y; u13 += x1 * y;
        }
        t00 += u00; t01 += u01; t02 += u02; t03 += u03;
        t10 += u10; t11 += u11; t12 += u12; t13 += u13;
      }
      const to = c + i * cBytes + (<usize>j << 2);
      putFour(to, <f32>t00, <f32>t01, <f32>t02, <f32>t03, columns);
      if (i + 1 < m) putFour(to + cBytes, <f32>t10, <f32>t11, <f32>t12, <f32>t13, columns);
    }
  }
}

function putFour(to: usize, s0: f32, s1: f32, s2: f32, s3: f32, count: i32): void {
  store<f32>(to, s0);
  if (count > 1) store<f32>(to, s1, 4);
  if (count > 2) store<f32>(to, s2, 8);
  if (count > 3) store<f32>(to, s3, 12);
}
