/**
 * Convolution by kernels of a single pixel: for each image a matrix product of weights, outputs × channels, and pixels,
 * channels × pixels, which lie so already. A unit of work is an image, or a part of its outputs.
 */
import { gemm } from "./gemm";
import { unaryWords } from "./unary";

/** The job's arguments after the number of units. As in src/simple-convolution.ts. */
@unmanaged
export class Pointwise {
  units: i32;
  /** Into how many parts the outputs of an image go, and how many outputs each has. */
  parts: i32;
  partOutputs: i32;
  outputs: i32;
  channels: i32;
  pixels: i32;
  weights: usize;
  /** Strides of the weights, in elements. */
  outputStride: i32;
  channelStride: i32;
  x: usize;
  out: usize;
  bias: usize;
  activation: i32;
  /** Whether the pixels are to be packed. */
  packed: bool;
}

export function pointwise(list: usize, from: i32, to: i32): void {
  const p = changetype<Pointwise>(list);
  const row = <usize>p.pixels << 2;
  for (let unit = from; unit < to; unit++) {
    const image = unit / p.parts, first = unit % p.parts * p.partOutputs, count = min(p.partOutputs, p.outputs - first);
    const out = p.out + <usize>(image * p.outputs + first) * row;
    gemm(
      count, p.pixels, p.channels, p.weights + ((first * p.outputStride) << 2), p.outputStride, p.channelStride,
      p.x + <usize>(image * p.channels) * row, p.pixels, 1, out, p.pixels, p.packed,
    );
    if (p.bias) for (let o = 0; o < count; o++) addBias(p.pixels, out + <usize>o * row, load<f32>(p.bias + (<usize>(first + o) << 2)));
    if (p.activation) unaryWords(p.activation, count * p.pixels, out, out);
  }
}

/** Adds a number to `n` words. */
export function addBias(n: i32, at: usize, bias: f32): void {
  const biases = f32x4.splat(bias);
  const end = at + (<usize>n << 2), vectors = at + (<usize>(n & ~3) << 2);
  for (; at < vectors; at += 16) v128.store(at, f32x4.add(v128.load(at), biases));
  for (; at < end; at += 4) store<f32>(at, load<f32>(at) + bias);
}
