/**
 * The gradient of a convolution's weight: for each output and tap, a sum over images and pixels. Four images stand side by
 * side, plane by plane, `[channel][row][column][4]`, the images with a border of zeros: then a tile of 4 outputs × 2 taps
 * walks along the pixels, and stride and dilation only say where rows begin.
 *
 * Images are summed up in blocks. Their number depends on the shape alone, and their totals are added in order: so the bits
 * of a result don't depend on how many threads there are. A unit of work is a block's images, or a strip of their rows.
 */
import { gatherRows, Rows } from "./layout";

/** What is computed. The words are written by src/convolution.ts, in this order. */
@unmanaged
export class WeightGradient {
  images: i32;
  /** Into how many strips each image goes, of how many rows of the gradient. */
  strips: i32;
  rows: i32;
  /** Into how many blocks the images go, and into how many parts the outputs of a group. */
  blocks: i32;
  parts: i32;
  groups: i32;
  /** Channels of a group, that come in and go out. */
  channels: i32;
  outputs: i32;
  height: i32;
  width: i32;
  outHeight: i32;
  outWidth: i32;
  kernelHeight: i32;
  kernelWidth: i32;
  strideY: i32;
  strideX: i32;
  top: i32;
  left: i32;
  dilationY: i32;
  dilationX: i32;
  x: usize;
  gradient: usize;
  /** The blocks' totals. */
  totals: usize;
  scratch: usize;
  scratchBytes: usize;
}

const LANES: i32 = 4;
/** Bytes of a pixel: a word in each lane. */
const CELL: usize = 16;

/** Outputs of a part, in whole tiles. */
function partOutputs(p: WeightGradient): i32 { return ((p.outputs + 3) / 4 + p.parts - 1) / p.parts * 4; }
function frameRows(p: WeightGradient): i32 { return (p.rows - 1) * p.strideY + (p.kernelHeight - 1) * p.dilationY + 1; }
function frameColumns(p: WeightGradient): i32 { return (p.outWidth - 1) * p.strideX + (p.kernelWidth - 1) * p.dilationX + 1; }

/** Where parts of a chunk's scratch are: pointers, a tile, a row of zeros, the gradient, the images in their frames. */
const TILE: usize = 16;
const ZEROS: usize = 16 + 128;
function gradientAt(p: WeightGradient): usize { return ZEROS + (<usize>(max(p.width, p.outWidth) + 4) << 2); }
function framesAt(p: WeightGradient): usize {
  return gradientAt(p) + <usize>(partOutputs(p) * p.rows * p.outWidth) * CELL;
}

/** How many bytes a chunk needs. */
export function weightGradientBytes(plan: usize): usize {
  const p = changetype<WeightGradient>(plan);
  return (framesAt(p) + <usize>(p.channels * frameRows(p) * frameColumns(p)) * CELL + 63) & ~63;
}

/** Computes blocks: item `i` is a block, a group and a part. */
export function weightGradient(plan: usize, chunk: i32, from: i32, to: i32): void {
  const p = changetype<WeightGradient>(plan);
  const scratch = p.scratch + <usize>chunk * p.scratchBytes;
  memory.fill(scratch + ZEROS, 0, <usize>max(p.width, p.outWidth) << 2);
  // The frames' borders are zeros, and stay so.
  memory.fill(scratch + framesAt(p), 0, <usize>(p.channels * frameRows(p) * frameColumns(p)) * CELL);
  const units = ((p.images + LANES - 1) / LANES) * p.strips, size = partOutputs(p);
  for (let item = from; item < to; item++) {
    const part = item % p.parts, group = (item / p.parts) % p.groups, block = item / p.parts / p.groups;
    const first = part * size, count = min(size, p.outputs - first);
    if (count <= 0) continue;
    const start = <i32>((<i64>units * block) / p.blocks), stop = <i32>((<i64>units * (block + 1)) / p.blocks);
    for (let unit = start; unit < stop; unit++) {
      const image = unit / p.strips * LANES, row = (unit % p.strips) * p.rows;
      bringGradient(p, scratch, image, group, first, count, row);
      bringImages(p, scratch, image, group, row);
      sumUp(p, scratch, block, group, first, count, unit > start);
    }
  }
}

