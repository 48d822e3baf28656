/**
 * Elementwise functions of one input, on four floats at a time.
 *
 * Engines differ in their `Math.exp`; these use +, −, × and ÷ alone, so they give the same bits everywhere. The method
 * is the textbook's: reduce the argument to a small interval, evaluate a polynomial there, undo the reduction. The
 * coefficients are those of Cephes (S. Moshier, netlib.org/cephes, single precision). No result is more than 4 units in
 * the last place off, denormal arguments and results included; the tests measure that.
 */
import * as code from "../src/codes";
import { CHUNK, dense, map, narrow } from "./lanes";
import { bufferA, bufferC } from "./scratch";

function splat(value: f32): v128 {
  return f32x4.splat(value);
}

function fma(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), splat(c));
}

/**
 * Constants of `exp` and `tanh`, in memory: one instruction brings one into all lanes, where V8 makes a constant of the code
 * in four or five, in each turn of a loop anew.
 */
const CONSTANTS: usize = memory.data<f32>([
  1.44269504088896341, // log₂ e
  // 1.5 · 2²³, of whose neighbours each is 1 further: the sum of it and a number below 2²² is rounded to a whole number, ties
  // to the even one, which then stands in the sum's last bits. `f32x4.nearest` and a conversion take many more instructions.
  12582912,
  // ln 2 as a sum of two floats, of which the first has few digits: its products with small whole numbers are exact.
  0.693359375, -2.12194440e-4,
  1, 2, 10, 89, -105,
  // (eʳ − 1 − r) / r², for exp.
  1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1,
  // The same, for tanh: of the polynomials of degree 4 that whose largest relative error in eʳ − 1 is least, 1.4e-8.
  1.388239734138967e-3, 8.367173357674174e-3, 4.1667221020540025e-2, 1.6666538739215706e-1, 4.999999804309956e-1,
]);
const LOG2_E: usize = 0, WHOLE: usize = 4, LN2_HIGH: usize = 8, LN2_LOW: usize = 12;
const ONE: usize = 16, TWO: usize = 20, TEN: usize = 24, MOST: usize = 28, LEAST: usize = 32;
const EXP_SERIES: usize = 36, TANH_SERIES: usize = 60;

/** A constant, in all lanes. */
function constant(at: usize): v128 {
  return v128.load32_splat(CONSTANTS + at);
}

/** x · y + a constant. */
function next(x: v128, y: v128, at: usize): v128 {
  return f32x4.add(f32x4.mul(x, y), constant(at));
}

/** x − n ln 2 for whole n. */
function reduced(x: v128, n: v128): v128 {
  return f32x4.sub(f32x4.sub(x, f32x4.mul(n, constant(LN2_HIGH))), f32x4.mul(n, constant(LN2_LOW)));
}

/** 2ⁿ for whole n from −126 to 127: the exponent's bits. */
function powerOfTwo(n: v128): v128 {
  return i32x4.add(i32x4.shl(n, 23), constant(ONE));
}

