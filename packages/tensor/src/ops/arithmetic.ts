/** Elementwise arithmetic. Both operands broadcast as NumPy's do; a number literal takes the tensor's dtype. */
import { apply } from "../apply.ts";
import { named } from "../named.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { type ArithmeticFunction, arithmetic } from "./families.ts";
import { filledLike } from "./operands.ts";
import { where } from "./where.ts";

/**
 * `a + b`, elementwise.
 *
 * @param a Any shape; numbers (not `bool`).
 * @param b A shape that broadcasts with `a`'s; the same dtype.
 * @returns The broadcast shape.
 * @throws {ShapeError} if the shapes don't broadcast. @throws {DTypeError} if the dtypes differ.
 * @example
 * ```ts
 * import { add, tensor } from "@dlcc/tensor";
 * console.log(await add(tensor([[1], [2]]), tensor([10, 20])).array()); // → [ [ 11, 21 ], [ 12, 22 ] ]
 * ```
 * @function
 */
export const add: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "add",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! + b[t + i * q]!;
  },
  derivative: (g) => [() => g, () => g],
});

/**
 * `a − b`, elementwise; shapes, dtypes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { sub, tensor } from "@dlcc/tensor";
 * console.log(await sub(1, tensor([1, 2])).array()); // → [ 0, -1 ]
 * ```
 * @function
 */
export const sub: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "sub",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! - b[t + i * q]!;
  },
  derivative: (g) => [() => g, () => g.neg()],
});

/**
 * `a · b`, elementwise; shapes, dtypes and errors as in {@link add}. For matrices' product see {@link matmul}.
 *
 * @example
 * ```ts
 * import { mul, tensor } from "@dlcc/tensor";
 * console.log(await mul(tensor([1, 2]), 3).array()); // → [ 3, 6 ]
 * ```
 * @function
 */
export const mul: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "mul",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! * b[t + i * q]!;
  },
  // The product of whole numbers, which wraps at 32 bits; a float's mantissa would lose the low ones.
  integerLoop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.imul(a[s + i * p]!, b[t + i * q]!);
  },
  derivative: (g, { inputs: [a, b] }) => [() => g.mul(b), () => g.mul(a)],
});

/**
 * `a / b`, elementwise; floats alone, else as in {@link add}. `x / 0` is ±∞, and `0 / 0` is NaN. Whole numbers are cast first,
 * which says that digits may be lost; or see {@link floorDivide}.
 *
 * @example
 * ```ts
 * import { div, tensor } from "@dlcc/tensor";
 * console.log(await div(tensor([1, 2]), 4).array()); // → [ 0.25, 0.5 ]
 * ```
 * @function
 */
export const div: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "div",
  takes: "floats",
  wayOut: ", or take floorDivide(a, b)",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = a[s + i * p]! / b[t + i * q]!;
  },
  // d(a/b) = da / b − (a/b) db / b
  derivative: (g, { inputs: [, b], output }) => [() => g.div(b), () => g.mul(output).div(b).neg()],
});

/**
 * `a` to the power of `b`, elementwise; shapes, dtypes and errors as in {@link add}. The derivative by `b` is `aᵇ log a`: NaN
 * where `a` is negative, as there the power is real only for whole `b`.
 *
 * @example
 * ```ts
 * import { pow, tensor } from "@dlcc/tensor";
 * console.log(await pow(tensor([1, 2, 3]), 2).array()); // → [ 1, 4, 9 ]
 * ```
 * @function
 */