/** The gradient of four images side by side, `[output][row][column][4]`. What is not there is 0. */
function bringGradient(p: WeightGradient, scratch: usize, image: i32, group: i32, first: i32, count: i32, row: i32): void {
  const zeros = scratch + ZEROS, rowBytes = <usize>p.outWidth << 2;
  let to = scratch + gradientAt(p);
  for (let o = 0; o < count; o++) for (let r = 0; r < p.rows; r++, to += <usize>p.outWidth * CELL) {
    for (let l = 0; l < LANES; l++) {
      const there = image + l < p.images && row + r < p.outHeight;
      const at = p.gradient + <usize>((((image + l) * p.groups + group) * p.outputs + first + o) * p.outHeight + row + r) * rowBytes;
      store<usize>(scratch + (l << 2), there ? at : zeros);
    }
    gatherRows(p.outWidth, changetype<Rows>(scratch), to, CELL);
  }
}

/** Four images side by side, `[channel][row][column][4]`, in frames as large as the taps reach. */
function bringImages(p: WeightGradient, scratch: usize, image: i32, group: i32, row: i32): void {
  const zeros = scratch + ZEROS, rowBytes = <usize>p.width << 2, rows = frameRows(p), columns = frameColumns(p);
  const inside = min(p.width, columns - p.left), start = row * p.strideY - p.top;
  if (inside <= 0) return;
  let to = scratch + framesAt(p) + <usize>p.left * CELL;
  for (let c = 0; c < p.channels; c++) for (let r = 0; r < rows; r++, to += <usize>columns * CELL) {
    const y = start + r;
    for (let l = 0; l < LANES; l++) {
      const there = image + l < p.images && y >= 0 && y < p.height;
      const at = p.x + <usize>((((image + l) * p.groups + group) * p.channels + c) * p.height + y) * rowBytes;
      store<usize>(scratch + (l << 2), there ? at : zeros);
    }
    gatherRows(inside, changetype<Rows>(scratch), to, CELL);
  }
}

function fma(sum: v128, a: v128, b: v128): v128 { return f32x4.add(sum, f32x4.mul(a, b)); }

