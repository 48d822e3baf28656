/** Copies from rows to rows. Steps and row strides are in elements of `bytes` bytes. */
import { transpose4 } from "./gemm";

/** A stack of planes. */
export function copy(
  bytes: i32, planes: i32, rows: i32, n: i32,
  x: usize, xPlane: i32, xRow: i32, xStep: i32, out: usize, outPlane: i32, outRow: i32, outStep: i32,
): void {
  for (; planes > 0; planes--, x += xPlane * bytes, out += outPlane * bytes) {
    copyPlane(bytes, rows, n, x, xRow, xStep, out, outRow, outStep);
  }
}

/** `rows` rows of `n` elements. */
function copyPlane(
  bytes: i32, rows: i32, n: i32, x: usize, xRow: i32, xStep: i32, out: usize, outRow: i32, outStep: i32,
): void {
  if (xStep == 1 && outStep == 1) {
    for (let row = 0; row < rows; row++) memory.copy(out + row * outRow * bytes, x + row * xRow * bytes, n * bytes);
  } else if (bytes == 4 && xRow == 1 && outStep == 1) turn(rows, n, x, xStep, out, outRow);
  else {
    for (let row = 0; row < rows; row++) {
      let from = x + row * xRow * bytes;
      let to = out + row * outRow * bytes;
      for (let i = 0; i < n; i++, from += xStep * bytes, to += outStep * bytes) {
        if (bytes == 4) store<u32>(to, load<u32>(from));
        else store<u8>(to, load<u8>(from));
      }
    }
  }
}

/** A transpose, in blocks of 4 × 4 words. */
function turn(rows: i32, n: i32, x: usize, xStep: i32, out: usize, outRow: i32): void {
  const line = <usize>xStep << 2;
  const outLine = <usize>outRow << 2;
  for (let row = 0; row < rows; row += 4) {
    const from = x + (<usize>row << 2);
    const to = out + row * outLine;
    const blocked = row + 4 <= rows ? n & ~3 : 0;
    for (let i = 0; i < blocked; i += 4) transpose4(from + i * line, line, to + (<usize>i << 2), outLine);
    for (let r: usize = 0, end = <usize>min(4, rows - row); r < end; r++) {
      for (let i = blocked; i < n; i++) store<u32>(to + r * outLine + (<usize>i << 2), load<u32>(from + (r << 2) + i * line));
    }
  }
}

/** `out += x`, for rows of floats or whole numbers. */
export function add(
  float: bool, rows: i32, n: i32, x: usize, xRow: i32, xStep: i32, out: usize, outRow: i32, outStep: i32,
): void {
  for (let row = 0; row < rows; row++) {
    let from = x + ((row * xRow) << 2);
    let to = out + ((row * outRow) << 2);
    for (let i = 0; i < n; i++, from += xStep << 2, to += outStep << 2) {
      if (float) store<f32>(to, load<f32>(to) + load<f32>(from));
      else store<i32>(to, load<i32>(to) + load<i32>(from));
    }
  }
}

/** Fills words. The last vector may reach into the storage's slack: storages are whole vectors. */
export function fill(n: i32, value: u32, out: usize): void {
  const lanes = i32x4.splat(value);
  for (const end = out + ((<usize>n) << 2); out < end; out += 16) v128.store(out, lanes);
}