export const pow: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "pow",
  takes: "numbers",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) {
      const base = a[s + i * p]!;
      const exponent = b[t + i * q]!;
      const power = base ** exponent;
      // IEEE 754 has 1 for 1^NaN, 1^±∞ and (−1)^±∞, where JavaScript has NaN.
      const isOne = base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY);
      out[at + i] = isOne ? 1 : power;
    }
  },
  // Powers of whole numbers, which wrap at 32 bits, by squaring; below the power 0 they are cut to whole numbers.
  integerLoop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) {
      const base = a[s + i * p]!;
      const exponent = b[t + i * q]!;
      let power = exponent < 0 ? base ** exponent : 1;
      for (let [square, rest] = [base, exponent]; rest > 0; rest >>>= 1, square = Math.imul(square, square)) {
        if (rest & 1) power = Math.imul(power, square);
      }
      out[at + i] = power;
    }
  },
  // d aᵇ = b aᵇ⁻¹ da + aᵇ log a db; x⁰ is flat in x, and 0ᵇ in b where b ≥ 0
  derivative: (g, { inputs: [a, b], output }) => [
    () => {
      if (b === 0) return filledLike(g, 0);
      if (typeof b === "number") return g.mul(mul(pow(a, b - 1), b));
      // a⁻¹ · 0 is 0, but not at 0, nor at NaN: there a⁰ · 0 stands for it, as a `where` around it would pass its infinity on.
      const base = a as Tensor; // A number has no derivative.
      const nonzero = maximum(base.greater(0), base.less(0));
      const exponent = where(minimum(b.equal(0), nonzero.equal(0)), 0, b.sub(1));
      return g.mul(mul(pow(base, exponent), b));
    },
    () => {
      const exponent = b as Tensor; // A number has no derivative.
      const flatAt = maximum(exponent.greater(0), exponent.equal(0));
      const base = typeof a === "number" ? filledLike(g, a) : a;
      return g.mul(output.mul(where(minimum(base.equal(0), flatAt), 1, base).log()));
    },
  ],
});

/**
 * The angle from −π to π of the point (x, y), elementwise; floats. Note the order: `atan2(y, x)`. Shapes and errors as in
 * {@link add}.
 *
 * @example
 * ```ts
 * import { atan2, tensor } from "@dlcc/tensor";
 * console.log(await atan2(tensor([0, 0]), 1).array()); // → [ 0, 0 ]
 * ```
 * @function
 */
export const atan2: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "atan2",
  takes: "floats",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.atan2(a[s + i * p]!, b[t + i * q]!);
  },
  // d atan2(y, x) = (x dy − y dx) / (x² + y²)
  derivative(g, { inputs: [y, x] }) {
    const squared = (operand: TensorLike): TensorLike => (typeof operand === "number" ? operand ** 2 : square(operand));
    const slope = (other: TensorLike): Tensor => g.mul(other).div(add(squared(x), squared(y)));
    return [() => slope(x), () => slope(y).neg()];
  },
});

/** The gradient that reaches `x` in max(x, y) or min(x, y): none where x loses, half at a tie, all of it at NaN. */
function extremumGradient(g: Tensor, x: TensorLike, y: TensorLike, loses: "greater" | "less"): Tensor {
  const own = x as Tensor; // A number has no derivative.
  return where(own.equal(y), g.mul(0.5), where(own[loses](y), 0, g));
}

/**
 * The larger of `a` and `b`, elementwise; NaN wins. Of booleans it is "or". At a tie, half of the derivative goes to
 * each. Shapes and errors as in {@link add}.
 *
 * @example
 * ```ts
 * import { maximum, tensor } from "@dlcc/tensor";
 * console.log(await maximum(tensor([-1, 2]), 0).array()); // → [ 0, 2 ]
 * ```
 * @function
 */
export const maximum: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "maximum",
  takes: "all",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.max(a[s + i * p]!, b[t + i * q]!);
  },
  derivative: (g, { inputs: [a, b] }) => [
    () => extremumGradient(g, a, b, "less"),
    () => extremumGradient(g, b, a, "less"),
  ],
});

/**
 * The smaller of `a` and `b`, elementwise; NaN wins. Of booleans it is "and". See {@link maximum}.
 *
 * @example
 * ```ts
 * import { minimum, tensor } from "@dlcc/tensor";
 * console.log(await minimum(tensor([-1, 2]), 0).array()); // → [ -1, 0 ]
 * ```
 * @function
 */
export const minimum: ArithmeticFunction = /* @__PURE__ */ arithmetic({
  name: "minimum",
  takes: "all",
  loop: (n, a, s, p, b, t, q, out, at) => {
    for (let i = 0; i < n; i++) out[at + i] = Math.min(a[s + i * p]!, b[t + i * q]!);
  },
  derivative: (g, { inputs: [a, b] }) => [
    () => extremumGradient(g, a, b, "greater"),
    () => extremumGradient(g, b, a, "greater"),
  ],
});

/**
 * `x²`, elementwise.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@dlcc/tensor";
 * console.log(await square(tensor([2, -3])).array()); // → [ 4, 9 ]
 * ```
 */
export const square = (x: Tensor): Tensor => named("square", () => apply(mul, {}, x, x));
