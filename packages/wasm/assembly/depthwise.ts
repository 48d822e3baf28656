/**
 * Convolution of each channel by itself, with kernels of 3 × 3 in steps of 1 or 2, and the gradient of its weights. There is
 * nothing to be added up over channels, so images stay as they lie: a plane is copied into a frame of zeros, and the nine
 * weights stay in registers while it is gone through row by row. The gradient keeps nine sums in their place.
 *
 * In steps of 2, a row of the frame has its even columns first, then its odd ones: what four outputs in a row need from one
 * tap lies side by side, as it does in steps of 1.
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
  /** From one output to the next: down, and to the right. */
  rowStep: i32;
  columnStep: i32;
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

/** Bytes of a row of the frame's columns, of the even ones alone if there are odd ones, too. */
function half(p: Depthwise): usize { return <usize>(p.outWidth + 2) << 2; }

/** Bytes of a row of the frame. */
function pitch(p: Depthwise): usize { return half(p) * p.columnStep; }

/** Copies a row. */
function copyRow(columns: i32, from: usize, to: usize): void {
  let i = 0;
  for (; i + 4 <= columns; i += 4) v128.store(to + (<usize>i << 2), v128.load(from + (<usize>i << 2)));
  for (; i < columns; i++) store<f32>(to + (<usize>i << 2), load<f32>(from + (<usize>i << 2)));
}

/** Copies a row, every other column to `a` and those between to `b`. */
function partRow(columns: i32, from: usize, a: usize, b: usize): void {
  let i = 0;
  for (; i + 8 <= columns; i += 8, from += 32, a += 16, b += 16) {
    const x = v128.load(from), y = v128.load(from, 16);
    v128.store(a, v128.shuffle<f32>(x, y, 0, 2, 4, 6));
    v128.store(b, v128.shuffle<f32>(x, y, 1, 3, 5, 7));
  }
  for (; i + 2 <= columns; i += 2, from += 8, a += 4, b += 4) {
    store<f32>(a, load<f32>(from));
    store<f32>(b, load<f32>(from, 4));
  }
  if (i < columns) store<f32>(a, load<f32>(from));
}

/** Copies a plane into the frame, whose border is zeros. */
function bringIn(p: Depthwise, plane: usize, frame: usize): void {
  const rows = min(p.height, (p.outHeight - 1) * p.rowStep + 3 - p.top);
  const columns = min(p.width, (p.outWidth - 1) * p.columnStep + 3 - p.left);
  const odd = half(p), left = <usize>(p.left >> 1) << 2;
  for (let row = 0, to = frame + <usize>p.top * pitch(p); row < rows; row++, plane += <usize>p.width << 2, to += pitch(p)) {
    if (p.columnStep == 1) copyRow(columns, plane, to + (<usize>p.left << 2));
    else if (p.left & 1) partRow(columns, plane, to + odd + left, to + left + 4);
    else partRow(columns, plane, to + left, to + odd + left);
  }
}

function fma(sum: v128, a: v128, b: v128): v128 { return f32x4.add(sum, f32x4.mul(a, b)); }

/** Four values of the second tap of a row, and of the third. In steps of 1 they lie at offsets that an instruction holds. */
class Tap {
  @inline static second(a: usize, odd: usize, inTwos: bool): v128 { return inTwos ? v128.load(a + odd) : v128.load(a, 4); }
  @inline static third(a: usize, inTwos: bool): v128 { return inTwos ? v128.load(a, 4) : v128.load(a, 8); }
}

