/**
 * The gradient of a convolution's weight: for each output and tap, a sum over images and pixels. Four images stand side by
 * side, `[channel][row][column][4]`, with a border of zeros; so do their gradients, in panels of four outputs,
 * `[row][column][output][4]`. Then a tile of 4 outputs × 2 taps walks along the pixels, and stride and dilation only say where
 * rows begin.
 *
 * Images are summed up in blocks. Their number depends on the shape alone, and their totals are added in order: so the bits
 * of a result don't depend on how many threads there are. A unit of work is a block's images, or a strip of their rows.
 */
import { padded } from "./convolution";
import { storeTail } from "./lanes";
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
  /** The blocks' totals, group by group and panel by panel: see `sumBlocks`. */
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

/** Taps of an output, and with room for whole tiles. */
function depthOf(p: WeightGradient): i32 { return p.channels * p.kernelHeight * p.kernelWidth; }
function depthInTiles(p: WeightGradient): i32 { return (depthOf(p) + 3) & ~3; }

/** Where parts of a chunk's scratch are: pointers, a table of taps, a row of zeros, the gradient, the images in their frames. */
const TABLE: usize = 16;
function zerosAt(p: WeightGradient): usize { return TABLE + (<usize>depthInTiles(p) << 2); }
function gradientAt(p: WeightGradient): usize { return zerosAt(p) + (<usize>(max(p.width, p.outWidth) + 4) << 2); }
function framesAt(p: WeightGradient): usize {
  return gradientAt(p) + <usize>(partOutputs(p) * p.rows * p.outWidth) * CELL;
}

/** Bytes of a block's totals of one group. */
function totalBytes(p: WeightGradient): usize { return <usize>(padded(p.outputs) * depthInTiles(p)) << 2; }

/** How many bytes all totals need. */
export function weightTotalsBytes(plan: usize): usize {
  const p = changetype<WeightGradient>(plan);
  return <usize>(p.blocks * p.groups) * totalBytes(p);
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
  memory.fill(scratch + zerosAt(p), 0, <usize>max(p.width, p.outWidth) << 2);
  // The frames' borders are zeros, and stay so.
  memory.fill(scratch + framesAt(p), 0, <usize>(p.channels * frameRows(p) * frameColumns(p)) * CELL);
  findTaps(p, scratch);
  const units = ((p.images + LANES - 1) / LANES) * p.strips, size = partOutputs(p);
  for (let item = from; item < to; item++) {
    const part = item % p.parts, group = (item / p.parts) % p.groups, block = item / p.parts / p.groups;
    const first = part * size, count = min(size, p.outputs - first);
    if (count <= 0) continue;
    const line = <usize>depthInTiles(p) << 2;
    const total = p.totals + <usize>(block * p.groups + group) * totalBytes(p) + <usize>first * line;
    memory.fill(total, 0, <usize>padded(count) * line);
    const start = <i32>((<i64>units * block) / p.blocks), stop = <i32>((<i64>units * (block + 1)) / p.blocks);
    for (let unit = start; unit < stop; unit++) {
      const image = unit / p.strips * LANES, row = (unit % p.strips) * p.rows;
      bringGradient(p, scratch, image, group, first, count, row);
      bringImages(p, scratch, image, group, row);
      sumUp(p, scratch, count, total);
    }
  }
}

/** How far into the frames each tap is on the first pixel. Beyond the last one it stands again, for whole tiles. */
function findTaps(p: WeightGradient, scratch: usize): void {
  const columns = frameColumns(p), frame = <usize>(frameRows(p) * columns) * CELL;
  let to = scratch + TABLE, last: usize = 0;
  for (let c = 0; c < p.channels; c++) for (let y = 0; y < p.kernelHeight; y++) for (let x = 0; x < p.kernelWidth; x++, to += 4) {
    last = <usize>c * frame + <usize>(y * p.dilationY * columns + x * p.dilationX) * CELL;
    store<usize>(to, last);
  }
  for (let i = depthOf(p); i < depthInTiles(p); i++, to += 4) store<usize>(to, last);
}

