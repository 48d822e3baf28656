/**
 * What kernels are made of. gpu.js translates a function of JavaScript to the device's language by reading its text; so
 * kernels are strings, which no bundler or minifier rewrites. `this.thread.x` says which output is asked for.
 *
 * The device counts with float32, which has all whole numbers to 2²⁴: an `int32` that is larger is NaN here, which goes
 * through every kernel, and is an error when it is read. Devices differ in their functions (some have
 * `log(0) = −88`, `max(NaN, 0) = 0`, `exp(NaN) = ∞`), so those are written out here, of operations that are the same
 * on all: comparisons, + − × ÷, `exp` of a number, `sqrt`.
 */
import type { DType } from "@dlcc/tensor";

/** A kernel's text. */
export interface KernelSource {
  /** As messages name it: the op's name. */
  readonly name: string;
  /** Tells the variants of one op from one another. */
  readonly id: string;
  /** `function (inputs…, scalars…) { … }` */
  readonly source: string;
}

/** Makes a kernel of its parameters and its statements. */
export const kernel = (name: string, parameters: string, body: string, variant: string = ""): KernelSource => ({
  name,
  id: `${name} ${variant}`,
  source: `function (${parameters}) { ${body} }`,
});

/** The output's index, as a float: an integer would make gpu.js divide whole numbers. */
export const index = "const i = Math.floor(this.thread.x + 0.25);";

/**
 * Statements that set `quotient` and `rest` of whole numbers. A device may round a division up or down by a unit, so it
 * is put right.
 */
export const divide = (quotient: string, rest: string, dividend: string, divisor: string): string => `
  let ${quotient} = Math.floor((${dividend} + 0.5) / ${divisor});
  if (${quotient} * ${divisor} > ${dividend}) { ${quotient} = ${quotient} - 1; }
  let ${rest} = ${dividend} - ${quotient} * ${divisor};
  if (${rest} >= ${divisor}) { ${quotient} = ${quotient} + 1; ${rest} = ${rest} - ${divisor}; }`;

/** True for all but NaN. `v === v` will not do: compilers of shaders take it for true. */
export const isNumber = (v: string): string => `${v} <= 0 || ${v} > 0`;

/** As large as an `int32` can be here, either way: beyond it, float32 skips whole numbers. */
export const largestWhole: number = 2 ** 24 - 1;

/** Statements that make of `r` what an `int32` can be, by which a result that was rounded is NaN. Needs `nan`. */
export const wholeOrNaN = (r: string): string => `if (Math.abs(${r}) > ${largestWhole}.0) { ${r} = nan; }`;

/** A kernel for floats and one for whole numbers and booleans: the one for a dtype. */
export type ByDType<K = KernelSource> = (dtype: DType) => K;

/** Of a kernel for floats and one for whole numbers. */
export const byDType =
  <K>(float: K, whole: K): ByDType<K> =>
  (dtype) =>
    dtype === "float32" ? float : whole;

/** Kernels that add up: `check(r)` is what they do with a total, which can be too large for a whole number. */
export const adding = (make: (check: (r: string) => string, variant: string) => KernelSource): ByDType =>
  byDType(
    make(() => "", ""),
    make(wholeOrNaN, "whole"),
  );

/** Statements that set `r` to eᵛ; NaN stays NaN. */
export const exponential = (v: string, r: string): string => `
  ${r} = ${v};
  if (${isNumber(v)}) { ${r} = Math.exp(${v}); }`;

/** Statements that make `m`, of which the exponent `e` is taken out, lie in [1, 2). */
const normalize = [64, 32, 16, 8, 4, 2, 1]
  .map(
    (bits) => `
    if (m >= ${2 ** bits}) { m = m * ${2 ** -bits}; e = e + ${bits}; }
    if (m < ${2 ** (1 - bits)}) { m = m * ${2 ** bits}; e = e - ${bits}; }`,
  )
  .join("");

/** ln 2 in two parts; the first has few digits, so that its product with a whole number is exact. Source: Cody & Waite 1980. */
const [ln2High, ln2Low] = [0.693359375, -2.1219444005469057e-4];

/**
 * Statements that set `r` to log v: with v = m · 2ᵉ and s = (m − 1)/(m + 1), it is `e ln 2 + 2 (s + s³/3 + s⁵/5 + …)`.
 * Devices' own logarithms are off by 1e-5 near 1. Use it once in a kernel, which must have `nan` and `infinity`.
 */
export const logarithm = (v: string, r: string): string => `
  ${r} = nan;
  if (${v} === 0) { ${r} = -infinity; }
  if (${v} > 0) {
    ${r} = ${v};
    if (${v} < 3.4028235e38) {
      let m = ${v};
      let e = 0.0 * ${v};
      ${normalize}
      if (m > 1.41421356) { m = m * 0.5; e = e + 1; }
      const s = (m - 1) / (m + 1);
      const z = s * s;
      const series = s * (2 + z * (0.6666666667 + z * (0.4 + z * (0.2857142857 + z * 0.2222222222))));
      ${r} = e * ${ln2High} + (e * ${ln2Low} + series);
    }
  }`;

/** A table of the same names with other values. */
export function mapNames<K extends string, V>(
  table: Readonly<Record<K, string>>,
  make: (name: K, statements: string) => V,
): Readonly<Record<K, V>> {
  return Object.fromEntries(
    Object.entries<string>(table).map(([name, statements]) => [name, make(name as K, statements)]),
  ) as Record<K, V>;
}
