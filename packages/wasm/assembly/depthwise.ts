/**
 * Convolution of each channel by itself, with kernels of 3 × 3 in steps of 1, and the gradient of its weights. There is nothing
 * to be added up over channels, so images stay as they lie: a plane is copied into a frame of zeros, and the nine weights
 * stay in registers while it is gone through row by row. The gradient keeps nine sums in their place.
 */
import { loadTail } from "./lanes";
import { addBias } from "./pointwise";
import { unaryWords } from "./unary";

/** The job's arguments. As in src/simple-convolution.ts. */
@unmanaged
export class Depthwise {
  /** Planes, or, of the gradient, channels. */
  units: i32;
  images: i32;
  channels: i32;
  height: i32;
  width: i32;
  outHeight: i32;
  outWidth: i32;
  /** Rows and columns of zeros before the image. */
  top: i32;
  left: i32;
  x: usize;
  out: usize;
  /** Weights and their strides in elements; bias and activation. */
  weights: usize;
  channelStride: i32;
  rowStride: i32;
  columnStride: i32;
  bias: usize;
  activation: i32;
  /** Of the gradient: what comes back. */
  gradient: usize;
  /** A frame for each chunk. */
  scratch: usize;
  scratchBytes: usize;
}

/** Bytes of a row of the frame. */
function pitch(p: Depthwise): usize { return <usize>(p.outWidth + 2) << 2; }

/** Copies a plane into the frame, whose border is zeros. */
function bringIn(p: Depthwise, plane: usize, frame: usize): void {
  const rows = min(p.height, p.outHeight + 2 - p.top), columns = min(p.width, p.outWidth + 2 - p.left);
  let to = frame + <usize>p.top * pitch(p) + (<usize>p.left << 2);
  for (let row = 0; row < rows; row++, plane += <usize>p.width << 2, to += pitch(p)) {
    let i = 0;
    for (; i + 4 <= columns; i += 4) v128.store(to + (<usize>i << 2), v128.load(plane + (<usize>i << 2)));
    for (; i < columns; i++) store<f32>(to + (<usize>i << 2), load<f32>(plane + (<usize>i << 2)));
  }
}

function fma(sum: v128, a: v128, b: v128): v128 { return f32x4.add(sum, f32x4.mul(a, b)); }

/** All rows of a plane. The last vector of a row overlaps the one before it, and writes the same once more. */
function rowsOf(rows: i32, columns: i32, at: usize, line: usize, w: usize, down: usize, right: usize, to: usize): void {
  const w0 = v128.load32_splat(w), w1 = v128.load32_splat(w + right), w2 = v128.load32_splat(w + 2 * right);
  w += down;
  const w3 = v128.load32_splat(w), w4 = v128.load32_splat(w + right), w5 = v128.load32_splat(w + 2 * right);
  w += down;
  const w6 = v128.load32_splat(w), w7 = v128.load32_splat(w + right), w8 = v128.load32_splat(w + 2 * right);
  const last = <usize>(columns - 4) << 2;
  for (let row = 0; row < rows; row++, at += line, to += <usize>columns << 2) {
    for (let i: usize = 0; ; i = min(i + 16, last)) {
      const a = at + i, b = a + line, c = b + line;
      let sum = f32x4.mul(w0, v128.load(a));
      sum = fma(sum, w1, v128.load(a, 4));
      sum = fma(sum, w2, v128.load(a, 8));
      sum = fma(sum, w3, v128.load(b));
      sum = fma(sum, w4, v128.load(b, 4));
      sum = fma(sum, w5, v128.load(b, 8));
      sum = fma(sum, w6, v128.load(c));
      sum = fma(sum, w7, v128.load(c, 4));
      sum = fma(sum, w8, v128.load(c, 8));
      v128.store(to + i, sum);
      if (i == last) break;
    }
  }
}

