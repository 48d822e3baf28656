/** Elementwise functions of one input. */
import * as code from "../src/codes";
import * as functions from "./functions";
import { CHUNK, dense, map, narrow } from "./lanes";
import { bufferA, bufferC } from "./scratch";

// One class a function: the compiler makes a loop for each, with the function inside.
@final class Identity { @inline of(x: v128): v128 { return x; } }
@final class NegF { @inline of(x: v128): v128 { return f32x4.neg(x); } }
@final class NegI { @inline of(x: v128): v128 { return i32x4.neg(x); } }
@final class Exp { @inline of(x: v128): v128 { return functions.exp(x); } }
@final class Log { @inline of(x: v128): v128 { return functions.log(x); } }
@final class Sqrt { @inline of(x: v128): v128 { return f32x4.sqrt(x); } }
@final class AbsF { @inline of(x: v128): v128 { return f32x4.abs(x); } }
@final class AbsI { @inline of(x: v128): v128 { return i32x4.abs(x); } }
/** 1 or −1 where it is not 0, which stays as it is, as NaN does. */
@final class SignF {
  @inline of(x: v128): v128 {
    const one = v128.bitselect(x, f32x4.splat(1), i32x4.splat(0x80000000));
    return v128.bitselect(one, x, f32x4.gt(f32x4.abs(x), f32x4.splat(0)));
  }
}
@final class SignI {
  @inline of(x: v128): v128 { return i32x4.max_s(i32x4.min_s(x, i32x4.splat(1)), i32x4.splat(-1)); }
}
/** NaN stays NaN. */
@final class ReluF { @inline of(x: v128): v128 { return v128.andnot(x, f32x4.lt(x, f32x4.splat(0))); } }
@final class ReluI { @inline of(x: v128): v128 { return i32x4.max_s(x, i32x4.splat(0)); } }
@final class Sigmoid { @inline of(x: v128): v128 { return functions.sigmoid(x); } }
@final class Tanh { @inline of(x: v128): v128 { return functions.tanh(x); } }
@final class FloatToInt { @inline of(x: v128): v128 { return i32x4.trunc_sat_f32x4_s(x); } }
@final class IntToFloat { @inline of(x: v128): v128 { return f32x4.convert_i32x4_s(x); } }
/** NaN is not 0, so it is true. */
@final class FloatToBool { @inline of(x: v128): v128 { return v128.and(f32x4.ne(x, f32x4.splat(0)), i32x4.splat(1)); } }

/** `out = f(x)` for `n` words. */
export function unaryWords(op: i32, n: i32, x: usize, out: usize): void {
  switch (op) {
    case code.identity: map<Identity>(n, x, out); break;
    case code.neg: map<NegF>(n, x, out); break;
    case code.neg + code.integer: map<NegI>(n, x, out); break;
    case code.exp: map<Exp>(n, x, out); break;
    case code.log: map<Log>(n, x, out); break;
    case code.sqrt: map<Sqrt>(n, x, out); break;
    case code.abs: map<AbsF>(n, x, out); break;
    case code.abs + code.integer: map<AbsI>(n, x, out); break;
    case code.sign: map<SignF>(n, x, out); break;
    case code.sign + code.integer: map<SignI>(n, x, out); break;
    case code.relu: map<ReluF>(n, x, out); break;
    case code.relu + code.integer: map<ReluI>(n, x, out); break;
    case code.sigmoid: map<Sigmoid>(n, x, out); break;
    case code.tanh: map<Tanh>(n, x, out); break;
    case code.floatToInteger: map<FloatToInt>(n, x, out); break;
    case code.integerToFloat: map<IntToFloat>(n, x, out); break;
    case code.floatToBoolean: map<FloatToBool>(n, x, out); break;
    default: unreachable();
  }
}

/** `rows` rows of `n` elements each. The result is contiguous. Elements are words of 4 bytes, or booleans of 1. */
export function unary(
  op: i32, rows: i32, n: i32,
  x: usize, xRow: i32, xStep: i32, xBytes: i32,
  out: usize, outBytes: i32,
): void {
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < n; at += CHUNK) {
      const count = min(CHUNK, n - at);
      const source = dense(x + (row * xRow + at * xStep) * xBytes, xStep, xBytes, count, bufferA());
      if (outBytes == 4) unaryWords(op, count, source, out);
      else {
        unaryWords(op, count, source, bufferC());
        narrow(bufferC(), out, count);
      }
      out += count * outBytes;
    }
  }
}
