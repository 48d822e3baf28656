/**
 * Functions that kernels call. WGSL lets a device take NaN and infinity for anything, and its own `exp`, `log`, `tanh`, `sin`
 * and `pow` are off by far more than a rounding: so these are written out, of + − × ÷, `sqrt`, comparisons and bits. The same
 * text, so nearly the same digits, on every device. All numbers here have the digits that a float32 tells apart.
 */

/** Σ cᵢ zⁱ, from the highest power down. */
const polynomial = (z: string, coefficients: readonly number[]): string =>
  coefficients.map(String).reduce((tail, c) => `(${c} + ${z} * ${tail})`);

const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));

/** Taylor's coefficients at 0 of eᶻ for these powers; of sine and cosine with `sign` −1. */
const taylor = (powers: readonly number[], sign: 1 | -1 = 1): readonly number[] =>
  powers.map((n) => sign ** (n >> 1) / factorial(n));

/** From the highest power down to the lowest. */
const down = (from: number, to: number, step = 1): readonly number[] =>
  Array.from({ length: (from - to) / step + 1 }, (_, i) => from - i * step);

/** erf x = x · p(x²) below 1. Source: Cephes (S. Moshier, netlib.org/cephes, single precision). */
const erfNear = [7.8538614e-5, -0.00080101936, 0.0051883277, -0.026853812, 0.112835851, -0.37612626, 1.128379166];

/** erf x = 1 − e^(−x²) / x · p(1/x²) from there on. Source: Cephes. */
const erfFar = [
  0.0232682, -0.13870394, 0.36874247, -0.5824733, 0.62100046, -0.49445153, 0.340488, -0.2741127, 0.56382594,
];

/** From here on, an angle is taken modulo 2π with all digits of π that count. */
const largestAngle = 8192;

/** The digits of 2/π, in words of 32. */
const twoOverPi = [0xa2f9836e, 0x4e441529, 0xfc2757d1, 0xf534ddc0, 0xdb629599, 0x3c439041, 0xfe5163ab, 0xdebbc561];

/** From 2²³ on, floats are whole numbers. */
export const whole = 8388608;

