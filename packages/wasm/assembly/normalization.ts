/**
 * Normalization of channels, `[n, c, s]`. A job's units are channels, so each sum is one thread's. Sums are kept in double
 * precision.
 */
import * as code from "../src/codes";

/** The job's arguments: the lengths of the axes, and where things are. As in src/normalization.ts. */
let channels: i32 = 0, blocks: i32 = 0, length: i32 = 0;
let x: usize = 0, moments: usize = 0, weight: usize = 0, bias: usize = 0, gradient: usize = 0, sums: usize = 0;
let out: usize = 0;
let epsilon: f64 = 0;

function read(list: usize): void {
  channels = load<i32>(list, 0);
  blocks = load<i32>(list, 4);
  length = load<i32>(list, 8);
  x = load<i32>(list, 12);
  moments = load<i32>(list, 16);
  weight = load<i32>(list, 20);
  bias = load<i32>(list, 24);
  gradient = load<i32>(list, 28);
  sums = load<i32>(list, 32);
  out = load<i32>(list, 36);
  epsilon = <f64>load<f32>(list, 40);
}

/** Where the row of a channel in a block begins, in bytes. */
function rowOf(block: i32, channel: i32): usize {
  return <usize>((block * channels + channel) * length) << 2;
}

/** The number of a channel in a list of one for each. */
function ofChannel(list: usize, channel: i32): f32 {
  return load<f32>(list + (<usize>channel << 2));
}

/** The second two of four floats, as doubles. */
function upper(floats: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<u64>(floats, floats, 1, 1));
}

function both(pair: v128): f64 {
  return f64x2.extract_lane(pair, 0) + f64x2.extract_lane(pair, 1);
}

function count(): f64 {
  return <f64>blocks * <f64>length;
}

/** `1 / √(variance + ε)`. */
function inverse(channel: i32): f64 {
  return 1 / Math.sqrt(<f64>ofChannel(moments, channels + channel) + epsilon);
}

/**
 * Mean and variance, in one pass: distances from the first element, and their squares, are added up. Of numbers that lie far
 * from 0 the squares alone would lose what they differ in.
 */
function momentsOf(channel: i32): void {
  const origin: f64 = count() > 0 ? <f64>load<f32>(x + rowOf(0, channel)) : 0;
  const origins = f64x2.splat(origin);
  let low = f64x2.splat(0), high = f64x2.splat(0), lowSquares = f64x2.splat(0), highSquares = f64x2.splat(0);
  let sum: f64 = 0, squares: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    let from = x + rowOf(block, channel);
    const vectors = from + (<usize>(length & ~3) << 2), end = from + (<usize>length << 2);
    for (; from < vectors; from += 16) {
      const floats = v128.load(from);
      const a = f64x2.sub(f64x2.promote_low_f32x4(floats), origins);
      const b = f64x2.sub(upper(floats), origins);
      low = f64x2.add(low, a);
      high = f64x2.add(high, b);
      lowSquares = f64x2.add(lowSquares, f64x2.mul(a, a));
      highSquares = f64x2.add(highSquares, f64x2.mul(b, b));
    }
    for (; from < end; from += 4) {
      const distance = <f64>load<f32>(from) - origin;
      sum += distance;
      squares += distance * distance;
    }
  }
  const mean = (sum + both(f64x2.add(low, high))) / count();
  const square = (squares + both(f64x2.add(lowSquares, highSquares))) / count();
  const variance = square - mean * mean;
  const at = out + (<usize>channel << 2);
  store<f32>(at, <f32>(mean + origin));
  // Rounding must not lead below 0. NaN stays.
  store<f32>(at + (<usize>channels << 2), variance < 0 ? 0 : <f32>variance);
}

