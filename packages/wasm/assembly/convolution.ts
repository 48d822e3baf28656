/**
 * Convolution, and its transpose, which is the same sum with the kernel turned round. Patches are never laid out: eight
 * images are put side by side into the lanes of two vectors, pixel by pixel with all their channels,
 * `[row][column][channel][8]`. A result's pixel of 4 channels and 8 images is then a tile of eight sums, as in the matrix
 * product, and what it sums over lies in one run for each row of the kernel: `(column, channel)`. Each pixel has its own
 * range of rows and columns, so no border of zeros is multiplied; stride and dilation only say where runs begin.
 *
 * Where there are fewer than eight images, or an image is large, images are cut into strips of rows, which count as images
 * of their own: rows that lie beyond an image's edge are then zeros. The order of a sum is (row, column, channel) in any
 * case; so the bits of a result depend neither on how many images there are nor on how many threads.
 *
 * Eight sums, as V8 before Node 24 moves the tenth to memory unless the code around the loop pleases it. Measured on a
 * Zen 5: the rate of the matrix product or more. Each unit of work is eight images and one group of channels.
 */
import { gatherRows, Rows, scatterRows } from "./layout";
import { unaryWords } from "./unary";

/** What is computed. The words are written by src/convolution.ts, in this order. Strides and steps are in pixels. */
@unmanaged
export class Convolution {
  images: i32;
  /** Into how many strips each image goes, and how many rows of the result each has. */
  strips: i32;
  rows: i32;
  /** And rows of the input, which begin at `origin` for the first strip, and `advance` further for each next one. */
  stripRows: i32;
  origin: i32;
  advance: i32;
  groups: i32;
  /** Channels of a group, that come in and go out. */
  depth: i32;
  outputs: i32;
  height: i32;
  width: i32;
  outHeight: i32;
  outWidth: i32;
  /** How many kinds of rows and columns the result has: pixels of a kind have the same taps, `inStep` pixels further. */
  kindsY: i32;
  kindsX: i32;
  inStepY: i32;
  inStepX: i32;
  /** From tap to tap. */
  tapStepY: i32;
  tapStepX: i32;
  /** For each kind of rows, then of columns: where the first tap is, and how many there are; then where the weights are. */
  kinds: usize;
  weights: usize;
  /** Bytes of a group's weights. */
  groupBytes: usize;
  x: usize;
  out: usize;
  bias: usize;
  activation: i32;
  /** Room to work in, for each chunk. */
  scratch: usize;
  scratchBytes: usize;
}

/** A column of the result. */
@unmanaged
class Column {
  /** Where its input begins. */
  at: usize;
  /** Its first tap, how many there are, and its kind. */
  first: i32;
  count: i32;
  kind: i32;
  /** Whether it has the same taps as the one before it, and that is not paired with another one. */
  paired: bool;
}
const COLUMN: usize = 20;

/** A lane's image: where its channels begin, its strip's first row of the input, where its result begins, and its first row. */
@unmanaged
class Lane {
  x: usize;
  row: i32;
  out: usize;
  outRow: i32;
}
const LANE: usize = 16;

const LANES: i32 = 8;
/** Bytes of a pixel's channel: a word in each lane. */
const CELL: usize = 32;

/** Channels in panels of four, and in a panel of two: of what is left, three go into one of four, one into one of two. */
function fours(outputs: i32): i32 { return (outputs + 1) >> 2; }
function twos(outputs: i32): i32 { return (outputs & 3) == 1 || (outputs & 3) == 2 ? 1 : 0; }
export function padded(outputs: i32): i32 { return 4 * fours(outputs) + 2 * twos(outputs); }

/** ⌈a / b⌉ for b > 0. */
function divideUp(a: i32, b: i32): i32 { return a > 0 ? (a + b - 1) / b : -(-a / b); }

/** Where parts of a chunk's scratch are: lanes, rows of pointers, a row of zeros, one to throw away, columns, results, input. */
function zerosAt(): usize { return 8 * LANE + 2 * 16; }
function dumpAt(p: Convolution): usize { return zerosAt() + (<usize>(p.width + 4) << 2); }
function columnsAt(p: Convolution): usize { return dumpAt(p) + (<usize>(p.outWidth + 4) << 2); }
function resultsAt(p: Convolution): usize { return columnsAt(p) + <usize>p.outWidth * COLUMN; }
function inputAt(p: Convolution): usize { return resultsAt(p) + <usize>(p.outWidth * padded(p.outputs)) * CELL; }

/** How many bytes a chunk needs. */
export function convolutionBytes(plan: usize): usize {
  const p = changetype<Convolution>(plan);
  return (inputAt(p) + <usize>(p.stripRows * p.width * p.depth) * CELL + 63) & ~63;
}