/** How many outputs the panel of `left` outputs has: four; or two, of the last one or two. */
function across(left: i32): i32 { return left > 2 ? 4 : 2; }

/** The gradient of four images side by side, in panels. What is not there of an image is 0; of a panel, anything. */
function bringGradient(p: WeightGradient, scratch: usize, image: i32, group: i32, first: i32, count: i32, row: i32): void {
  const zeros = scratch + zerosAt(p), rowBytes = <usize>p.outWidth << 2;
  for (let o = 0; o < count; o++) {
    const pixel = <usize>across(count - (o & ~3)) * CELL;
    let to = scratch + gradientAt(p) + <usize>((o & ~3) * p.rows * p.outWidth + (o & 3)) * CELL;
    for (let r = 0; r < p.rows; r++, to += <usize>p.outWidth * pixel) {
      for (let l = 0; l < LANES; l++) {
        const there = image + l < p.images && row + r < p.outHeight;
        const at = p.gradient + <usize>((((image + l) * p.groups + group) * p.outputs + first + o) * p.outHeight + row + r) * rowBytes;
        store<usize>(scratch + (l << 2), there ? at : zeros);
      }
      gatherRows(p.outWidth, changetype<Rows>(scratch), to, pixel);
    }
  }
}

/** Four images side by side, `[channel][row][column][4]`, in frames as large as the taps reach. */
function bringImages(p: WeightGradient, scratch: usize, image: i32, group: i32, row: i32): void {
  const zeros = scratch + zerosAt(p), rowBytes = <usize>p.width << 2, rows = frameRows(p), columns = frameColumns(p);
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

/** The sums of the lanes of four vectors, in a fixed order. */
function lanesSums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<f32>(a, b, 0, 4, 1, 5), v128.shuffle<f32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<f32>(c, d, 0, 4, 1, 5), v128.shuffle<f32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

function addTo(at: usize, sums: v128): void {
  v128.store(at, f32x4.add(v128.load(at), sums));
}

/** A tile of 4 outputs × 2 taps: goes along the pixels, and adds what it has to the totals, `[tap][4]`. */
function tile(rows: i32, wide: usize, g: usize, x0: usize, x1: usize, step: usize, gap: usize, to: usize): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  for (let i = 0; i < rows; i++, x0 += gap, x1 += gap) {
    for (const end = g + wide; g < end; g += 4 * CELL, x0 += step, x1 += step) {
      const y0 = v128.load(x0), y1 = v128.load(x1);
      const v0 = v128.load(g);
      s00 = fma(s00, v0, y0); s01 = fma(s01, v0, y1);
      const v1 = v128.load(g, 16);
      s10 = fma(s10, v1, y0); s11 = fma(s11, v1, y1);
      const v2 = v128.load(g, 32);
      s20 = fma(s20, v2, y0); s21 = fma(s21, v2, y1);
      const v3 = v128.load(g, 48);
      s30 = fma(s30, v3, y0); s31 = fma(s31, v3, y1);
    }
  }
  addTo(to, lanesSums(s00, s10, s20, s30));
  addTo(to + 16, lanesSums(s01, s11, s21, s31));
}