/** `(x − mean) · scale + shift`. */
function normalize(channel: i32): void {
  const mean = ofChannel(moments, channel);
  const scale = <f32>(inverse(channel) * (weight ? <f64>ofChannel(weight, channel) : 1));
  const shift: f32 = bias ? ofChannel(bias, channel) : 0;
  const means = f32x4.splat(mean), scales = f32x4.splat(scale), shifts = f32x4.splat(shift);
  for (let block = 0; block < blocks; block++) {
    const row = rowOf(block, channel);
    let from = x + row, to = out + row;
    const vectors = from + (<usize>(length & ~3) << 2), end = from + (<usize>length << 2);
    for (; from < vectors; from += 16, to += 16) {
      v128.store(to, f32x4.add(f32x4.mul(f32x4.sub(v128.load(from), means), scales), shifts));
    }
    for (; from < end; from += 4, to += 4) store<f32>(to, (load<f32>(from) - mean) * scale + shift);
  }
}

/** `Σ gradient` and `Σ gradient · x̂`. */
function sumsOf(channel: i32): void {
  const mean: f64 = ofChannel(moments, channel);
  const means = f64x2.splat(mean);
  let low = f64x2.splat(0), high = f64x2.splat(0), lowProducts = f64x2.splat(0), highProducts = f64x2.splat(0);
  let sum: f64 = 0, products: f64 = 0;
  for (let block = 0; block < blocks; block++) {
    const row = rowOf(block, channel);
    let from = x + row, g = gradient + row;
    const vectors = from + (<usize>(length & ~3) << 2), end = from + (<usize>length << 2);
    for (; from < vectors; from += 16, g += 16) {
      const floats = v128.load(from), slopes = v128.load(g);
      const a = f64x2.promote_low_f32x4(slopes), b = upper(slopes);
      low = f64x2.add(low, a);
      high = f64x2.add(high, b);
      lowProducts = f64x2.add(lowProducts, f64x2.mul(a, f64x2.sub(f64x2.promote_low_f32x4(floats), means)));
      highProducts = f64x2.add(highProducts, f64x2.mul(b, f64x2.sub(upper(floats), means)));
    }
    for (; from < end; from += 4, g += 4) {
      sum += <f64>load<f32>(g);
      products += <f64>load<f32>(g) * (<f64>load<f32>(from) - mean);
    }
  }
  const at = out + (<usize>channel << 2);
  store<f32>(at, <f32>(sum + both(f64x2.add(low, high))));
  const product = products + both(f64x2.add(lowProducts, highProducts));
  store<f32>(at + (<usize>channels << 2), <f32>(product * inverse(channel)));
}

/** What comes back to `x`: the gradient, less what of it mean and variance take away. */
function back(channel: i32): void {
  const mean = ofChannel(moments, channel);
  const scale = <f32>(inverse(channel) * (weight ? <f64>ofChannel(weight, channel) : 1));
  const shift = <f32>(<f64>ofChannel(sums, channel) / count());
  const slope = <f32>((<f64>ofChannel(sums, channels + channel) / count()) * inverse(channel));
  const means = f32x4.splat(mean), scales = f32x4.splat(scale), shifts = f32x4.splat(shift), slopes = f32x4.splat(slope);
  for (let block = 0; block < blocks; block++) {
    const row = rowOf(block, channel);
    let from = x + row, g = gradient + row, to = out + row;
    const vectors = from + (<usize>(length & ~3) << 2), end = from + (<usize>length << 2);
    for (; from < vectors; from += 16, g += 16, to += 16) {
      const taken = f32x4.mul(f32x4.sub(v128.load(from), means), slopes);
      v128.store(to, f32x4.mul(f32x4.sub(f32x4.sub(v128.load(g), shifts), taken), scales));
    }
    for (; from < end; from += 4, g += 4, to += 4) {
      store<f32>(to, (load<f32>(g) - shift - (load<f32>(from) - mean) * slope) * scale);
    }
  }
}

/** The channels from `start` to `end` of a job whose arguments stand in a list. */
export function normalizeChannels(kind: i32, list: usize, start: i32, end: i32): void {
  read(list);
  for (let channel = start; channel < end; channel++) {
    if (kind == code.channelMomentsJob) momentsOf(channel);
    else if (kind == code.channelNormJob) normalize(channel);
    else if (kind == code.channelNormSumsJob) sumsOf(channel);
    else back(channel);
  }
}
