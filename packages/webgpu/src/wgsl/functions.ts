/**
 * The functions of numbers. WGSL lets a device take NaN and infinity for anything, and its own `exp`, `log`, `tanh`, `sin` and
 * `pow` are off by far more than a rounding: so these are written out, of + − × ÷, `sqrt`, comparisons and bits. The same
 * text, so nearly the same digits, on every device.
 */
import type { BinaryOp, UnaryOp } from "@dlcc/tensor";

/** Σ cᵢ zⁱ, from the highest power down. */
const polynomial = (z: string, coefficients: readonly number[]): string =>
  coefficients.map(String).reduce((tail, c) => `(${c} + ${z} * ${tail})`);

/** tanh x ≈ x + c₁x³ + c₂x⁵ + …: below ½, where `1 − e^(−2x)` would lose its digits. Source: Abramowitz & Stegun, 4.5.64. */
const tanhSeries = [-929569 / 638512875, 21844 / 6081075, -1382 / 155925, 62 / 2835, -17 / 315, 2 / 15, -1 / 3];

/** erf x = x · p(x²) below 1. All numbers here have the digits that a float32 tells apart. Source: Cephes (S. Moshier, netlib.org/cephes, single precision). */
const erfNear = [7.8538614e-5, -0.00080101936, 0.0051883277, -0.026853812, 0.112835851, -0.37612626, 1.128379166];

/** erf x = 1 − e^(−x²) / x · p(1/x²) from there on. Source: Cephes. */
const erfFar = [
  0.0232682, -0.13870394, 0.36874247, -0.5824733, 0.62100046, -0.49445153, 0.340488, -0.2741127, 0.56382594,
];

/** (eˣ − 1 − x) / x² for |x| ≤ ½ ln 2. Source: Cephes. */
const expSeries = [1.98756915e-4, 0.00139819995, 0.008333452, 0.041665796, 0.16666665, 0.5];

/** From here on, an angle is taken modulo 2π with all digits of π that count. */
const largestAngle = 8192;

/** The digits of 2/π, in words of 32. */
const twoOverPi = [0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561];

/** From 2²³ on, floats are whole numbers. */
const whole = 8388608;