/** The same of 2 outputs × 4 taps, for what is left of the outputs: totals are `[2][tap]`, `line` bytes an output. */
function tileOfTwo(
  rows: i32, wide: usize, g: usize, x0: usize, x1: usize, x2: usize, x3: usize, step: usize, gap: usize, to: usize, line: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s02 = f32x4.splat(0), s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0), s11 = f32x4.splat(0), s12 = f32x4.splat(0), s13 = f32x4.splat(0);
  for (let i = 0; i < rows; i++, x0 += gap, x1 += gap, x2 += gap, x3 += gap) {
    for (const end = g + wide; g < end; g += 2 * CELL, x0 += step, x1 += step, x2 += step, x3 += step) {
      const v0 = v128.load(g), v1 = v128.load(g, 16);
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
  addTo(to, lanesSums(s00, s01, s02, s03));
  addTo(to + line, lanesSums(s10, s11, s12, s13));
}

/** Adds what a unit has for each output and tap to the block's totals. */
function sumUp(p: WeightGradient, scratch: usize, count: i32, total: usize): void {
  const columns = frameColumns(p), line = <usize>depthInTiles(p) << 2, frames = scratch + framesAt(p);
  const step = <usize>p.strideX * CELL;
  let rows = p.rows, pixels = <usize>p.outWidth;
  let gap = <usize>(p.strideY * columns) * CELL - pixels * step;
  if (gap == 0) {
    pixels *= rows; // All rows are one.
    rows = 1;
  }
  const plane = <usize>(p.rows * p.outWidth) * CELL;
  for (let o = 0; o < count; o += 4) {
    const wide = pixels * <usize>across(count - o) * CELL, g = scratch + gradientAt(p) + <usize>o * plane;
    let to = total + <usize>o * line;
    for (let at = scratch + TABLE, end = at + (<usize>depthOf(p) << 2); at < end; ) {
      const x0 = frames + load<usize>(at), x1 = frames + load<usize>(at, 4);
      if (count - o > 2) {
        tile(rows, wide, g, x0, x1, step, gap, to);
        at += 8;
        to += 32;
      } else {
        tileOfTwo(rows, wide, g, x0, x1, frames + load<usize>(at, 8), frames + load<usize>(at, 12), step, gap, to, line);
        at += 16;
        to += 16;
      }
    }
  }
}

/** Four floats of each block, added up in double precision, in the order of the blocks. */
function blocksSum(blocks: i32, bytes: usize, at: usize): v128 {
  let low = f64x2.splat(0), high = f64x2.splat(0);
  for (let b = 0; b < blocks; b++, at += bytes) {
    const floats = v128.load(at);
    low = f64x2.add(low, f64x2.promote_low_f32x4(floats));
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<u64>(floats, floats, 1, 1)));
  }
  return v128.shuffle<u64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2);
}

/** Adds the blocks' totals up, and lays them as weights lie: `[group][output][tap]`. */
export function sumBlocks(plan: usize, out: usize): void {
  const p = changetype<WeightGradient>(plan);
  const depth = depthOf(p), tiles = depthInTiles(p), bytes = <usize>p.groups * totalBytes(p), row = <usize>depth << 2;
  for (let group = 0; group < p.groups; group++) {
    const total = p.totals + <usize>group * totalBytes(p);
    for (let o = 0; o < p.outputs; o += 4) {
      const left = min(4, p.outputs - o), lines = across(p.outputs - o);
      const from = total + (<usize>(o * tiles) << 2), to = out + <usize>(group * p.outputs + o) * row;
      if (lines == 4) {
        for (let tap: usize = 0; tap < row; tap += 4) {
          const sums = blocksSum(p.blocks, bytes, from + 4 * tap);
          v128.store_lane<u32>(to + tap, sums, 0);
          v128.store_lane<u32>(to + row + tap, sums, 1);
          v128.store_lane<u32>(to + 2 * row + tap, sums, 2);
          if (left == 4) v128.store_lane<u32>(to + 3 * row + tap, sums, 3);
        }
        continue;
      }
      for (let i = 0; i < left; i++) for (let tap = 0; tap < depth; tap += 4) {
        const sums = blocksSum(p.blocks, bytes, from + (<usize>(i * tiles + tap) << 2)), at = to + i * row + (<usize>tap << 2);
        if (tap + 4 <= depth) v128.store(at, sums);
        else storeTail(at, sums, depth - tap);
      }
    }
  }
}
