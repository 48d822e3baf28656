/**
 * The natural logarithm by + − × ÷ alone. `Math.log` may differ in the last bit from one engine to the next, and then
 * so would the same seed's weights; these operations are the same everywhere (IEEE 754).
 */
const ln2 = Math.LN2; // A constant of the language, not a computed value.

/** Terms of the series below: with |s| ≤ 0.1716 the twelfth is less than 2⁻⁶⁰ of the first. */
const terms = 12;

/** `log x` for `0 < x < ∞`, to about 2 units in the last place. */
export function portableLog(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent++;
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2;
    exponent--;
  }
  // log m = 2 artanh s = 2 (s + s³/3 + s⁵/5 + …), with s = (m − 1) / (m + 1).
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let series = 0;
  for (let k = terms - 1; k >= 0; k--) series = series * square + 1 / (2 * k + 1);
  return 2 * s * series + exponent * ln2;
}