/** eˣ = 2ⁿ · eʳ with |r| ≤ ½ ln 2. */
export function exp(x: v128): v128 {
  // Beyond these the result is 0 or ∞. `pmin` and `pmax` keep their first operand if it is NaN, and are one instruction each.
  x = f32x4.pmax(f32x4.pmin(x, constant(MOST)), constant(LEAST));
  const raised = next(x, constant(LOG2_E), WHOLE);
  const r = reduced(x, f32x4.sub(raised, constant(WHOLE)));
  let y = next(constant(EXP_SERIES), r, EXP_SERIES + 4);
  y = next(y, r, EXP_SERIES + 8);
  y = next(y, r, EXP_SERIES + 12);
  y = next(y, r, EXP_SERIES + 16);
  y = next(y, r, EXP_SERIES + 20);
  y = f32x4.add(f32x4.mul(f32x4.mul(y, r), r), f32x4.add(r, constant(ONE)));
  // In two factors, as 2ⁿ alone may be no float where the product is one.
  const n = i32x4.sub(raised, constant(WHOLE));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(y, powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** ln x = e ln 2 + ln m with √½ ≤ m < √2. */
export function log(x: v128): v128 {
  const denormal = f32x4.lt(x, splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, splat(8388608)), x, denormal); // 2²³
  const exponent = i32x4.sub(i32x4.shr_s(scaled, 23), v128.bitselect(i32x4.splat(126 + 23), i32x4.splat(126), denormal));
  let m = v128.or(v128.and(scaled, i32x4.splat(0x7fffff)), i32x4.splat(0x3f000000));
  const small = f32x4.lt(m, splat(0.707106781186547524));
  const e = f32x4.convert_i32x4_s(i32x4.add(exponent, small)); // A mask's lanes are −1.
  m = f32x4.add(f32x4.sub(m, splat(1)), v128.and(m, small));
  const square = f32x4.mul(m, m);
  let y = fma(splat(7.0376836292e-2), m, -1.1514610310e-1);
  y = fma(y, m, 1.1676998740e-1);
  y = fma(y, m, -1.2420140846e-1);
  y = fma(y, m, 1.4249322787e-1);
  y = fma(y, m, -1.6668057665e-1);
  y = fma(y, m, 2.0000714765e-1);
  y = fma(y, m, -2.4999993993e-1);
  y = fma(y, m, 3.3333331174e-1);
  y = f32x4.mul(f32x4.mul(y, m), square);
  y = f32x4.add(y, f32x4.mul(e, constant(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(square, splat(0.5)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(e, constant(LN2_HIGH)));
  // ln ∞ = ∞, ln 0 = −∞, and no real logarithm below.
  y = v128.bitselect(y, x, f32x4.lt(x, splat(Infinity)));
  y = v128.bitselect(splat(-Infinity), y, f32x4.eq(x, splat(0)));
  return v128.bitselect(splat(NaN), y, f32x4.lt(x, splat(0)));
}

/** 1 / (1 + e⁻ˣ), from e^−|x|, which is never too large. */
export function sigmoid(x: v128): v128 {
  const power = exp(f32x4.neg(f32x4.abs(x)));
  const negative = f32x4.lt(x, splat(0));
  return f32x4.div(v128.bitselect(power, splat(1), negative), f32x4.add(power, splat(1)));
}

/** t / (t + 2) with t = e²ˣ − 1 = 2ⁿ (eʳ − 1) + (2ⁿ − 1), |r| ≤ ½ ln 2, of |x|: nothing is lost near 0. */
export function tanh(x: v128): v128 {
  const size = f32x4.pmin(f32x4.abs(x), constant(TEN)); // From there on it is 1. NaN stays.
  const twice = f32x4.add(size, size);
  const raised = next(twice, constant(LOG2_E), WHOLE);
  const r = reduced(twice, f32x4.sub(raised, constant(WHOLE)));
  let y = next(constant(TANH_SERIES), r, TANH_SERIES + 4);
  y = next(y, r, TANH_SERIES + 8);
  y = next(y, r, TANH_SERIES + 12);
  y = next(y, r, TANH_SERIES + 16);
  y = f32x4.add(f32x4.mul(f32x4.mul(y, r), r), r);
  const power = powerOfTwo(raised); // All that stands above the whole number is shifted out.
  const t = f32x4.add(f32x4.mul(power, y), f32x4.sub(power, constant(ONE)));
  const result = f32x4.div(t, f32x4.add(t, constant(TWO)));
  return v128.or(result, v128.and(x, i32x4.splat(0x80000000))); // The sign is the argument's.
}

/** x times a polynomial of x² below 1; 1 − e^(−x²) / x times one of 1/x² from there on. */
export function erf(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(size, size);
  let near = fma(splat(7.853861353153693e-5), square, -8.010193625184903e-4);
  near = fma(near, square, 5.188327685732524e-3);
  near = fma(near, square, -2.685381193529856e-2);
  near = fma(near, square, 1.128358514861418e-1);
  near = fma(near, square, -3.761262582423300e-1);
  near = f32x4.mul(fma(near, square, 1.128379165726710), size);
  const z = f32x4.div(splat(1), square);
  let far = fma(splat(2.326819970068386e-2), z, -1.387039388740657e-1);
  far = fma(far, z, 3.687424674597105e-1);
  far = fma(far, z, -5.824733027278666e-1);
  far = fma(far, z, 6.210004621745983e-1);
  far = fma(far, z, -4.944515323274145e-1);
  far = fma(far, z, 3.404879937665872e-1);
  far = fma(far, z, -2.741127028184656e-1);
  far = fma(far, z, 5.638259427386472e-1);
  far = f32x4.div(f32x4.mul(far, exp(f32x4.neg(square))), size);
  const y = v128.bitselect(near, f32x4.sub(splat(1), far), f32x4.lt(size, splat(1)));
  return v128.bitselect(x, y, i32x4.splat(0x80000000)); // The sign is the argument's.
}

/** max(x, 0) + log(1 + e^−|x|); the logarithm by 2 atanh(e / (2 + e)), a series of at most 1/3. NaN stays. */
export function softplus(x: v128): v128 {
  const power = exp(f32x4.neg(f32x4.abs(x)));
  const s = f32x4.div(power, f32x4.add(power, splat(2)));
  const z = f32x4.mul(s, s);
  let series = fma(splat(2.0 / 15), z, 2.0 / 13);
  series = fma(series, z, 2.0 / 11);
  series = fma(series, z, 2.0 / 9);
  series = fma(series, z, 2.0 / 7);
  series = fma(series, z, 2.0 / 5);
  series = fma(series, z, 2.0 / 3);
  series = fma(series, z, 2);
  return f32x4.add(f32x4.max(x, splat(0)), f32x4.mul(series, s));
}

// One class a function: the compiler makes a loop for each, with the function inside.
@final class Identity { @inline of(x: v128): v128 { return x; } }
@final class NegF { @inline of(x: v128): v128 { return f32x4.neg(x); } }
@final class NegI { @inline of(x: v128): v128 { return i32x4.neg(x); } }
@final class Exp { @inline of(x: v128): v128 { return exp(x); } }
@final class Log { @inline of(x: v128): v128 { return log(x); } }
@final class Sqrt { @inline of(x: v128): v128 { return f32x4.sqrt(x); } }
@final class AbsF { @inline of(x: v128): v128 { return f32x4.abs(x); } }
@final class AbsI { @inline of(x: v128): v128 { return i32x4.abs(x); } }
/** 1 or −1 where it is not 0; NaN stays NaN, and −0 becomes 0. */
@final class SignF {
  @inline of(x: v128): v128 {
    const one = v128.bitselect(x, f32x4.splat(1), i32x4.splat(0x80000000));
    const size = f32x4.abs(x);
    return v128.bitselect(one, size, f32x4.gt(size, f32x4.splat(0)));
  }
}
@final class SignI {
  @inline of(x: v128): v128 { return i32x4.max_s(i32x4.min_s(x, i32x4.splat(1)), i32x4.splat(-1)); }
}
/** NaN stays NaN, and −0 becomes 0. */
@final class ReluF { @inline of(x: v128): v128 { return v128.andnot(x, f32x4.le(x, f32x4.splat(0))); } }
@final class ReluI { @inline of(x: v128): v128 { return i32x4.max_s(x, i32x4.splat(0)); } }
@final class Sigmoid { @inline of(x: v128): v128 { return sigmoid(x); } }
@final class Tanh { @inline of(x: v128): v128 { return tanh(x); } }
@final class Erf { @inline of(x: v128): v128 { return erf(x); } }
@final class Floor { @inline of(x: v128): v128 { return f32x4.floor(x); } }
@final class Ceil { @inline of(x: v128): v128 { return f32x4.ceil(x); } }
@final class Round { @inline of(x: v128): v128 { return f32x4.nearest(x); } }
@final class Trunc { @inline of(x: v128): v128 { return f32x4.trunc(x); } }
@final class Softplus { @inline of(x: v128): v128 { return softplus(x); } }

// One element at a time, by the compiler's library: these are rarely where the time goes. Large angles need its doubles.
@final class Expm1 { @inline of(x: f32): f32 { return NativeMathf.expm1(x); } }
@final class Log1p { @inline of(x: f32): f32 { return NativeMathf.log1p(x); } }
@final class Log2 { @inline of(x: f32): f32 { return NativeMathf.log2(x); } }
@final class Sin { @inline of(x: f32): f32 { return <f32>NativeMath.sin(x); } }
@final class Cos { @inline of(x: f32): f32 { return <f32>NativeMath.cos(x); } }
@final class Tan { @inline of(x: f32): f32 { return <f32>NativeMath.tan(x); } }
@final class Asin { @inline of(x: f32): f32 { return NativeMathf.asin(x); } }
@final class Acos { @inline of(x: f32): f32 { return NativeMathf.acos(x); } }
@final class Atan { @inline of(x: f32): f32 { return NativeMathf.atan(x); } }
@final class Sinh { @inline of(x: f32): f32 { return NativeMathf.sinh(x); } }
@final class Cosh { @inline of(x: f32): f32 { return NativeMathf.cosh(x); } }

/** Applies `F` to `n` floats, one at a time. */
function mapOne<F>(n: i32, x: usize, out: usize): void {
  const f = changetype<F>(0);
  for (const end = x + (<usize>n << 2); x < end; x += 4, out += 4) store<f32>(out, f.of(load<f32>(x)));
}

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
    case code.erf: map<Erf>(n, x, out); break;
    case code.softplus: map<Softplus>(n, x, out); break;
    case code.floor: map<Floor>(n, x, out); break;
    case code.ceil: map<Ceil>(n, x, out); break;
    case code.round: map<Round>(n, x, out); break;
    case code.trunc: map<Trunc>(n, x, out); break;
    case code.expm1: mapOne<Expm1>(n, x, out); break;
    case code.log1p: mapOne<Log1p>(n, x, out); break;
    case code.log2: mapOne<Log2>(n, x, out); break;
    case code.sin: mapOne<Sin>(n, x, out); break;
    case code.cos: mapOne<Cos>(n, x, out); break;
    case code.tan: mapOne<Tan>(n, x, out); break;
    case code.asin: mapOne<Asin>(n, x, out); break;
    case code.acos: mapOne<Acos>(n, x, out); break;
    case code.atan: mapOne<Atan>(n, x, out); break;
    case code.sinh: mapOne<Sinh>(n, x, out); break;
    case code.cosh: mapOne<Cosh>(n, x, out); break;
    case code.floatToInteger: map<FloatToInt>(n, x, out); break;
    case code.integerToFloat: map<IntToFloat>(n, x, out); break;
    case code.floatToBoolean: map<FloatToBool>(n, x, out); break;
    default: unreachable();
  }
}

/** `planes` of `rows` rows of `n` elements each. The result is contiguous. Elements are words of 4 bytes, or booleans of 1. */
export function unary(
  op: i32, planes: i32, rows: i32, n: i32,
  x: usize, xPlane: i32, xRow: i32, xStep: i32, xBytes: i32,
  out: usize, outBytes: i32,
): void {
  for (; planes > 0; planes--, x += xPlane * xBytes) for (let row = 0; row < rows; row++) {
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
