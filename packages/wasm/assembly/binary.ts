/** Elementwise functions of two inputs, and `where`, of three. */
import * as code from "../src/codes";
import { CHUNK, dense, narrow, zip } from "./lanes";
import { bufferA, bufferB, bufferC } from "./scratch";

/** IEEE 754's aᵇ: by logarithm and power of two in double precision, from the compiler's library: no call to JavaScript. */
export function pow(a: f32, b: f32): f32 {
  if (a == 1 || (a == -1 && abs(b) == Infinity)) return 1;
  return NativeMathf.pow(a, b);
}

/** aᵇ of whole numbers, modulo 2³². A negative power is a fraction, which is cut to 0, but for those of 1 and −1. */
export function integerPower(a: i32, b: i32): i32 {
  if (b < 0) return a == 1 ? 1 : a == -1 ? (b & 1 ? -1 : 1) : 0;
  let power = 1;
  for (; b > 0; b >>= 1) {
    if (b & 1) power *= a;
    a *= a;
  }
  return power;
}

// One class a function: the compiler makes a loop for each, with the function inside.
@final class AddF { @inline of(a: v128, b: v128): v128 { return f32x4.add(a, b); } }
@final class AddI { @inline of(a: v128, b: v128): v128 { return i32x4.add(a, b); } }
@final class SubF { @inline of(a: v128, b: v128): v128 { return f32x4.sub(a, b); } }
@final class SubI { @inline of(a: v128, b: v128): v128 { return i32x4.sub(a, b); } }
@final class MulF { @inline of(a: v128, b: v128): v128 { return f32x4.mul(a, b); } }
@final class MulI { @inline of(a: v128, b: v128): v128 { return i32x4.mul(a, b); } }
@final class DivF { @inline of(a: v128, b: v128): v128 { return f32x4.div(a, b); } }
@final class MaxF { @inline of(a: v128, b: v128): v128 { return f32x4.max(a, b); } }
@final class MaxI { @inline of(a: v128, b: v128): v128 { return i32x4.max_s(a, b); } }
@final class MinF { @inline of(a: v128, b: v128): v128 { return f32x4.min(a, b); } }
@final class MinI { @inline of(a: v128, b: v128): v128 { return i32x4.min_s(a, b); } }
// Comparisons give masks; storing them as booleans makes 1 of what is not 0.
@final class EqualF { @inline of(a: v128, b: v128): v128 { return f32x4.eq(a, b); } }
@final class EqualI { @inline of(a: v128, b: v128): v128 { return i32x4.eq(a, b); } }
@final class LessF { @inline of(a: v128, b: v128): v128 { return f32x4.lt(a, b); } }
@final class LessI { @inline of(a: v128, b: v128): v128 { return i32x4.lt_s(a, b); } }
@final class GreaterF { @inline of(a: v128, b: v128): v128 { return f32x4.gt(a, b); } }
@final class GreaterI { @inline of(a: v128, b: v128): v128 { return i32x4.gt_s(a, b); } }

// What activations pass back: a is the gradient, b the output.
@final class ReluBack {
  @inline of(a: v128, b: v128): v128 { return v128.andnot(a, f32x4.le(b, f32x4.splat(0))); } // NaN passes it on.
}
@final class SigmoidBack {
  @inline of(a: v128, b: v128): v128 { return f32x4.mul(a, f32x4.mul(b, f32x4.sub(f32x4.splat(1), b))); }
}
@final class TanhBack {
  @inline of(a: v128, b: v128): v128 { return f32x4.mul(a, f32x4.sub(f32x4.splat(1), f32x4.mul(b, b))); }
}

function powF(n: i32, a: usize, b: usize, out: usize): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 4) store<f32>(out + i, pow(load<f32>(a + i), load<f32>(b + i)));
}

function powI(n: i32, a: usize, b: usize, out: usize): void {
  for (let i: usize = 0, end = <usize>n << 2; i < end; i += 4) {
    store<i32>(out + i, integerPower(load<i32>(a + i), load<i32>(b + i)));
  }
}

