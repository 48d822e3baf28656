/** Words that put the elements along an axis in order. */
import type { Tensor } from "@dlcc/tensor";
import { at, build, entry, indicesOf, type NdArray, replaceAxis } from "../../reference.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { fromStart, moved, pickFrom, type Word, type Words, want } from "../word.ts";

/** Whether `a` comes before `b` from the smallest up; NaN is the largest. */
const isLess = (a: number, b: number): boolean => a < b || (Number.isNaN(b) && !Number.isNaN(a));

/** For each place along an axis, the index of the element that belongs there: it has as many before it. */
function orderOf(x: NdArray, axis: number, descending: boolean): NdArray {
  const length = x.shape[axis] ?? 0;
  return build(x.shape, (index) => {
    const values = Array.from({ length }, (_, i) => at(x, replaceAxis(index, axis, i)));
    const before = (i: number): number =>
      values.filter((value, j) => {
        const [own, other] = [entry(values, i), value];
        const isBefore = descending ? isLess(own, other) : isLess(other, own);
        const isEqual = !isLess(own, other) && !isLess(other, own);
        return isBefore || (isEqual && j < i);
      }).length;
    return values.findIndex((_, i) => before(i) === index[axis]);
  });
}

const takeAlong = (x: NdArray, order: NdArray, axis: number): NdArray =>
  pickFrom(x, order.shape, (index) => replaceAxis(index, axis, at(order, index)));

/** A tensor, an axis and which way, as a caller gives them; and the order. */
function drawn(d: Draws): { x: Placed; axis: number; args: readonly (Placed | number | object)[]; order: NdArray } {
  const x = d.tensor(d.shape({ from: 1, most: d.kind === "smooth" ? 24 : 100 }), d.dtype("all"));
  const given = d.chance(0.3) ? undefined : d.axis(x.shape.length);
  const axis = fromStart(given ?? -1, x.shape.length);
  const descending = d.chance(0.5);
  const options = descending || d.chance(0.3) ? [{ descending }] : [];
  const args = given === undefined && options.length === 0 ? [x] : [x, given ?? -1, ...options];
  return { x, axis, args, order: orderOf(x, axis, descending) };
}

const argsort: Word = {
  flat: true,
  draw(d) {
    const { args, order } = drawn(d);
    return { args, wanted: want("int32", order) };
  },
};

const sort: Word = {
  draw(d) {
    const { x, axis, args, order } = drawn(d);
    return { args, wanted: moved(x, takeAlong(x, order, axis)) };
  },
};

const topk: Word = {
  draw(d) {
    const x = d.tensor(d.shape({ from: 1, most: d.kind === "smooth" ? 24 : 100 }), d.dtype("all"));
    const given = d.axis(x.shape.length);
    const axis = fromStart(given, x.shape.length);
    const k = d.int(0, entry(x.shape, axis));
    const largest = d.chance(0.6);
    const order = orderOf(x, axis, largest);
    const indices = build(replaceAxis(x.shape, axis, k), (index) => at(order, index));
    return {
      args: largest && d.chance(0.5) ? [x, k, given] : [x, k, given, { largest }],
      wanted: [moved(x, takeAlong(x, indices, axis)), want("int32", indices)],
    };
  },
  resultsOf(result) {
    const { values, indices } = result as { values: Tensor; indices: Tensor };
    return [values, indices];
  },
};

const nonzero: Word = {
  flat: true,
  isAsync: true,
  draw(d) {
    const x = d.tensor(d.shape({ to: 4, most: 60 }), d.dtype("all"), { from: -1, to: 1 });
    const places = indicesOf(x.shape).filter((index) => at(x, index) !== 0);
    return { args: [x], wanted: want("int32", { shape: [places.length, x.shape.length], data: places.flat() }) };
  },
};

/** All of them. */
export const order: Words = { argsort, sort, topk, nonzero };