/** Functions that others call: each is taken into a shader that mentions it. */
const library: Readonly<Record<string, string>> = {
  isNan: "fn isNan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }",
  isNegative: "fn isNegative(v: f32) -> bool { return bitcast<u32>(v) >= 0x80000000u; }",
  pow2: "fn pow2(k: i32) -> f32 { return bitcast<f32>((k + 127) << 23u); }",
  // e^v = 2^k e^r, with ln 2 in two parts, of which the first has few digits. Source: Cody & Waite 1980; Cephes.
  expOf: `fn expOf(v: f32) -> f32 {
    let x = clamp(v, -104.0, 89.0);
    let k = floor(x * 1.442695 + 0.5);
    let r = (x - k * 0.693359375) + k * 0.00021219444;
    let e = r * r * ${polynomial("r", expSeries)} + r + 1.0;
    let half = i32(k) / 2;
    let scaled = e * pow2(half) * pow2(i32(k) - half);
    return select(select(scaled, p.inf, v > 88.72283), v, isNan(v));
  }`,
  // With v = m · 2ᵉ and s = (m − 1)/(m + 1): e ln 2 + 2 (s + s³/3 + s⁵/5 + …).
  logOf: `fn logOf(v: f32) -> f32 {
    var bits = bitcast<u32>(v);
    if (isNan(v) || bits == 0x7f800000u) { return v; }
    if ((bits & 0x7fffffffu) == 0u) { return -p.inf; }
    if (bits >= 0x80000000u) { return p.nan; }
    var e = -127;
    if (bits < 0x800000u) { bits = bitcast<u32>(f32(bits)); e = -127 - 149; }
    e += i32(bits >> 23u);
    var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
    if (m > 1.41421356) { m = m * 0.5; e += 1; }
    let s = (m - 1.0) / (m + 1.0);
    let series = s * (2.0 + (s * s) * ${polynomial(
      "(s * s)",
      [11, 9, 7, 5, 3].map((n) => 2 / n),
    )});
    let f = f32(e);
    return f * 0.693359375 + (f * -0.00021219444 + series);
  }`,
  // log(1 + e) = 2 atanh(e / (2 + e)), for e from −½ to 1.
  log1pSeries: `fn log1pSeries(e: f32) -> f32 {
    let s = e / (2.0 + e);
    let z = s * s;
    return s * ${polynomial(
      "z",
      [15, 13, 11, 9, 7, 5, 3, 1].map((n) => 2 / n),
    )};
  }`,
  reluOf: "fn reluOf(v: f32) -> f32 { return select(v, 0.0, v <= 0.0); }",
  sigmoidOf: `fn sigmoidOf(v: f32) -> f32 {
    let e = expOf(-abs(v));
    return select(select(1.0, e, v < 0.0) / (1.0 + e), v, isNan(v));
  }`,
  tanhOf: `fn tanhOf(v: f32) -> f32 {
    let size = abs(v);
    let z = v * v;
    let e = expOf(-2.0 * min(size, 44.0));
    let far = (1.0 - e) / (1.0 + e);
    let near = v + v * z * ${polynomial("z", tanhSeries)};
    return select(select(select(far, -far, v < 0.0), near, size < 0.5), v, isNan(v));
  }`,
  mulHigh: `fn mulHigh(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu); let left = (a >> 16u) * (b & 0xffffu); let right = (a & 0xffffu) * (b >> 16u);
    let middle = (low >> 16u) + (left & 0xffffu) + (right & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u) + (middle >> 16u);
  }`,
  // v · 2/π modulo 4, of a number of 24 digits m · 2ᵉ: m times those 96 digits of 2/π that matter. Source: Payne & Hanek 1983.
  quarters: `fn quarters(v: f32) -> vec2f {
    let bits = bitcast<u32>(v);
    let m = (bits & 0x7fffffu) | 0x800000u;
    let first = i32((bits >> 23u) & 0xffu) - 152;
    var digits = array<u32, 9>(0u, ${twoOverPi.map((word) => `${word}u`).join(", ")});
    let word = u32(first + 32) / 32u; let shift = u32(first + 32) % 32u;
    var w = array<u32, 3>();
    for (var i = 0u; i < 3u; i++) {
      w[i] = digits[word + i] << shift;
      if (shift > 0u) { w[i] |= digits[word + i + 1u] >> (32u - shift); }
    }
    let low = m * w[2];
    let middle = m * w[1] + mulHigh(m, w[2]);
    let carry = select(0u, 1u, middle < m * w[1]);
    let high = m * w[0] + mulHigh(m, w[1]) + carry;
    let fraction = bitcast<i32>((high << 2u) | (middle >> 30u));
    let k = ((high >> 30u) + select(0u, 1u, fraction < 0)) & 3u;
    let r = (f32(fraction) * ${2 ** -32} + f32((middle << 2u) | (low >> 30u)) * ${2 ** -64}) * ${Math.PI / 2};
    return select(vec2f(r, f32(k)), vec2f(-r, f32((4u - k) & 3u)), v < 0.0);
  }`,
  // v = k π/2 + r with |r| ≤ π/4: sine and cosine of r, and k modulo 4. Source: Cody & Waite 1980; polynomials of Cephes.
  angleOf: `fn angleOf(v: f32) -> vec3f {
    let n = floor(v * ${2 / Math.PI} + 0.5);
    var r = ((v - n * 1.5703125) - n * 0.0004837513) - n * 7.54979e-8;
    var k = n - 4.0 * floor(n * 0.25);
    if (abs(v) >= ${largestAngle}) { let q = quarters(v); r = q.x; k = q.y; }
    let z = r * r;
    return vec3f(
      r + r * z * ${polynomial("z", [-0.00019515296, 0.008332161, -0.16666655])},
      1.0 - 0.5 * z + z * z * ${polynomial("z", [2.4433157e-5, -0.0013887316, 0.041666646])},
      k);
  }`,
  sinOf: `fn sinOf(v: f32) -> f32 {
    if (!(abs(v) < p.inf)) { return p.nan; }
    let a = angleOf(v);
    let r = select(a.x, a.y, a.z == 1.0 || a.z == 3.0);
    return select(r, -r, a.z >= 2.0);
  }`,
  cosOf: `fn cosOf(v: f32) -> f32 {
    if (!(abs(v) < p.inf)) { return p.nan; }
    let a = angleOf(v);
    let r = select(a.y, a.x, a.z == 1.0 || a.z == 3.0);
    return select(r, -r, a.z == 1.0 || a.z == 2.0);
  }`,
  // asin u for u up to ½, with z = u². Source: Cephes.
  asinNear: `fn asinNear(u: f32, z: f32) -> f32 {
    return u + u * z * ${polynomial("z", [0.0421632, 0.02418131105, 0.045470026, 0.074953003, 0.16666752])};
  }`,
  asinOf: `fn asinOf(v: f32) -> f32 {
    let size = abs(v);
    if (!(size <= 1.0)) { return p.nan; }
    let z = select(v * v, 0.5 * (1.0 - size), size > 0.5);
    let a = select(asinNear(size, z), ${Math.PI / 2} - 2.0 * asinNear(sqrt(z), z), size > 0.5);
    return select(a, -a, isNegative(v));
  }`,
  // The arctangent of a number from 0 on, infinity included. Source: Cephes.
  arctangent: `fn arctangent(size: f32) -> f32 {
    var u = size;
    var angle = 0.0;
    if (size > 0.41421356) { u = (size - 1.0) / (size + 1.0); angle = ${Math.PI / 4}; }
    if (size > 2.4142136) { u = -1.0 / size; angle = ${Math.PI / 2}; }
    if (size > 3e38) { u = 0.0; }
    let z = u * u;
    return angle + (u + u * z * ${polynomial("z", [0.080537445, -0.13877686, 0.19977711, -0.3333295])});
  }`,
  // |a| mod |b| by long division of the digits: exact, however large the quotient.
  restOf: `fn restOf(a: f32, b: f32) -> f32 {
    let x = bitcast<u32>(abs(a)); let y = bitcast<u32>(abs(b));
    if (x < y) { return abs(a); }
    var e = i32(x >> 23u); var m = (x & 0x7fffffu) | 0x800000u;
    var f = i32(y >> 23u); var n = (y & 0x7fffffu) | 0x800000u;
    if (e == 0) { m = x & 0x7fffffu; e = 1; }
    if (f == 0) { n = y & 0x7fffffu; f = 1; }
    if (n == 0u) { return p.nan; }
    m = m % n;
    for (; e > f; e -= 1) { m = (m << 1u) % n; }
    // m · 2^(f − 150), in two steps, so that no power of 2 is out of range.
    return f32(m) * pow2((f - 150) / 2) * pow2((f - 150) - (f - 150) / 2);
  }`,
  powerOf: `fn powerOf(a: f32, b: f32) -> f32 {
    let size = abs(a); let times = abs(b);
    if (b == 0.0 || a == 1.0) { return 1.0; }
    if (isNan(a) || isNan(b)) { return p.nan; }
    if (times == p.inf) {
      if (size == 1.0) { return 1.0; }
      return select(0.0, p.inf, (size > 1.0) == (b > 0.0));
    }
    let isWhole = times >= ${whole} || floor(times) == times;
    let isOdd = isWhole && times < ${2 * whole} && (u32(min(times, ${2 * whole - 1})) & 1u) == 1u;
    var r = 1.0;
    if (size == 0.0 || size == p.inf) {
      r = select(0.0, p.inf, (size == p.inf) == (b > 0.0));
    } else if (isWhole && times <= 64.0) {
      // By squaring: exact where the result is.
      var square = size;
      for (var k = u32(times); k > 0u; k = k >> 1u) { if ((k & 1u) == 1u) { r = r * square; } square = square * square; }
      if (b < 0.0) { r = 1.0 / r; }
    } else {
      r = expOf(b * logOf(size));
    }
    if (isNegative(a)) {
      if (!isWhole && a != 0.0 && size != p.inf) { return p.nan; }
      if (isOdd) { r = -r; }
    }
    return r;
  }`,
};

