/** Words that make many numbers into one, along axes or along all; and running sums and products. */
import { type DType, isFloat, sizeOf } from "@dlcc/tensor";
import { at, build, entry, indicesOf, type NdArray, replaceAxis } from "../../reference.ts";
import type { Takes } from "../../unary-rows.ts";
import { type AxesDrawn, type Draws, type Numbers, special } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { type Argument, fromStart, reshaped, type Word, type Words, want } from "../word.ts";

type Values = readonly number[];

/** A number of each list of elements that differ in `axes` alone; the axes stay, with length 1, or go. */
function along(x: NdArray, axes: readonly number[], keepDims: boolean, f: (values: Values) => number): NdArray {
  const within = indicesOf(x.shape.map((length, axis) => (axes.includes(axis) ? length : 1)));
  const kept = build(
    x.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
    (index) =>
      f(
        within.map((inner) =>
          at(
            x,
            index.map((i, axis) => i + entry(inner, axis)),
          ),
        ),
      ),
  );
  return keepDims
    ? kept
    : reshaped(
        kept,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

const total = (values: Values): number => values.reduce((sum, value) => sum + value, 0);
const exactTotal = (values: Values): number =>
  Number(
    BigInt.asIntN(
      32,
      values.reduce((sum, value) => sum + BigInt(value), 0n),
    ),
  );
const exactProduct = (values: Values): number =>
  Number(
    BigInt.asIntN(
      32,
      values.reduce((product, value) => product * BigInt(value), 1n),
    ),
  );
const size = (values: Values): number => total(values.map(Math.abs));
const largest = (values: Values): number =>
  values.reduce((a, b) => (Number.isNaN(a) || a > b ? a : b), Number.NEGATIVE_INFINITY);
const smallest = (values: Values): number =>
  values.reduce((a, b) => (Number.isNaN(a) || a < b ? a : b), Number.POSITIVE_INFINITY);
const finiteSize = (values: Values): number =>
  values.reduce((most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most), 0);

/** The options as a caller gives them, if any. */
function keeps(d: Draws): { readonly options: readonly Argument[]; readonly keepDims: boolean } {
  const keepDims = d.chance(0.4);
  return { keepDims, options: keepDims || d.chance(0.3) ? [{ keepDims }] : [] };
}

interface Row {
  readonly takes: Takes | readonly DType[];
  readonly f: (values: Values, dtype: DType) => number;
  /** The result's dtype, where it is another one. */
  readonly gives?: (dtype: DType) => DType;
  readonly magnitude?: (values: Values) => number;
  readonly numbers?: Numbers;
  /** Whether there must be an element. */
  readonly nonempty?: boolean;
  readonly most?: number;
  readonly flat?: boolean;
}

const everyday: Numbers = { from: -5, to: 5 };

/** The arguments: no axes and no options may be left out. */
const argumentsOf = (x: Placed, { given }: AxesDrawn, options: readonly Argument[]): readonly Argument[] =>
  given === undefined && options.length === 0 ? [x] : [x, given, ...options];

const reduction = ({
  takes,
  f,
  gives = (dtype) => dtype,
  magnitude,
  numbers = everyday,
  nonempty = false,
  most = 200,
  flat = false,
}: Row): Word => ({
  flat,
  draw(d) {
    const dtype = d.dtype(takes);
    const x = d.tensor(d.shape({ most: d.kind === "smooth" ? 16 : most }), dtype, numbers);
    const axes = d.axes(x.shape.length);
    const { options, keepDims } = keeps(d);
    const args = argumentsOf(x, axes, options);
    const result = along(x, axes.axes, keepDims, (values) => f(values, dtype));
    if (nonempty && x.data.length === 0 && sizeOf(result.shape) > 0) return { args, wanted: "ShapeError" };
    const more = magnitude && isFloat(dtype) ? { magnitude: along(x, axes.axes, keepDims, magnitude) } : {};
    return { args, wanted: want(gives(dtype), result, more) };
  },
});

/** Σ (x − x̄)² / (n − correction) */
function spread(values: Values, correction: number): number {
  const mean = total(values) / values.length;
  return total(values.map((value) => (value - mean) ** 2)) / Math.max(0, values.length - correction);
}

const statistic = (of: (variance: number) => number, magnitude: (most: number) => number): Word => ({
  draw(d) {
    const dtype = d.dtype("floats");
    const x = d.tensor(d.shape({ least: d.kind === "smooth" ? 2 : 0 }), dtype);
    const axes = d.axes(x.shape.length);
    const count = sizeOf(axes.axes.map((axis) => entry(x.shape, axis)));
    const { options, keepDims } = keeps(d);
    // Equal numbers without a degree of freedom are 0/0 in theory, and anything with rounding.
    const correction =
      count > 2 ? d.pick([undefined, 0, 1, 2]) : d.kind === "smooth" ? undefined : d.pick([undefined, 0]);
    const all = correction === undefined ? options : [{ keepDims, correction }];
    const result = along(x, axes.axes, keepDims, (values) => of(spread(values, correction ?? 0)));
    return {
      args: argumentsOf(x, axes, all),
      wanted: want(dtype, result, { magnitude: magnitude(finiteSize(x.data)) }),
    };
  },
});

/** An index along an axis, or among all elements in row-major order. */
const arg = (best: (values: Values) => number): Word => ({
  flat: true,
  draw(d) {
    const dtype = d.dtype("numbers");
    const x = d.tensor(d.shape(), dtype);
    const rank = x.shape.length;
    const axis = rank === 0 || d.chance(0.3) ? undefined : d.axis(rank);
    const { options, keepDims } = keeps(d);
    const axes = axis === undefined ? x.shape.map((_, i) => i) : [fromStart(axis, rank)];
    const args = axis === undefined && options.length === 0 ? [x] : [x, axis, ...options];
    const place = (values: Values): number => {
      const most = best(values);
      return values.findIndex((value) => value === most || Object.is(value, most));
    };
    if (axes.length > 0 && axes.every((i) => i < rank) && sizeOf(axes.map((i) => entry(x.shape, i))) === 0) {
      // Of nothing there is no largest, even if nobody asks.
      return { args, wanted: "ShapeError" };
    }
    return { args, wanted: want("int32", along(x, axes, keepDims, place)) };
  },
});

/** Each element with those before it along an axis. */
const scan = (
  f: (values: Values, dtype: DType) => number,
  magnitude: (values: Values) => number,
  numbers: Numbers,
): Word => ({
  draw(d) {
    const dtype = d.dtype("numbers");
    const x = d.tensor(d.shape({ from: 1, most: d.kind === "smooth" ? 16 : 100 }), dtype, numbers);
    const rank = x.shape.length;
    const given = d.chance(0.2) ? undefined : d.axis(rank);
    const axis = fromStart(given ?? -1, rank);
    const before = (index: readonly number[]): number[] =>
      Array.from({ length: entry(index, axis) + 1 }, (_, i) => at(x, replaceAxis(index, axis, i)));
    const result = build(x.shape, (index) => f(before(index), dtype));
    return {
      args: given === undefined ? [x] : [x, given],
      wanted: want(
        dtype,
        result,
        isFloat(dtype) ? { magnitude: build(x.shape, (index) => magnitude(before(index))) } : {},
      ),
    };
  },
});

const product = (values: Values, dtype: DType): number =>
  dtype === "int32" ? exactProduct(values) : values.reduce((a, b) => a * b, 1);
/** Each factor rounds once. */
const productSize = (values: Values): number => Math.abs(product(values, "float64")) * (1 + values.length / 8);
/** Products of them neither overflow nor vanish. */
const factors: Numbers = { from: -2, to: 2 };

/** Far apart, as logits can be. */
const logits: Numbers = { from: -5, to: 5, special: [...special, 1000, -1000] };

/** A word of one tensor and an axis, the last where it is left out. */
const normalized = (f: (values: Values, i: number) => number): Word => ({
  draw(d) {
    const dtype = d.dtype("floats");
    const x = d.tensor(d.shape({ from: 1, most: d.kind === "smooth" ? 24 : 200 }), dtype, logits);
    const rank = x.shape.length;
    const given = d.chance(0.3) ? undefined : d.axis(rank);
    const axis = fromStart(given ?? -1, rank);
    const result = build(x.shape, (index) => {
      const values = Array.from({ length: entry(x.shape, axis) }, (_, i) => at(x, replaceAxis(index, axis, i)));
      return f(values, entry(index, axis));
    });
    const args = given === undefined ? [x] : [x, given];
    // The largest is taken off, and of nothing there is none.
    if (entry(x.shape, axis) === 0 && sizeOf(replaceAxis(x.shape, axis)) > 0) return { args, wanted: "ShapeError" };
    return { args, wanted: want(dtype, result, { magnitude: 1 + finiteSize(x.data) }) };
  },
});

/** log Σ eˣ, with the largest taken off where it is a number. */
function logSumOfExp(values: Values): number {
  const most = largest(values);
  return Number.isFinite(most)
    ? most + Math.log(total(values.map((value) => Math.exp(value - most))))
    : Math.log(total(values.map(Math.exp)));
}

/** log (eˣ / Σ eˣ); NumPy and PyTorch have NaN for all where the largest is infinite. */
const logShare = (values: Values, i: number): number =>
  Number.isFinite(largest(values)) ? entry(values, i) - logSumOfExp(values) : Number.NaN;

const truth = (value: number): boolean => value !== 0;
const toInt = (): DType => "int32";
const toBool = (): DType => "bool";

/** All of them. */
export const reductions: Words = {
  sum: reduction({
    takes: "all",
    gives: (dtype) => (dtype === "bool" ? "int32" : dtype),
    f: (values, dtype) => (isFloat(dtype) ? total(values) : exactTotal(values)),
    magnitude: size,
  }),
  max: reduction({ takes: "all", f: largest, nonempty: true }),
  min: reduction({ takes: "all", f: smallest, nonempty: true }),
  prod: reduction({ takes: "numbers", f: product, magnitude: productSize, numbers: factors, most: 40 }),
  countNonzero: reduction({ takes: "all", gives: toInt, f: (values) => values.filter(truth).length, flat: true }),
  any: reduction({ takes: "all", gives: toBool, f: (values) => Number(values.some(truth)), flat: true }),
  all: reduction({ takes: "all", gives: toBool, f: (values) => Number(values.every(truth)), flat: true }),
  norm: reduction({ takes: "floats", f: (values) => Math.sqrt(total(values.map((value) => value * value))) }),
  logSumExp: reduction({
    takes: "floats",
    f: logSumOfExp,
    numbers: logits,
    nonempty: true,
    magnitude: (values) => 1 + finiteSize(values),
  }),
  mean: reduction({
    takes: ["float32", "float64", "bool"],
    gives: (dtype) => (dtype === "bool" ? "float32" : dtype),
    f: (values) => total(values) / values.length,
    magnitude: (values) => size(values) / values.length,
  }),
  variance: statistic(
    (variance) => variance,
    (most) => most * most,
  ),
  std: statistic(Math.sqrt, (most) => most),
  argmax: arg(largest),
  argmin: arg(smallest),
  cumsum: scan((values, dtype) => (dtype === "int32" ? exactTotal(values) : total(values)), size, everyday),
  cumprod: scan(product, productSize, factors),
  softmax: normalized((values, i) => Math.exp(logShare(values, i))),
  logSoftmax: normalized(logShare),
};
