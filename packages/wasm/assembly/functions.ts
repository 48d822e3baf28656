/**
 * exp, log, tanh and the logistic function on four floats at a time, and pow.
 *
 * Engines differ in their `Math.exp`; these use +, −, × and ÷ alone, so they give the same bits everywhere. The method
 * is the textbook's: reduce the argument to a small interval, evaluate a polynomial there, undo the reduction. The
 * coefficients are those of Cephes (S. Moshier, netlib.org/cephes, single precision). No result is more than 4 units in
 * the last place off, denormal arguments and results included; the tests measure that.
 */

function splat(value: f32): v128 {
  return f32x4.splat(value);
}

function fma(a: v128, b: v128, c: f32): v128 {
  return f32x4.add(f32x4.mul(a, b), splat(c));
}

const LOG2_E: f32 = 1.44269504088896341;
/** ln 2 as a sum of two floats, of which the first has few digits: its products with small whole numbers are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** 2ⁿ for whole n from −126 to 127: the exponent's bits. */
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** eˣ = 2ⁿ · eʳ with |r| ≤ ½ ln 2. */
export function exp(x: v128): v128 {
  // Beyond these the result is 0 or ∞. `min` and `max` keep NaN.
  x = f32x4.max(f32x4.min(x, splat(89)), splat(-105));
  const rounded = f32x4.nearest(f32x4.mul(x, splat(LOG2_E)));
  let r = f32x4.sub(x, f32x4.mul(rounded, splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(rounded, splat(LN2_LOW)));
  let y = fma(splat(1.9875691500e-4), r, 1.3981999507e-3);
  y = fma(y, r, 8.3334519073e-3);
  y = fma(y, r, 4.1665795894e-2);
  y = fma(y, r, 1.6666665459e-1);
  y = fma(y, r, 5.0000001201e-1);
  y = f32x4.add(f32x4.mul(f32x4.mul(y, r), r), f32x4.add(r, splat(1)));
  // In two factors, as 2ⁿ alone may be no float where the product is one.
  const n = i32x4.trunc_sat_f32x4_s(rounded);
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
  y = f32x4.add(y, f32x4.mul(e, splat(LN2_LOW)));
  y = f32x4.sub(y, f32x4.mul(square, splat(0.5)));
  y = f32x4.add(f32x4.add(m, y), f32x4.mul(e, splat(LN2_HIGH)));
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

/** A polynomial near 0; 1 − 2 / (e²ˣ + 1) elsewhere. */
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(size, size);
  let near = fma(splat(-5.70498872745e-3), square, 2.06390887954e-2);
  near = fma(near, square, -5.37397155531e-2);
  near = fma(near, square, 1.33314422036e-1);
  near = fma(near, square, -3.33332819422e-1);
  near = f32x4.add(f32x4.mul(f32x4.mul(near, square), size), size);
  const power = exp(f32x4.add(size, size));
  const far = f32x4.sub(splat(1), f32x4.div(splat(2), f32x4.add(power, splat(1))));
  const y = v128.bitselect(near, far, f32x4.lt(size, splat(0.625)));
  return v128.bitselect(x, y, i32x4.splat(0x80000000)); // The sign is the argument's.
}

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