/** Planes from `from` to `to`. */
export function depthwise(list: usize, chunk: i32, from: i32, to: i32): void {
  const p = changetype<Depthwise>(list);
  const frame = p.scratch + <usize>chunk * p.scratchBytes, n = p.outHeight * p.outWidth;
  memory.fill(frame, 0, p.scratchBytes);
  for (let unit = from; unit < to; unit++) {
    const channel = unit % p.channels, out = p.out + (<usize>(unit * n) << 2);
    bringIn(p, p.x + (<usize>(unit * p.height * p.width) << 2), frame);
    const weights = p.weights + ((channel * p.channelStride) << 2);
    rowsOf(p.outHeight, p.outWidth, frame, pitch(p), weights, p.rowStride << 2, p.columnStride << 2, out);
    if (p.bias) addBias(n, out, load<f32>(p.bias + (<usize>channel << 2)));
    if (p.activation) unaryWords(p.activation, n, out, out);
  }
}

/** The sum of a vector's lanes, in a fixed order, added to a total. */
function addLanes(total: usize, x: v128): void {
  const sum = (f32x4.extract_lane(x, 0) + f32x4.extract_lane(x, 1)) + (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3));
  store<f64>(total, load<f64>(total) + <f64>sum);
}

/** Adds to nine totals what whole vectors of a plane have. */
function sumVectors(rows: i32, columns: i32, g: usize, at: usize, line: usize, totals: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0), s4 = f32x4.splat(0);
  let s5 = f32x4.splat(0), s6 = f32x4.splat(0), s7 = f32x4.splat(0), s8 = f32x4.splat(0);
  const wide = <usize>(columns & ~3) << 2;
  for (let row = 0; row < rows; row++, g += <usize>columns << 2, at += line) {
    let a = at, from = g;
    for (const end = g + wide; from < end; from += 16, a += 16) {
      const v = v128.load(from), b = a + line, c = b + line;
      s0 = fma(s0, v, v128.load(a)); s1 = fma(s1, v, v128.load(a, 4)); s2 = fma(s2, v, v128.load(a, 8));
      s3 = fma(s3, v, v128.load(b)); s4 = fma(s4, v, v128.load(b, 4)); s5 = fma(s5, v, v128.load(b, 8));
      s6 = fma(s6, v, v128.load(c)); s7 = fma(s7, v, v128.load(c, 4)); s8 = fma(s8, v, v128.load(c, 8));
    }
  }
  addLanes(totals, s0); addLanes(totals + 8, s1); addLanes(totals + 16, s2);
  addLanes(totals + 24, s3); addLanes(totals + 32, s4); addLanes(totals + 40, s5);
  addLanes(totals + 48, s6); addLanes(totals + 56, s7); addLanes(totals + 64, s8);
}

/** The same of the columns that are left; what lies beyond them is not read. */
function sumTails(rows: i32, columns: i32, g: usize, at: usize, line: usize, totals: usize): void {
  const left = columns & 3, start = <usize>(columns & ~3) << 2;
  for (let i: usize = 0; i < 9; i++) {
    let sum = f32x4.splat(0), from = g + start, a = at + start + (i / 3) * line + ((i % 3) << 2);
    for (let row = 0; row < rows; row++, from += <usize>columns << 2, a += line) sum = fma(sum, loadTail(from, left), loadTail(a, left));
    addLanes(totals + (i << 3), sum);
  }
}

/** The gradient of the weights of channels from `from` to `to`: each channel's sums are one thread's. */
export function depthwiseWeights(list: usize, chunk: i32, from: i32, to: i32): void {
  const p = changetype<Depthwise>(list);
  const totals = p.scratch + <usize>chunk * p.scratchBytes, frame = totals + 80;
  memory.fill(frame, 0, p.scratchBytes - 80);
  for (let channel = from; channel < to; channel++) {
    memory.fill(totals, 0, 72);
    for (let image = 0; image < p.images; image++) {
      const plane = image * p.channels + channel;
      bringIn(p, p.x + (<usize>(plane * p.height * p.width) << 2), frame);
      const g = p.gradient + (<usize>(plane * p.outHeight * p.outWidth) << 2);
      sumVectors(p.outHeight, p.outWidth, g, frame, pitch(p), totals);
      if (p.outWidth & 3) sumTails(p.outHeight, p.outWidth, g, frame, pitch(p), totals);
    }
    const out = p.out + <usize>channel * 36;
    for (let i: usize = 0; i < 9; i++) store<f32>(out + (i << 2), <f32>load<f64>(totals + (i << 3)));
  }
}