/** All rows of a plane. The last vector of a row overlaps the one before it, and writes the same once more. */
class Rows {
  @inline static of(p: Depthwise, at: usize, w: usize, to: usize, inTwos: bool): void {
    const down = <usize>p.rowStride << 2, right = <usize>p.columnStride << 2;
    const w0 = v128.load32_splat(w), w1 = v128.load32_splat(w + right), w2 = v128.load32_splat(w + 2 * right);
    w += down;
    const w3 = v128.load32_splat(w), w4 = v128.load32_splat(w + right), w5 = v128.load32_splat(w + 2 * right);
    w += down;
    const w6 = v128.load32_splat(w), w7 = v128.load32_splat(w + right), w8 = v128.load32_splat(w + 2 * right);
    const odd = half(p), line = inTwos ? 2 * odd : odd, step = line * p.rowStep;
    const columns = <usize>p.outWidth << 2, last = columns - 16;
    for (let row = 0; row < p.outHeight; row++, at += step, to += columns) {
      for (let i: usize = 0; ; i = min(i + 16, last)) {
        const a = at + i, b = a + line, c = b + line;
        let sum = f32x4.mul(w0, v128.load(a));
        sum = fma(sum, w1, Tap.second(a, odd, inTwos));
        sum = fma(sum, w2, Tap.third(a, inTwos));
        sum = fma(sum, w3, v128.load(b));
        sum = fma(sum, w4, Tap.second(b, odd, inTwos));
        sum = fma(sum, w5, Tap.third(b, inTwos));
        sum = fma(sum, w6, v128.load(c));
        sum = fma(sum, w7, Tap.second(c, odd, inTwos));
        sum = fma(sum, w8, Tap.third(c, inTwos));
        v128.store(to + i, sum);
        if (i == last) break;
      }
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
    if (p.columnStep == 1) Rows.of(p, frame, weights, out, false);
    else Rows.of(p, frame, weights, out, true);
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
class Sums {
  @inline static of(p: Depthwise, g: usize, at: usize, totals: usize, inTwos: bool): void {
    let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0), s4 = f32x4.splat(0);
    let s5 = f32x4.splat(0), s6 = f32x4.splat(0), s7 = f32x4.splat(0), s8 = f32x4.splat(0);
    const wide = <usize>(p.outWidth & ~3) << 2;
    const odd = half(p), line = inTwos ? 2 * odd : odd, step = line * p.rowStep;
    for (let row = 0; row < p.outHeight; row++, g += <usize>p.outWidth << 2, at += step) {
      let a = at, from = g;
      for (const end = g + wide; from < end; from += 16, a += 16) {
        const v = v128.load(from), b = a + line, c = b + line;
        s0 = fma(s0, v, v128.load(a)); s1 = fma(s1, v, Tap.second(a, odd, inTwos)); s2 = fma(s2, v, Tap.third(a, inTwos));
        s3 = fma(s3, v, v128.load(b)); s4 = fma(s4, v, Tap.second(b, odd, inTwos)); s5 = fma(s5, v, Tap.third(b, inTwos));
        s6 = fma(s6, v, v128.load(c)); s7 = fma(s7, v, Tap.second(c, odd, inTwos)); s8 = fma(s8, v, Tap.third(c, inTwos));
      }
    }
    addLanes(totals, s0); addLanes(totals + 8, s1); addLanes(totals + 16, s2);
    addLanes(totals + 24, s3); addLanes(totals + 32, s4); addLanes(totals + 40, s5);
    addLanes(totals + 48, s6); addLanes(totals + 56, s7); addLanes(totals + 64, s8);
  }
}

/** The same of the columns that are left; what lies beyond them is not read. */
function sumTails(p: Depthwise, g: usize, at: usize, totals: usize): void {
  const columns = p.outWidth, left = columns & 3, start = <usize>(columns & ~3) << 2;
  const line = pitch(p), step = line * p.rowStep;
  for (let i: usize = 0; i < 9; i++) {
    const tap = i % 3, right = p.columnStep == 1 ? tap << 2 : tap == 1 ? half(p) : tap << 1;
    let sum = f32x4.splat(0), from = g + start, a = at + start + (i / 3) * line + right;
    for (let row = 0; row < p.outHeight; row++, from += <usize>columns << 2, a += step) {
      sum = fma(sum, loadTail(from, left), loadTail(a, left));
    }
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
      if (p.columnStep == 1) Sums.of(p, g, frame, totals, false);
      else Sums.of(p, g, frame, totals, true);
      if (p.outWidth & 3) sumTails(p, g, frame, totals);
    }
    const out = p.out + <usize>channel * 36;
    for (let i: usize = 0; i < 9; i++) store<f32>(out + (i << 2), <f32>load<f64>(totals + (i << 3)));
  }
}