/** How many units of work there are. */
export function convolutionUnits(plan: usize): i32 {
  const p = changetype<Convolution>(plan);
  return ((p.images * p.strips + LANES - 1) / LANES) * p.groups;
}

/** Bytes of a kind's weights, of one group. */
export function panelBytes(outputs: i32, depth: i32): usize {
  return <usize>(padded(outputs) * depth) << 2;
}

/**
 * Packs weights for a kind of pixel: for each group, panels of four channels that go out, then one of two; in a panel, row by
 * row and column by column of the taps, the channels that come in, each with its 4 (or 2) weights. What is missing is 0.
 * Strides are in elements.
 */
export function packWeights(
  groups: i32, outputs: i32, rows: i32, columns: i32, depth: i32,
  w: usize, group: i32, output: i32, row: i32, column: i32, channel: i32, to: usize, groupBytes: usize,
): void {
  const lines = padded(outputs);
  for (let g = 0; g < groups; g++, w += group << 2, to += groupBytes) {
    let at = to;
    for (let o = 0; o < lines; o += 4) {
      const wide = min(4, lines - o);
      for (let y = 0; y < rows; y++) for (let x = 0; x < columns; x++) {
        let from = w + ((o * output + y * row + x * column) << 2);
        for (let c = 0; c < depth; c++, from += channel << 2) {
          for (let i = 0; i < wide; i++, at += 4) store<f32>(at, o + i < outputs ? load<f32>(from + ((i * output) << 2)) : 0);
        }
      }
    }
  }
}

function fma(sum: v128, a: v128, b: v128): v128 { return f32x4.add(sum, f32x4.mul(a, b)); }

/**
 * A tile: 4 channels of one pixel of 8 images. It goes through `rows` × `columns` runs, each of `run` bytes of weights; a skip
 * leads from the end of a column's run to the next column's, a gap from the end of a row to the next one.
 */