/** Each is taken into a shader that mentions it. */
const library: readonly string[] = [
  "fn isNan(v: f32) -> bool { return (bitcast<u32>(v) & 0x7fffffffu) > 0x7f800000u; }",
  "fn isNegative(v: f32) -> bool { return bitcast<u32>(v) >= 0x80000000u; }",
  // As large as r, on the side of v; NaN stays.
  "fn sided(r: f32, v: f32) -> f32 { return select(select(r, -r, isNegative(v)), v, isNan(v)); }",
  // NaN wins over every number.
  "fn maxOf(a: f32, b: f32) -> f32 { return select(select(b, a, a > b || isNan(a)), b, isNan(b)); }",
  "fn minOf(a: f32, b: f32) -> f32 { return select(select(b, a, a < b || isNan(a)), b, isNan(b)); }",
  "fn pow2(k: i32) -> f32 { return bitcast<f32>((k + 127) << 23u); }",
  // −0 has the root −0, and below it there is none.
  `fn sqrtOf(v: f32) -> f32 {
    return select(select(sqrt(v), p.nan, v < 0.0), v, isNan(v) || v == 0.0 || v == p.inf);
  }`,
  // e^v = 2^k e^r, with ln 2 in two parts, of which the first has few digits. Source: Cody & Waite 1980; Cephes.
  `fn expOf(v: f32) -> f32 {
    let x = clamp(v, -104.0, 89.0);
    let k = floor(x * 1.442695 + 0.5);
    let r = (x - k * 0.693359375) + k * 0.00021219444;
    let e = r * r * ${polynomial("r", taylor(down(7, 2)))} + r + 1.0;
    let half = i32(k) / 2;
    let scaled = e * pow2(half) * pow2(i32(k) - half);
    return select(select(scaled, p.inf, v > 88.72283), v, isNan(v));
  }`,
  `fn expm1Of(v: f32) -> f32 {
    return select(expOf(v) - 1.0, v * ${polynomial("v", taylor(down(9, 1)))}, abs(v) < 0.5);
  }`,
  // 2 (s + s³/3 + s⁵/5 + …) = log((1 + s) / (1 − s)), for |s| up to ⅓.
  `fn logSeries(s: f32) -> f32 {
    let z = s * s;
    return s * ${polynomial(
      "z",
      down(15, 1, 2).map((n) => 2 / n),
    )};
  }`,
  // v = m · 2ᵉ with m around 1.
  `fn logOf(v: f32) -> f32 {
    var bits = bitcast<u32>(v);
    if (isNan(v) || bits == 0x7f800000u) { return v; }
    if ((bits & 0x7fffffffu) == 0u) { return -p.inf; }
    if (bits >= 0x80000000u) { return p.nan; }
    var e = -127;
    if (bits < 0x800000u) { bits = bitcast<u32>(f32(bits)); e = -127 - 149; }
    e += i32(bits >> 23u);
    var m = bitcast<f32>((bits & 0x7fffffu) | 0x3f800000u);
    if (m > 1.41421356) { m = m * 0.5; e += 1; }
    let f = f32(e);
    return f * 0.693359375 + (f * -0.00021219444 + logSeries((m - 1.0) / (m + 1.0)));
  }`,
  "fn log1pOf(v: f32) -> f32 { return select(logOf(1.0 + v), logSeries(v / (2.0 + v)), abs(v) < 0.5); }",
  "fn reluOf(v: f32) -> f32 { return select(v, 0.0, v <= 0.0); }",
  `fn sigmoidOf(v: f32) -> f32 {
    let e = expOf(-abs(v));
    return select(select(1.0, e, v < 0.0) / (1.0 + e), v, isNan(v));
  }`,
  // With t = e^(−2|v|) − 1, which keeps its digits near 0: −t / (2 + t).
  `fn tanhOf(v: f32) -> f32 {
    let t = expm1Of(-2.0 * min(abs(v), 44.0));
    return sided(-t / (2.0 + t), v);
  }`,
  // With h = e^(|v|/2) − 1: ((1 + h)² − (1 + h)⁻²) / 2, in factors that neither cancel nor overflow before the result does.
  `fn sinhOf(v: f32) -> f32 {
    let h = expm1Of(0.5 * abs(v));
    return sided(0.5 * h * (2.0 + h) * (1.0 + 1.0 / (1.0 + h) / (1.0 + h)), v);
  }`,
  "fn coshOf(v: f32) -> f32 { let e = expOf(0.5 * abs(v)); return e * (0.5 * e) + 0.5 / e / e; }",
  `fn erfOf(v: f32) -> f32 {
    let size = min(abs(v), 6.0);
    let z = size * size;
    let far = 1.0 - expOf(-z) / size * ${polynomial("(1.0 / z)", erfFar)};
    return sided(select(far, size * ${polynomial("z", erfNear)}, size < 1.0), v);
  }`,
  `fn mulHigh(a: u32, b: u32) -> u32 {
    let low = (a & 0xffffu) * (b & 0xffffu); let left = (a >> 16u) * (b & 0xffffu); let right = (a & 0xffffu) * (b >> 16u);
    let middle = (low >> 16u) + (left & 0xffffu) + (right & 0xffffu);
    return (a >> 16u) * (b >> 16u) + (left >> 16u) + (right >> 16u) + (middle >> 16u);
  }`,
  // v · 2/π modulo 4, of a number of 24 digits m · 2ᵉ: m times those 96 digits of 2/π that matter. Source: Payne & Hanek 1983.
  `fn quarters(v: f32) -> vec2f {
    let bits = bitcast<u32>(v);
    let m = (bits & 0x7fffffu) | 0x800000u;
    let first = i32((bits >> 23u) & 0xffu) - 152;
    var digits = array<u32, 9>(0u, ${twoOverPi});
    let word = u32(first + 32) / 32u; let shift = u32(first + 32) % 32u;
    var w = array<u32, 3>();
    for (var i = 0u; i < 3u; i++) {
      w[i] = digits[word + i] << shift;
      if (shift > 0u) { w[i] |= digits[word + i + 1u] >> (32u - shift); }
    }
    let low = m * w[2];
    let middle = m * w[1] + mulHigh(m, w[2]);
    let high = m * w[0] + mulHigh(m, w[1]) + u32(middle < m * w[1]);
    let fraction = bitcast<i32>((high << 2u) | (middle >> 30u));
    let k = ((high >> 30u) + u32(fraction < 0)) & 3u;
    let r = (f32(fraction) * ${2 ** -32} + f32((middle << 2u) | (low >> 30u)) * ${2 ** -64}) * ${Math.PI / 2};
    return select(vec2f(r, f32(k)), vec2f(-r, f32((4u - k) & 3u)), v < 0.0);
  }`,
  // The sine of v + quarter · π/2, with v = k π/2 + r and |r| ≤ π/4. Source: Cody & Waite 1980.
  `fn sineOf(v: f32, quarter: u32) -> f32 {
    if (!(abs(v) < p.inf)) { return p.nan; }
    let n = floor(v * ${2 / Math.PI} + 0.5);
    var a = vec2f(((v - n * 1.5703125) - n * 0.0004837513) - n * 7.54979e-8, n - 4.0 * floor(n * 0.25));
    if (abs(v) >= ${largestAngle}) { a = quarters(v); }
    let z = a.x * a.x;
    let sine = a.x * ${polynomial("z", taylor(down(9, 1, 2), -1))};
    let cosine = ${polynomial("z", taylor(down(10, 0, 2), -1))};
    let k = u32(a.y) + quarter;
    let r = select(sine, cosine, (k & 1u) == 1u);
    return select(r, -r, (k & 2u) == 2u);
  }`,
  // The angle of the point (b, a), by the arctangent of the shorter side by the longer. Source of its polynomial: Cephes.
  `fn angleOf(a: f32, b: f32) -> f32 {
    if (isNan(a) || isNan(b)) { return p.nan; }
    let short = min(abs(a), abs(b)); let long = max(abs(a), abs(b));
    var u = 0.0; var angle = 0.0;
    if (short > 0.0) { u = select(short / long, 1.0, short == p.inf); }
    if (u > 0.41421356) { u = (u - 1.0) / (u + 1.0); angle = ${Math.PI / 4}; }
    let z = u * u;
    angle += u + u * z * ${polynomial("z", [0.080537445, -0.13877686, 0.19977711, -0.3333295])};
    if (abs(a) > abs(b)) { angle = ${Math.PI / 2} - angle; }
    if (isNegative(b)) { angle = ${Math.PI} - angle; }
    return select(angle, -angle, isNegative(a));
  }`,
  // |a| mod |b| by long division of the digits: exact, however large the quotient.
  `fn restOf(a: f32, b: f32) -> f32 {
    let x = bitcast<u32>(abs(a)); let y = bitcast<u32>(abs(b));
    if (x < y) { return abs(a); }
    var e = i32(x >> 23u); var m = (x & 0x7fffffu) | 0x800000u;
    var f = i32(y >> 23u); var n = (y & 0x7fffffu) | 0x800000u;
    if (e == 0) { m = x & 0x7fffffu; e = 1; }
    if (f == 0) { n = y & 0x7fffffu; f = 1; }
    if (n == 0u) { return p.nan; }
    m = m % n;
    for (; e > f; e -= 1) { m = (m << 1u) % n; }
    let half = (f - 150) / 2; // m · 2^(f − 150), in two steps, so that no power of 2 is out of range.
    return f32(m) * pow2(half) * pow2(f - 150 - half);
  }`,
  `fn powerOf(a: f32, b: f32) -> f32 {
    let size = abs(a); let times = abs(b);
    if (b == 0.0 || a == 1.0 || (a == -1.0 && times == p.inf)) { return 1.0; }
    if (isNan(a) || isNan(b)) { return p.nan; }
    let isWhole = times >= ${whole} || floor(times) == times;
    let isOdd = isWhole && times < ${2 * whole} && (u32(min(times, ${2 * whole - 1})) & 1u) == 1u;
    var r = select(0.0, p.inf, (size > 1.0) == (b > 0.0)); // Of 0 and infinity, and to an infinite power.
    if (size > 0.0 && max(size, times) < p.inf) {
      if (isWhole && times <= 64.0) {
        // By squaring: exact where the result is.
        r = 1.0;
        var square = size;
        for (var k = u32(times); k > 0u; k = k >> 1u) { if ((k & 1u) == 1u) { r = r * square; } square = square * square; }
        if (b < 0.0) { r = 1.0 / r; }
      } else {
        r = expOf(b * logOf(size));
      }
    }
    if (isNegative(a)) {
      if (!isWhole && a != 0.0 && size != p.inf) { return p.nan; }
      if (isOdd) { r = -r; }
    }
    return r;
  }`,
];

/** The functions that a text mentions, and those that these mention. */
export function helpers(text: string): string {
  const found = new Set<string>();
  const look = (where: string): void => {
    for (const definition of library) {
      const call = definition.slice("fn ".length, definition.indexOf("(") + 1);
      if (found.has(definition) || !where.includes(call)) continue;
      found.add(definition);
      look(definition);
    }
  };
  look(text);
  return [...found].map((definition) => `${definition}\n`).join("");
}