/** The functions that a text mentions, and those that these mention. */
export function helpers(text: string): string {
  const found = new Set<string>();
  const look = (where: string): void => {
    for (const [name, definition] of Object.entries(library)) {
      if (found.has(name) || !where.includes(`${name}(`)) continue;
      found.add(name);
      look(definition);
    }
  };
  look(text);
  return [...found].map((name) => `${library[name]}\n`).join("");
}

/** Expressions of `a`, a float. */
export const unary: { readonly [O in UnaryOp]: string } = {
  neg: "-a",
  abs: "abs(a)",
  sign: "select(select(select(0.0, -1.0, a < 0.0), 1.0, a > 0.0), a, isNan(a))",
  relu: "reluOf(a)",
  exp: "expOf(a)",
  log: "logOf(a)",
  // −0 has the root −0, and below it there is none.
  sqrt: "select(select(sqrt(a), p.nan, a < 0.0), a, isNan(a) || a == 0.0 || a == p.inf)",
  sigmoid: "sigmoidOf(a)",
  tanh: "tanhOf(a)",
  erf: `select(select(select(
    select(1.0, 1.0 - expOf(-a * a) / abs(a) * ${polynomial("(1.0 / (a * a))", erfFar)}, abs(a) < 6.0) * select(1.0, -1.0, a < 0.0),
    a * ${polynomial("(a * a)", erfNear)}, abs(a) < 1.0), sign(a), abs(a) >= 6.0), a, isNan(a))`,
  expm1: `select(expOf(a) - 1.0, a * ${polynomial(
    "a",
    [362880, 40320, 5040, 720, 120, 24, 6, 2, 1].map((factorial) => 1 / factorial),
  )}, abs(a) < 0.5)`,
  log1p: "select(logOf(1.0 + a), log1pSeries(a), abs(a) < 0.5)",
  log2: `logOf(a) * ${Math.LOG2E}`,
  softplus: "select(log1pSeries(expOf(-abs(a))) + select(a, 0.0, a <= 0.0), a, isNan(a))",
  sin: "sinOf(a)",
  cos: "cosOf(a)",
  tan: "sinOf(a) / cosOf(a)",
  asin: "asinOf(a)",
  acos: `${Math.PI / 2} - asinOf(a)`,
  atan: "select(select(arctangent(abs(a)), -arctangent(abs(a)), isNegative(a)), a, isNan(a))",
  sinh: `select(
    (expOf(0.5 * abs(a)) * (0.5 * expOf(0.5 * abs(a))) - 0.5 * expOf(-abs(a))) * select(1.0, -1.0, a < 0.0),
    a + a * (a * a) * ${polynomial(
      "(a * a)",
      [39916800, 362880, 5040, 120, 6].map((factorial) => 1 / factorial),
    )}, abs(a) < 1.0)`,
  cosh: "expOf(0.5 * abs(a)) * (0.5 * expOf(0.5 * abs(a))) + 0.5 * expOf(-abs(a))",
  floor: `select(a, floor(a), abs(a) < ${whole})`,
  ceil: `select(a, ceil(a), abs(a) < ${whole})`,
  round: `select(a, round(a), abs(a) < ${whole})`, // Of two, the even one.
  trunc: `select(a, trunc(a), abs(a) < ${whole})`,
};