function tile4(
  rows: i32, columns: i32, run: usize, a: usize, aGap: usize, b: usize, bSkip: usize, bGap: usize, to: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let s20 = f32x4.splat(0), s21 = f32x4.splat(0), s30 = f32x4.splat(0), s31 = f32x4.splat(0);
  for (let i = 0; i < rows; i++, a += aGap, b += bGap) {
    for (let j = 0; j < columns; j++, b += bSkip) {
      for (const end = a + run; a < end; a += 16, b += 32) {
        const x0 = v128.load(b), x1 = v128.load(b, 16);
        const w0 = v128.load32_splat(a);
        s00 = fma(s00, w0, x0); s01 = fma(s01, w0, x1);
        const w1 = v128.load32_splat(a, 4);
        s10 = fma(s10, w1, x0); s11 = fma(s11, w1, x1);
        const w2 = v128.load32_splat(a, 8);
        s20 = fma(s20, w2, x0); s21 = fma(s21, w2, x1);
        const w3 = v128.load32_splat(a, 12);
        s30 = fma(s30, w3, x0); s31 = fma(s31, w3, x1);
      }
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16); v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(to, s20, 64); v128.store(to, s21, 80); v128.store(to, s30, 96); v128.store(to, s31, 112);
}

/** The same of 2 channels. */
function tile2(
  rows: i32, columns: i32, run: usize, a: usize, aGap: usize, b: usize, bSkip: usize, bGap: usize, to: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  for (let i = 0; i < rows; i++, a += aGap, b += bGap) {
    for (let j = 0; j < columns; j++, b += bSkip) {
      for (const end = a + run; a < end; a += 8, b += 32) {
        const x0 = v128.load(b), x1 = v128.load(b, 16);
        const w0 = v128.load32_splat(a);
        s00 = fma(s00, w0, x0); s01 = fma(s01, w0, x1);
        const w1 = v128.load32_splat(a, 4);
        s10 = fma(s10, w1, x0); s11 = fma(s11, w1, x1);
      }
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16); v128.store(to, s10, 32); v128.store(to, s11, 48);
}

/** 2 channels of two pixels with the same taps, at `b` and `c`: as many sums as of four channels. */
function tilePair(
  rows: i32, columns: i32, run: usize, a: usize, aGap: usize, b: usize, c: usize, skip: usize, gap: usize, to: usize, next: usize,
): void {
  let s00 = f32x4.splat(0), s01 = f32x4.splat(0), s10 = f32x4.splat(0), s11 = f32x4.splat(0);
  let t00 = f32x4.splat(0), t01 = f32x4.splat(0), t10 = f32x4.splat(0), t11 = f32x4.splat(0);
  for (let i = 0; i < rows; i++, a += aGap, b += gap, c += gap) {
    for (let j = 0; j < columns; j++, b += skip, c += skip) {
      for (const end = a + run; a < end; a += 8, b += 32, c += 32) {
        const w0 = v128.load32_splat(a), w1 = v128.load32_splat(a, 4);
        const x0 = v128.load(b), x1 = v128.load(b, 16);
        s00 = fma(s00, w0, x0); s01 = fma(s01, w0, x1);
        s10 = fma(s10, w1, x0); s11 = fma(s11, w1, x1);
        const y0 = v128.load(c), y1 = v128.load(c, 16);
        t00 = fma(t00, w0, y0); t01 = fma(t01, w0, y1);
        t10 = fma(t10, w1, y0); t11 = fma(t11, w1, y1);
      }
    }
  }
  v128.store(to, s00); v128.store(to, s01, 16); v128.store(to, s10, 32); v128.store(to, s11, 48);
  v128.store(next, t00); v128.store(next, t01, 16); v128.store(next, t10, 32); v128.store(next, t11, 48);
}

/** Computes units of work, with a chunk's scratch. */
export function convolve(plan: usize, chunk: i32, from: i32, to: i32): void {
  const p = changetype<Convolution>(plan);
  const scratch = p.scratch + <usize>chunk * p.scratchBytes;
  memory.fill(scratch + zerosAt(), 0, <usize>p.width << 2);
  findColumns(p, scratch + columnsAt(p));
  for (let unit = from; unit < to; unit++) {
    const first = (unit / p.groups) * LANES, group = unit % p.groups;
    findLanes(p, scratch, first, group);
    bringIn(p, scratch);
    for (let row = 0; row < p.rows; row++) {
      computeRow(p, scratch, group, row);
      finishRow(p, scratch, group);
      takeOut(p, scratch, row);
    }
  }
}

/** For each column of the result: which taps fall into the image, and where. */
function findColumns(p: Convolution, to: usize): void {
  const kinds = p.kinds + (<usize>p.kindsY << 3);
  for (let x = 0; x < p.outWidth; x++, to += COLUMN) {
    const kind = x % p.kindsX, taps = kinds + (<usize>kind << 3);
    const start = (x / p.kindsX) * p.inStepX + load<i32>(taps);
    const first = max(0, divideUp(-start, p.tapStepX));
    const column = changetype<Column>(to);
    column.count = max(0, min(load<i32>(taps, 4), divideUp(p.width - start, p.tapStepX)) - first);
    column.first = first;
    column.at = <usize>((start + first * p.tapStepX) * p.depth) * CELL;
    column.kind = kind;
    const before = changetype<Column>(to - COLUMN);
    column.paired = x > 0 && !before.paired && before.kind == kind && before.first == column.first && before.count == column.count;
  }
}

/** Which image and strip each lane has. Lanes beyond the last one repeat it, and write what it writes. */
function findLanes(p: Convolution, scratch: usize, first: i32, group: i32): void {
  const count = p.images * p.strips;
  for (let l = 0; l < LANES; l++) {
    const v = min(first + l, count - 1), image = v / p.strips, strip = v % p.strips;
    const lane = changetype<Lane>(scratch + l * LANE);
    lane.x = p.x + (<usize>((image * p.groups + group) * p.depth * p.height * p.width) << 2);
    lane.row = strip * p.advance + p.origin;
    lane.out = p.out + (<usize>((image * p.groups + group) * p.outputs * p.outHeight * p.outWidth) << 2);
    lane.outRow = strip * p.rows;
  }
}

/** With whole images, the rows beyond an edge are the same in all lanes, and left out. */
function lowRow(p: Convolution): i32 { return p.strips == 1 ? max(0, -p.origin) : 0; }
function highRow(p: Convolution): i32 { return p.strips == 1 ? min(p.stripRows, p.height - p.origin) : p.stripRows; }

/** Puts the lanes' images side by side. */
function bringIn(p: Convolution, scratch: usize): void {
  const pointers = scratch + 8 * LANE, zeros = scratch + zerosAt(), input = scratch + inputAt(p);
  const rowBytes = <usize>p.width << 2, plane = <usize>p.height * rowBytes, pixel = <usize>p.depth * CELL;
  const front = changetype<Rows>(pointers), back = changetype<Rows>(pointers + 16);
  for (let row = lowRow(p), end = highRow(p); row < end; row++) {
    const to = input + <usize>(row * p.width) * pixel;
    for (let c = 0; c < p.depth; c++) {
      for (let l = 0; l < LANES; l++) {
        const lane = changetype<Lane>(scratch + l * LANE), y = lane.row + row;
        store<usize>(pointers + (l << 2), y >= 0 && y < p.height ? lane.x + c * plane + y * rowBytes : zeros);
      }
      gatherRows(p.width, front, to + <usize>c * CELL, pixel);
      gatherRows(p.width, back, to + <usize>c * CELL + 16, pixel);
    }
  }
}

/** A row of results of all lanes: `[column][channel][8]`. */
function computeRow(p: Convolution, scratch: usize, group: i32, row: i32): void {
  const depth = p.depth, outputs = p.outputs;
  const kind = row % p.kindsY, taps = p.kinds + (<usize>kind << 3);
  const start = (row / p.kindsY) * p.inStepY + load<i32>(taps) - p.origin, high = load<i32>(taps, 4);
  const j0 = max(0, divideUp(lowRow(p) - start, p.tapStepY));
  const rows = max(0, min(high, divideUp(highRow(p) - start, p.tapStepY)) - j0);
  const pixel = <usize>depth * CELL, line = <usize>p.width * pixel;
  const input = scratch + inputAt(p) + <usize>(start + j0 * p.tapStepY) * line, bRow = <usize>p.tapStepY * line;
  const kindsX = p.kinds + (<usize>p.kindsY << 3), starts = kindsX + (<usize>p.kindsX << 3) + (<usize>(kind * p.kindsX) << 2);
  const weights = p.weights + <usize>group * p.groupBytes;
  const panels = fours(outputs), near = p.tapStepX == 1, pixelOut = <usize>padded(outputs) * CELL;
  let to = scratch + resultsAt(p);
  for (let at = scratch + columnsAt(p), end = scratch + resultsAt(p); at < end; at += COLUMN, to += pixelOut) {
    const column = changetype<Column>(at), count = column.count;
    // Neighbouring columns are one run.
    const columns = near ? 1 : count, run = near ? <usize>(count * depth) : <usize>depth;
    const width = load<i32>(kindsX + (<usize>column.kind << 3), 4);
    const b = input + column.at;
    const bSkip = near ? 0 : <usize>(p.tapStepX - 1) * pixel;
    const bGap = bRow - <usize>columns * (run * CELL + bSkip);
    const panel = <usize>(high * width * depth), first = <usize>((j0 * width + column.first) * depth);
    const gap = <usize>((width - count) * depth);
    let a = weights + load<u32>(starts + (<usize>column.kind << 2)), tile = to;
    for (let q = 0; q < panels; q++, a += panel << 4, tile += 4 * CELL) {
      tile4(rows, columns, run << 4, a + (first << 4), gap << 4, b, bSkip, bGap, tile);
    }
    if (!twos(outputs) || column.paired) continue;
    a += first << 3;
    const next = changetype<Column>(at + COLUMN);
    if (at + COLUMN < end && next.paired) {
      tilePair(rows, columns, run << 3, a, gap << 3, b, input + next.at, bSkip, bGap, tile, tile + pixelOut);
    } else tile2(rows, columns, run << 3, a, gap << 3, b, bSkip, bGap, tile);
  }
}

/** Adds the bias to a row of results, and applies the activation: while they are near. */
function finishRow(p: Convolution, scratch: usize, group: i32): void {
  const from = scratch + resultsAt(p), pixel = <usize>padded(p.outputs) * CELL, end = from + <usize>p.outWidth * pixel;
  if (p.bias) {
    for (let o = 0; o < p.outputs; o++) {
      const bias = v128.load32_splat(p.bias + (<usize>(group * p.outputs + o) << 2));
      for (let at = from + <usize>o * CELL; at < end; at += pixel) {
        v128.store(at, f32x4.add(v128.load(at), bias));
        v128.store(at, f32x4.add(v128.load(at, 16), bias), 16);
      }
    }
  }
  if (p.activation) unaryWords(p.activation, <i32>((end - from) >> 2), from, from);
}

/** Writes a row of results to where each lane's belongs. */
function takeOut(p: Convolution, scratch: usize, row: i32): void {
  const pointers = scratch + 8 * LANE, dump = scratch + dumpAt(p);
  const front = changetype<Rows>(pointers), back = changetype<Rows>(pointers + 16);
  const rowBytes = <usize>p.outWidth << 2, plane = <usize>p.outHeight * rowBytes, pixel = <usize>padded(p.outputs) * CELL;
  let from = scratch + resultsAt(p);
  for (let o = 0; o < p.outputs; o++, from += CELL) {
    for (let l = 0; l < LANES; l++) {
      const lane = changetype<Lane>(scratch + l * LANE), y = lane.outRow + row;
      store<usize>(pointers + (l << 2), y < p.outHeight ? lane.out + o * plane + y * rowBytes : dump);
    }
    scatterRows(p.outWidth, from, pixel, front);
    scatterRows(p.outWidth, from + 16, pixel, back);
  }
}