/** The remainder has the sign of the divisor, where WebAssembly's has that of the dividend. */
@final class ModF {
  @inline of(a: f32, b: f32): f32 {
    const rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}
@final class ModI {
  @inline of(a: i32, b: i32): i32 {
    if (b == 0 || b == -1) return 0;
    const rest = a % b;
    return rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest;
  }
}
/** The whole number at or below the quotient: without the rest, no rounding leads to another one. */
@final class FloorDivideF {
  @inline of(a: f32, b: f32): f32 {
    if (b == 0) return a / b;
    const rest = a % b;
    const whole = nearest((<f64>a - rest) / b);
    if (whole == 0 && (rest == 0 || (rest < 0) == (b < 0))) return 0 * (a / b); // It has the sign of the quotient.
    return <f32>(rest != 0 && (rest < 0) != (b < 0) ? whole - 1 : whole);
  }
}
@final class FloorDivideI {
  @inline of(a: i32, b: i32): i32 {
    if (b == 0) return 0;
    if (b == -1) return -a;
    return a / b - i32(a % b != 0 && (a < 0) != (b < 0));
  }
}
@final class Atan2 { @inline of(a: f32, b: f32): f32 { return NativeMathf.atan2(a, b); } }

/** Applies `F` to `n` pairs, one at a time. */
function zipOne<T, F>(n: i32, a: usize, b: usize, out: usize): void {
  const f = changetype<F>(0);
  for (const end = a + (<usize>n << 2); a < end; a += 4, b += 4, out += 4) store<T>(out, f.of(load<T>(a), load<T>(b)));
}

/** `out = f(a, b)` for `n` words. */
export function binaryWords(op: i32, n: i32, a: usize, b: usize, out: usize): void {
  switch (op) {
    case code.add: zip<AddF>(n, a, b, out); break;
    case code.add + code.integer: zip<AddI>(n, a, b, out); break;
    case code.sub: zip<SubF>(n, a, b, out); break;
    case code.sub + code.integer: zip<SubI>(n, a, b, out); break;
    case code.mul: zip<MulF>(n, a, b, out); break;
    case code.mul + code.integer: zip<MulI>(n, a, b, out); break;
    case code.div: zip<DivF>(n, a, b, out); break;
    case code.pow: powF(n, a, b, out); break;
    case code.pow + code.integer: powI(n, a, b, out); break;
    case code.maximum: zip<MaxF>(n, a, b, out); break;
    case code.maximum + code.integer: zip<MaxI>(n, a, b, out); break;
    case code.minimum: zip<MinF>(n, a, b, out); break;
    case code.minimum + code.integer: zip<MinI>(n, a, b, out); break;
    case code.mod: zipOne<f32, ModF>(n, a, b, out); break;
    case code.mod + code.integer: zipOne<i32, ModI>(n, a, b, out); break;
    case code.floorDivide: zipOne<f32, FloorDivideF>(n, a, b, out); break;
    case code.floorDivide + code.integer: zipOne<i32, FloorDivideI>(n, a, b, out); break;
    case code.atan2: zipOne<f32, Atan2>(n, a, b, out); break;
    case code.equal: zip<EqualF>(n, a, b, out); break;
    case code.equal + code.integer: zip<EqualI>(n, a, b, out); break;
    case code.less: zip<LessF>(n, a, b, out); break;
    case code.less + code.integer: zip<LessI>(n, a, b, out); break;
    case code.greater: zip<GreaterF>(n, a, b, out); break;
    case code.greater + code.integer: zip<GreaterI>(n, a, b, out); break;
    case code.relu: zip<ReluBack>(n, a, b, out); break;
    case code.sigmoid: zip<SigmoidBack>(n, a, b, out); break;
    case code.tanh: zip<TanhBack>(n, a, b, out); break;
    default: unreachable();
  }
}

/** `planes` of `rows` rows of `n` elements each. The result is contiguous. Elements are words of 4 bytes, or booleans of 1. */
export function binary(
  op: i32, planes: i32, rows: i32, n: i32, bytes: i32,
  a: usize, aPlane: i32, aRow: i32, aStep: i32,
  b: usize, bPlane: i32, bRow: i32, bStep: i32,
  out: usize, outBytes: i32,
): void {
  for (; planes > 0; planes--, a += aPlane * bytes, b += bPlane * bytes) for (let row = 0; row < rows; row++) {
    for (let at = 0; at < n; at += CHUNK) {
      const count = min(CHUNK, n - at);
      const left = dense(a + (row * aRow + at * aStep) * bytes, aStep, bytes, count, bufferA());
      const right = dense(b + (row * bRow + at * bStep) * bytes, bStep, bytes, count, bufferB());
      if (outBytes == 4) binaryWords(op, count, left, right, out);
      else {
        binaryWords(op, count, left, right, bufferC());
        narrow(bufferC(), out, count);
      }
      out += count * outBytes;
    }
  }
}

/** `condition ? a : b`, for rows of elements as above; the condition is boolean. */
export function where(
  planes: i32, rows: i32, n: i32, bytes: i32,
  condition: usize, conditionPlane: i32, conditionRow: i32, conditionStep: i32,
  a: usize, aPlane: i32, aRow: i32, aStep: i32,
  b: usize, bPlane: i32, bRow: i32, bStep: i32,
  out: usize,
): void {
  for (; planes > 0; planes--, condition += conditionPlane, a += aPlane * bytes, b += bPlane * bytes) for (let row = 0; row < rows; row++) {
    let chosen = condition + row * conditionRow;
    let yes = a + row * aRow * bytes;
    let no = b + row * bRow * bytes;
    for (let i = 0; i < n; i++) {
      const from = load<u8>(chosen) ? yes : no;
      if (bytes == 4) store<u32>(out, load<u32>(from));
      else store<u8>(out, load<u8>(from));
      chosen += conditionStep;
      yes += aStep * bytes;
      no += bStep * bytes;
      out += bytes;
    }
  }
}