/** The same of whole numbers, where they have it. */
export const wholeUnary: { readonly [O in UnaryOp]?: string } = {
  neg: "-a",
  abs: "abs(a)",
  sign: "sign(a)",
  relu: "max(a, 0)",
};

/** Statements of `a` and `b`, floats, that return the result. */
export const binary: { readonly [O in BinaryOp]: string } = {
  add: "return a + b;",
  sub: "return a - b;",
  mul: "return a * b;",
  div: "return a / b;",
  pow: "return powerOf(a, b);",
  maximum: "return select(select(select(b, a, a > b), b, isNan(b)), a, isNan(a));",
  minimum: "return select(select(select(b, a, a < b), b, isNan(b)), a, isNan(a));",
  floorDivide: `
    if (b == 0.0 || isNan(a) || isNan(b)) { return a / b; }
    if (abs(a) == p.inf) { return p.nan; }
    if (abs(b) == p.inf) { return select(select(0.0, -1.0, (a < 0.0) != (b < 0.0)), a / b, a == 0.0); }
    let rest = restOf(a, b);
    let quotient = round((abs(a) - rest) / abs(b));
    let isBelow = (a < 0.0) != (b < 0.0);
    return select(quotient, select(-quotient, -quotient - 1.0, rest != 0.0), isBelow);`,
  mod: `
    if (isNan(a) || isNan(b) || abs(a) == p.inf || b == 0.0) { return p.nan; }
    let size = select(restOf(a, b), abs(a), abs(b) == p.inf);
    let rest = select(size, -size, isNegative(a));
    return select(rest, rest + b, rest != 0.0 && (rest < 0.0) != (b < 0.0));`,
  atan2: `
    if (isNan(a) || isNan(b)) { return p.nan; }
    var angle = arctangent(abs(a) / abs(b));
    if (b == 0.0) { angle = ${Math.PI / 2}; }
    if (a == 0.0) { angle = 0.0; }
    if (abs(b) == p.inf) { angle = select(0.0, ${Math.PI / 4}, abs(a) == p.inf); }
    if (isNegative(b)) { angle = ${Math.PI} - angle; }
    return select(angle, -angle, isNegative(a));`,
  equal: "return u32(a == b);",
  less: "return u32(a < b);",
  greater: "return u32(a > b);",
};

