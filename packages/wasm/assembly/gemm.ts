/**
 * The matrix product, after K. Goto and R. van de Geijn, "Anatomy of High-Performance Matrix Multiplication" (2008); the
 * cpu backend's `matmul.ts` explains tiles, panels and blocks. Here a tile is 4 × 8 sums in eight vector registers.
 *
 * For each element of the result, products are added in the order of the summed index, in blocks of `BLOCK_DEPTH`. That
 * holds for every path but `dotTiles`, and which path is taken is decided from the whole product's shape: so the bits of
 * a result depend neither on the tile that it falls into nor on how the work is split between threads.
 */
import { BLOCK_COLUMNS, BLOCK_DEPTH, BLOCK_ROWS, blockA, blockB, edgeTile } from "./scratch";

/** Rows of a tile, lines of a panel of the left operand. */
const ROWS: i32 = 4;
/** Columns of a tile, lines of a panel of the right operand. */
const COLUMNS: i32 = 8;

/**
 * Packs `lines` lines into panels of 4: for each p, the 4 numbers of p. What is missing of the last panel is 0.
 * Strides are in elements.
 */
function packRows(lines: i32, depth: i32, x: usize, lineStride: i32, depthStride: i32, to: usize): void {
  const line = <usize>lineStride << 2;
  const step = <usize>depthStride << 2;
  for (let i = 0; i < lines; i += ROWS, x += 4 * line) {
    const end = to + (<usize>depth << 4);
    if (i + ROWS <= lines && lineStride == 1) {
      for (let from = x; to < end; to += 16, from += step) v128.store(to, v128.load(from));
    } else if (i + ROWS <= lines) {
      let from = x;
      if (depthStride == 1) {
        // Blocks of 4 × 4 are turned in registers.
        for (const stop = to + (<usize>(depth & ~3) << 4); to < stop; to += 64, from += 16) transpose4(from, line, to, 16);
      }
      for (; to < end; to += 16, from += step) {
        store<f32>(to, load<f32>(from));
        store<f32>(to, load<f32>(from + line), 4);
        store<f32>(to, load<f32>(from + 2 * line), 8);
        store<f32>(to, load<f32>(from + 3 * line), 12);
      }
    } else {
      const left = lines - i;
      for (let from = x; to < end; to += 16, from += step) {
        v128.store(to, i32x4.splat(0));
        for (let j = 0; j < left; j++) store<f32>(to + (<usize>j << 2), load<f32>(from + j * line));
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

/**
 * The micro-kernel: a tile of 4 × 8 sums over `depth`. `a` is a panel; `b` is one, or 8 columns where they lie, with
 * `bStep` bytes from one p to the next. The sums go to `c`, or are added to what is there.
 */
function tile(depth: i32, a: usize, b: usize, bStep: usize, c: usize, cRow: usize, add: bool): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0);
  let s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  // One p a turn: measured 40 GFLOP/s on V8; with two or four, it runs out of registers and gives 29 to 32.
  for (const end = a + (<usize>depth << 4); a < end; a += 16, b += bStep) {
    const b0 = v128.load(b), b1 = v128.load(b, 16);
    const x0 = v128.load32_splat(a);
    s00 = addProduct(s00, x0, b0); s01 = addProduct(s01, x0, b1);
    const x1 = v128.load32_splat(a, 4);
    s10 = addProduct(s10, x1, b0); s11 = addProduct(s11, x1, b1);
    const x2 = v128.load32_splat(a, 8);
    s20 = addProduct(s20, x2, b0); s21 = addProduct(s21, x2, b1);
    const x3 = v128.load32_splat(a, 12);
    s30 = addProduct(s30, x3, b0); s31 = addProduct(s31, x3, b1);
  }
  putRow(c, s00, s01, add);
  putRow(c + cRow, s10, s11, add);
  putRow(c + 2 * cRow, s20, s21, add);
  putRow(c + 3 * cRow, s30, s31, add);
}

function putRow(c: usize, s0: v128, s1: v128, add: bool): void {
  if (add) {
    s0 = f32x4.add(v128.load(c), s0);
    s1 = f32x4.add(v128.load(c, 16), s1);
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
}

/** A tile of which only some rows and columns are in the result: computed whole, beside it. */
function tileAtEdge(
  depth: i32, a: usize, b: usize, bStep: usize, c: usize, cRow: usize, add: bool, rows: i32, columns: i32,
): void {
  const whole = edgeTile();
  tile(depth, a, b, bStep, whole, 32, false);
  for (let i = 0; i < rows; i++) {
    for (let j: usize = 0; j < (<usize>columns << 2); j += 4) {
      const to = c + i * cRow + j;
      const sum = load<f32>(whole + (i << 5) + j);
      store<f32>(to, add ? load<f32>(to) + sum : sum);
    }
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
  for (let j0 = 0; j0 < n; j0 += BLOCK_COLUMNS) {
    const columns = min(BLOCK_COLUMNS, n - j0);
    for (let p0 = 0; p0 < k; p0 += BLOCK_DEPTH) {
      const depth = min(BLOCK_DEPTH, k - p0);
      const bBlock = b + ((p0 * bRow + j0 * bColumn) << 2);
      if (packB) packColumns(columns, depth, bBlock, bColumn, bRow, blockB());
      for (let i0 = 0; i0 < m; i0 += BLOCK_ROWS) {
        const rows = min(BLOCK_ROWS, m - i0);
        packRows(rows, depth, a + ((i0 * aRow + p0 * aColumn) << 2), aRow, aColumn, blockA());
        for (let j = 0; j < columns; j += COLUMNS) {
          const right = packB ? blockB() + ((<usize>(j * depth)) << 2) : bBlock + (<usize>j << 2);
          const bStep: usize = packB ? 32 : <usize>bRow << 2;
          for (let i = 0; i < rows; i += ROWS) {
            const left = blockA() + ((<usize>(i * depth)) << 2);
            const to = c + (i0 + i) * cBytes + (<usize>(j0 + j) << 2);
            if (i + ROWS <= rows && j + COLUMNS <= columns) tile(depth, left, right, bStep, to, cBytes, p0 > 0);
            else tileAtEdge(depth, left, right, bStep, to, cBytes, p0 > 0, rows - i < 4 ? rows - i : 4, columns - j < 8 ? columns - j : 8);
          }
        }
      }
    }
  }
}

/** The sum of a vector's lanes, in a fixed order. */
function lanesSum(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/**
 * `c = a · b` where both operands are dense along the summed index (a row-major `x` times a transposed row-major
 * weight): nothing is packed, four products at a time are added along the lanes. For few rows, where packing the other
 * operand would cost as much as the product. `bColumn` is the distance of b's columns.
 */
export function dotTiles(
  m: i32, n: i32, k: i32,
  a: usize, aRow: i32,
  b: usize, bColumn: i32,
  c: usize, cRow: i32,
): void {
  const whole = <usize>(k & ~3) << 2;
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
      let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s02 = f32x4.splat(0), s03 = f32x4.splat(0);
      let s10 = f32x4.splat(0), s11 = f32x4.splat(0), s12 = f32x4.splat(0), s13 = f32x4.splat(0);
      for (let p: usize = 0; p < whole; p += 16) {
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
      let t00 = lanesSum(s00), t01 = lanesSum(s01), t02 = lanesSum(s02), t03 = lanesSum(s03);
      let t10 = lanesSum(s10), t11 = lanesSum(s11), t12 = lanesSum(s12), t13 = lanesSum(s13);
      for (let p = whole; p < (<usize>k << 2); p += 4) {
        const x0 = load<f32>(a0 + p), x1 = load<f32>(a1 + p);
        let y = load<f32>(b0 + p);
        t00 += x0 * y; t10 += x1 * y;
        y = load<f32>(b1 + p);
        t01 += x0 * y; t11 += x1 * y;
        y = load<f32>(b2 + p);
        t02 += x0 * y; t12 += x1 * y;
        y = load<f32>(b3 + p);
        t03 += x0 * y; t13 += x1 * y;
      }
      const to = c + i * cBytes + (<usize>j << 2);
      putFour(to, t00, t01, t02, t03, columns);
      if (i + 1 < m) putFour(to + cBytes, t10, t11, t12, t13, columns);
    }
  }
}

function putFour(to: usize, s0: f32, s1: f32, s2: f32, s3: f32, count: i32): void {
  store<f32>(to, s0);
  if (count > 1) store<f32>(to, s1, 4);
  if (count > 2) store<f32>(to, s2, 8);
  if (count > 3) store<f32>(to, s3, 12);
}
