/** Division with a whole quotient, and what it leaves: `a = b · floorDivide(a, b) + mod(a, b)`. */
import { type ArithmeticFunction, arithmetic, flat } from "./families.ts";

/**
 * The quotient `⌊a / b⌋`, elementwise, as NumPy's and PyTorch's `floor_divide` and Python's `//`: the whole number at or below
 * `a / b`. It is what division is to `int32`, where it stays exact. Shapes, dtypes and errors as in {@link add}. Of floats,
 * `x / 0` is ±∞ or NaN; of `int32` it is 0, as in NumPy, and −2³¹ / −1 wraps.
 *
 * @example
 * ```ts
 * import { floorDivide, tensor } from "@dlcc/tensor";
 * const pixels = tensor([7, -7], { dtype: "int32" });
 * console.log(await floorDivide(pixels, 2).array()); // → [ 3, -4 ]
 * ```
 * @function
 */
export const floorDivide: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "floorDivide",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) {
      const [dividend, divisor] = [a[s + i * p]!, b[t + i * q]!];
      const rest = dividend % divisor; // It has the sign of the dividend.
      // A quotient that was rounded may lie on the other side of a whole number; without the rest, it is next to its own.
      // Where it is 0, it has the sign of the quotient.
      const whole = Math.round((dividend - rest) / divisor) || 0 * (dividend / divisor);
      const isBelow = rest !== 0 && rest < 0 !== divisor < 0;
      out[at + i] = divisor === 0 ? dividend / divisor : isBelow ? whole - 1 : whole;
    }
  },
  integerLoop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) {
      const divisor = b[t + i * q]!;
      out[at + i] = divisor === 0 ? 0 : Math.floor(a[s + i * p]! / divisor); // 53 bits are enough for any of 32.
    }
  },
  derivative: flat,
});

/**
 * The remainder of `a / b`, elementwise, with the sign of `b`: `a − b ⌊a / b⌋`, as NumPy's `mod`, Python's `%` and PyTorch's
 * `remainder`. `x mod 0` is NaN, and 0 for `int32`. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { mod, tensor } from "@dlcc/tensor";
 * console.log(await mod(tensor([5, -5]), 3).array()); // → [ 2, 1 ]
 * ```
 * @function
 */
export const mod: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "mod",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) {
      const divisor = b[t + i * q]!;
      const rest = a[s + i * p]! % divisor; // It has the sign of a.
      out[at + i] = rest !== 0 && rest < 0 !== divisor < 0 ? rest + divisor : rest;
    }
  },
  // d (a − b ⌊a/b⌋) = da − ⌊a/b⌋ db
  derivative: (g, { inputs: [a, b] }) => [() => g, () => g.mul(floorDivide(a, b)).neg()],
});