/** The same of whole numbers, where it is another; also of booleans. Divided by 0, the quotient is 0. */
export const wholeBinary: { readonly [O in BinaryOp]?: string } = {
  div: "return a / b;",
  maximum: "return max(a, b);",
  minimum: "return min(a, b);",
  pow: `
    if (b < 0) {
      if (a == 1) { return 1; }
      if (a == -1) { return select(1, -1, (b & 1) == 1); }
      return 0;
    }
    var power = 1; var square = a;
    for (var rest = b; rest > 0; rest = rest >> 1u) { if ((rest & 1) == 1) { power = power * square; } square = square * square; }
    return power;`,
  floorDivide: `
    if (b == 0) { return 0; }
    return a / b - select(0, 1, a % b != 0 && (a < 0) != (b < 0));`,
  mod: `
    if (b == 0) { return 0; }
    let rest = a % b;
    return select(rest, rest + b, rest != 0 && (rest < 0) != (b < 0));`,
};

/** Functions of numbers to others of another dtype. What is too large for `int32` is the nearest end, and NaN is 0. */
export const casts: Readonly<Record<string, string>> = {
  "f32 i32":
    "return select(select(select(i32(clamp(a, -2147483520.0, 2147483520.0)), 2147483647, a >= 2147483648.0), -2147483648, a <= -2147483648.0), 0, isNan(a));",
  "f32 u32": "return u32(isNan(a) || a != 0.0);",
  "i32 u32": "return u32(a != 0);",
  "i32 f32": "return f32(a);",
  "u32 f32": "return f32(a);",
  "u32 i32": "return i32(a);",
};