/** A tile of 4 outputs × 2 taps: goes along the pixels, and leaves its sums, lane by lane, in `to`. */
function tile(
  rows: i32, wide: usize, g0: usize, plane: usize, x0: usize, x1: usize, step: usize, gap: usize, to: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  let g1 = g0 + plane, g2 = g1 + plane, g3 = g2 + plane;
  for (let i = 0; i < rows; i++, x0 += gap, x1 += gap) {
    for (const end = g0 + wide; g0 < end; g0 += CELL, g1 += CELL, g2 += CELL, g3 += CELL, x0 += step, x1 += step) {
      const y0 = v128.load(x0), y1 = v128.load(x1);
      const v0 = v128.load(g0);
      s00 = fma(s00, v0, y0); s01 = fma(s01, v0, y1);
      const v1 = v128.load(g1);
      s10 = fma(s10, v1, y0); s11 = fma(s11, v1, y1);
      const v2 = v128.load(g2);
      s20 = fma(s20, v2, y0); s21 = fma(s21, v2, y1);
      const v3 = v128.load(g3);
      s30 = fma(s30, v3, y0); s31 = fma(s31, v3, y1);
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16); v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(to, s20, 64); v128.store(to, s21, 80); v128.store(to, s30, 96); v128.store(to, s31, 112);
}

/** The same of 2 outputs × 4 taps, for what is left of the outputs. */
function tileOfTwo(
  rows: i32, wide: usize, g0: usize, plane: usize, x0: usize, x1: usize, x2: usize, x3: usize, step: usize, gap: usize, to: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s02 = f32x4.splat(0), s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0), s12 = f32x4.splat(0), s13 = f32x4.splat(0);
  let g1 = g0 + plane;
  for (let i = 0; i < rows; i++, x0 += gap, x1 += gap, x2 += gap, x3 += gap) {
    for (const end = g0 + wide; g0 < end; g0 += CELL, g1 += CELL, x0 += step, x1 += step, x2 += step, x3 += step) {
      const v0 = v128.load(g0), v1 = v128.load(g1);
      const y0 = v128.load(x0);
      s00 = fma(s00, v0, y0); s10 = fma(s10, v1, y0);
      const y1 = v128.load(x1);
      s01 = fma(s01, v0, y1); s11 = fma(s11, v1, y1);
      const y2 = v128.load(x2);
      s02 = fma(s02, v0, y2); s12 = fma(s12, v1, y2);
      const y3 = v128.load(x3);
      s03 = fma(s03, v0, y3); s13 = fma(s13, v1, y3);
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16); v128.store(to, s02, 32); v128.store(to, s03, 48);
  v128.store(to, s10, 64); v128.store(to, s11, 80); v128.store(to, s12, 96); v128.store(to, s13, 112);
}

/** Adds what a unit has for each output and tap to the block's total, or begins it. */
function sumUp(p: WeightGradient, scratch: usize, block: i32, group: i32, first: i32, count: i32, add: bool): void {
  const taps = p.kernelHeight * p.kernelWidth, depth = p.channels * taps;
  const columns = frameColumns(p), frame = <usize>(frameRows(p) * columns) * CELL;
  const step = <usize>p.strideX * CELL, line = <usize>(p.strideY * columns) * CELL;
  let rows = p.rows, wide = <usize>p.outWidth * CELL, gap = line - <usize>p.outWidth * step;
  const plane = <usize>rows * wide;
  if (gap == 0) {
    wide *= rows; // All rows are one.
    rows = 1;
  }
  const total = p.totals + (<usize>(((block * p.groups + group) * p.outputs + first) * depth) << 2);
  for (let o = 0; o < count; o += 4) {
    const left = min(4, count - o), across = left > 2 ? 2 : 4;
    const g = scratch + gradientAt(p) + <usize>o * plane; // There is room for four; sums of what is not there are dropped.
    for (let j = 0; j < depth; j += across) {
      const some = min(across, depth - j);
      const x0 = tapAt(p, scratch, j, taps, frame, columns), x1 = tapAt(p, scratch, min(j + 1, depth - 1), taps, frame, columns);
      if (left > 2) tile(rows, wide, g, plane, x0, x1, step, gap, scratch + TILE);
      else {
        const x2 = tapAt(p, scratch, min(j + 2, depth - 1), taps, frame, columns);
        const x3 = tapAt(p, scratch, min(j + 3, depth - 1), taps, frame, columns);
        tileOfTwo(rows, wide, g, plane, x0, x1, x2, x3, step, gap, scratch + TILE);
      }
      for (let i = 0; i < left; i++) for (let k = 0; k < some; k++) {
        const at = total + (<usize>((o + i) * depth + j + k) << 2);
        const sum = lanesSum(v128.load(scratch + TILE + ((across * i + k) << 4)));
        store<f32>(at, add ? load<f32>(at) + sum : sum);
      }
    }
  }
}

/** Where a tap is on the first pixel. */
function tapAt(p: WeightGradient, scratch: usize, j: i32, taps: i32, frame: usize, columns: i32): usize {
  const c = j / taps, tap = j % taps, y = tap / p.kernelWidth * p.dilationY, x = tap % p.kernelWidth * p.dilationX;
  return scratch + framesAt(p) + <usize>c * frame + <usize>(y * columns + x) * CELL;
}

/** The sum of a vector's lanes, in a fixed order. */
function lanesSum(x: v128): f32 {
  return (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
}

/** Adds the blocks' totals up. */
export function sumBlocks(blocks: i32, n: i32, totals: usize, out: usize): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 4) {
    let sum: f64 = 0;
    for (let b = 0, at = totals + i; b < blocks; b++, at += end) sum += load<f32>(at);
    store<f32>(out + i, <f32>sum);
  }
}
