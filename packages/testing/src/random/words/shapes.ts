/** Words that give a tensor another shape, or take its elements in another order: they move numbers, and change none. */
import { sizeOf } from "@dlcc/tensor";
import { at, build, concat, convert, entry, type NdArray, pad, permute, replaceAxis } from "../../reference.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { broadcast, type Example, fromStart, moved, pickFrom, reshaped, type Word, type Words } from "../word.ts";

/** Numbers of every kind: nothing is computed. */
const any = (d: Draws, shape: readonly number[] = d.shape()): Placed => d.tensor(shape, d.dtype("all"));

const word = (draw: (d: Draws) => Example): Word => ({ draw });

/** A word that gives `x` another shape. */
const shaped = (x: Placed, shape: readonly number[], ...args: Example["args"]): Example => ({
  args: [x, ...args],
  wanted: moved(x, reshaped(x, shape)),
});

/** As many elements in other axes. */
function otherShape(d: Draws, size: number): number[] {
  if (size === 0) return d.pick([[0], [0, 3], [2, 0], [1, 0, 2]]);
  const shape: number[] = [];
  let rest = size;
  for (let divisor = 2; divisor <= rest; ) {
    if (rest % divisor !== 0) divisor++;
    else {
      rest /= divisor;
      if (d.chance(0.5) || shape.length === 0) shape.push(divisor);
      else shape.push((shape.pop() ?? 1) * divisor);
    }
  }
  if (d.chance(0.3)) shape.splice(d.int(0, shape.length), 0, 1);
  return shape;
}

const reshape = word((d) => {
  const x = any(d);
  const shape = otherShape(d, x.data.length);
  const open = x.data.length > 0 && shape.length > 0 && d.chance(0.3) ? d.int(0, shape.length - 1) : undefined;
  return shaped(
    x,
    shape,
    shape.map((length, axis) => (axis === open ? -1 : length)),
  );
});

const flatten = word((d) => {
  const x = any(d, d.shape({ from: 1 }));
  const start = d.pick([undefined, d.int(0, x.shape.length)]);
  const front = x.shape.slice(0, start ?? 1);
  const shape = [...front, sizeOf(x.shape.slice(start ?? 1))];
  return start === undefined ? shaped(x, shape) : shaped(x, shape, start);
});

const squeeze = word((d) => {
  const x = any(
    d,
    d.shape().map((length) => (d.chance(0.4) ? 1 : length)),
  );
  const ones = x.shape.flatMap((length, axis) => (length === 1 ? [axis] : []));
  const given = d.pick([undefined, ones, ...(ones.length > 0 ? [d.pick(ones) - x.shape.length] : [])]);
  const gone = given === undefined ? ones : [given].flat().map((axis) => fromStart(axis, x.shape.length));
  const shape = x.shape.filter((_, axis) => !gone.includes(axis));
  return given === undefined ? shaped(x, shape) : shaped(x, shape, given);
});

const unsqueeze = word((d) => {
  const x = any(d, d.shape({ to: 4 }));
  const given = d.axis(x.shape.length + 1);
  const axis = fromStart(given, x.shape.length + 1);
  return shaped(x, [...x.shape.slice(0, axis), 1, ...x.shape.slice(axis)], given);
});

const permuteWord = word((d) => {
  const x = any(d);
  const axes = d.order(x.shape.length);
  const given = axes.map((axis) => (d.chance(0.3) ? axis - axes.length : axis));
  return { args: [x, given], wanted: moved(x, permute(x, axes)) };
});

const transpose = word((d) => {
  const x = any(d, d.shape({ from: 2 }));
  const rank = x.shape.length;
  const given = d.chance(0.4) ? [] : [d.axis(rank), d.axis(rank)];
  const [first, second] = given.length > 0 ? given.map((axis) => fromStart(axis, rank)) : [rank - 2, rank - 1];
  const axes = x.shape.map((_, axis) => (axis === first ? (second ?? 0) : axis === second ? (first ?? 0) : axis));
  return { args: [x, ...given], wanted: moved(x, permute(x, axes)) };
});

const broadcastTo = word((d) => {
  const shape = d.shape();
  const x = any(d, d.narrower(shape));
  return { args: [x, shape], wanted: moved(x, broadcast(x, shape)) };
});

const same = word((d) => {
  const x = any(d);
  return { args: [x], wanted: moved(x, x) };
});

/** An index, or a start, an end and a step, of which each may be left out. */
type Range = number | readonly (number | undefined)[];

/** The indices that Python's `range(n)[start:end:step]` has. */
function indicesIn(n: number, [start, end, step = 1]: readonly (number | undefined)[]): number[] {
  const [lowest, highest] = step > 0 ? [0, n] : [-1, n - 1];
  const bound = (value: number): number => Math.max(lowest, Math.min(highest, value < 0 ? value + n : value));
  const from = start === undefined ? (step > 0 ? lowest : highest) : bound(start);
  const to = end === undefined ? (step > 0 ? highest : lowest) : bound(end);
  const indices: number[] = [];
  for (let i = from; step > 0 ? i < to : i > to; i += step) indices.push(i);
  return indices;
}

const slice = word((d) => {
  const x = any(d);
  const maybe = (n: number): number | undefined => (d.chance(0.3) ? undefined : d.int(-n - 2, n + 2));
  const ranges = x.shape.slice(0, d.int(0, x.shape.length)).map((n): Range => {
    if (n > 0 && d.chance(0.25)) return d.int(-n, n - 1);
    return d.pick([[], [maybe(n)], [maybe(n), maybe(n)], [maybe(n), maybe(n), d.pick([1, 2, 3, -1, -2, -5])]]);
  });
  const chosen = x.shape.map((n, axis) => {
    const range = ranges[axis] ?? [];
    return typeof range === "number" ? [fromStart(range, n)] : indicesIn(n, range);
  });
  const whole = pickFrom(
    x,
    chosen.map((indices) => indices.length),
    (index) => index.map((i, axis) => entry(entry(chosen, axis), i)),
  );
  const shape = whole.shape.filter((_, axis) => typeof ranges[axis] !== "number");
  return { args: [x, ...ranges], wanted: moved(x, reshaped(whole, shape)) };
});

const padWord = word((d) => {
  const x = any(d, d.shape({ to: 4, most: 60 }));
  const padding = x.shape.map((): [number, number] => [d.pick([0, 0, 1, 2]), d.pick([0, 0, 1, 3])]);
  const value = d.pick([undefined, 0, 1, d.literal(x.dtype)]);
  const args = value === undefined ? [x, padding] : [x, padding, value];
  return { args, wanted: moved(x, pad(x, padding, convert(value ?? 0, x.dtype))) };
});

/** Several that differ along one axis. */
const concatWord = word((d) => {
  const [shape, dtype] = [d.shape({ from: 1, most: 60 }), d.dtype("all")];
  const given = d.chance(0.2) ? undefined : d.axis(shape.length);
  const axis = fromStart(given ?? 0, shape.length);
  const list = Array.from({ length: d.int(1, 4) }, () => d.tensor(replaceAxis(shape, axis, d.length()), dtype));
  const args = given === undefined ? [list] : [list, given];
  return { args, wanted: moved(entry(list, 0), concat(list, axis)) };
});

const stack = word((d) => {
  const [shape, dtype] = [d.shape({ to: 4, most: 60 }), d.dtype("all")];
  const given = d.chance(0.2) ? undefined : d.axis(shape.length + 1);
  const axis = fromStart(given ?? 0, shape.length + 1);
  const list = Array.from({ length: d.int(1, 4) }, () => d.tensor(shape, dtype));
  const result = build([...shape.slice(0, axis), list.length, ...shape.slice(axis)], (index) =>
    at(entry(list, entry(index, axis)), replaceAxis(index, axis)),
  );
  return { args: given === undefined ? [list] : [list, given], wanted: moved(entry(list, 0), result) };
});

/** Parts of these lengths along an axis. */
function parts(x: Placed, lengths: readonly number[], axis: number): Example["wanted"] {
  let start = 0;
  return lengths.map((length) => {
    const from = start;
    start += length;
    return moved(
      x,
      pickFrom(x, replaceAxis(x.shape, axis, length), (index) => replaceAxis(index, axis, entry(index, axis) + from)),
    );
  });
}

/** All of one size but for the last, which has what is left. */
const pieces = (length: number, size: number): number[] =>
  length === 0 ? [0] : Array.from({ length: Math.ceil(length / size) }, (_, i) => Math.min(size, length - i * size));

/** A tensor, and an axis of it as a caller gives it. */
function alongAxis(d: Draws): { x: Placed; axis: number; given: readonly number[]; length: number } {
  const x = any(d, d.shape({ from: 1 }));
  const given = d.chance(0.3) ? [] : [d.axis(x.shape.length)];
  const axis = fromStart(given[0] ?? 0, x.shape.length);
  return { x, axis, given, length: entry(x.shape, axis) };
}

const split = word((d) => {
  const { x, axis, given, length } = alongAxis(d);
  if (d.chance(0.5)) {
    const size = d.int(1, 6);
    return { args: [x, size, ...given], wanted: parts(x, pieces(length, size), axis) };
  }
  const sizes: number[] = [];
  for (let rest = length; rest > 0; rest -= entry(sizes, sizes.length - 1))
    sizes.push(d.int(sizes.length > 5 ? rest : 0, rest));
  if (d.kind === "smooth" && sizes.length === 0) sizes.push(0); // There is no derivative of no part.
  return { args: [x, sizes, ...given], wanted: parts(x, sizes, axis) };
});

const chunk = word((d) => {
  const { x, axis, given, length } = alongAxis(d);
  const count = d.int(1, 6);
  const lengths = length === 0 ? Array.from({ length: count }, () => 0) : pieces(length, Math.ceil(length / count));
  return { args: [x, count, ...given], wanted: parts(x, lengths, axis) };
});

const repeat = word((d) => {
  const whole = any(d, d.shape({ most: 60 }));
  const rank = whole.shape.length;
  const given = rank === 0 || d.chance(0.3) ? undefined : d.axis(rank);
  const x = given === undefined ? reshaped(whole, [whole.data.length]) : whole;
  const axis = fromStart(given ?? 0, rank);
  const length = entry(x.shape, axis);
  const counts = Array.from({ length: d.chance(0.5) ? 1 : length }, () => d.int(0, 3));
  const repeats = d.chance(0.5) && counts.length === 1 ? entry(counts, 0) : counts;
  const from = Array.from({ length }, (_, i) => i).flatMap((i) =>
    Array.from({ length: entry(counts, counts.length === 1 ? 0 : i) }, () => i),
  );
  const result = pickFrom(x, replaceAxis(x.shape, axis, from.length), (index) =>
    replaceAxis(index, axis, entry(from, entry(index, axis))),
  );
  return { args: given === undefined ? [whole, repeats] : [whole, repeats, given], wanted: moved(whole, result) };
});

const tile = word((d) => {
  const x = any(d, d.shape({ to: 3, most: 30 }));
  const counts = Array.from({ length: d.int(0, 4) }, () => d.int(0, 3));
  const repeats = counts.length === 1 && d.chance(0.5) ? entry(counts, 0) : counts;
  const rank = Math.max(x.shape.length, counts.length);
  const [missing, ones] = [rank - x.shape.length, rank - counts.length];
  const shape = Array.from(
    { length: rank },
    (_, i) => (i < missing ? 1 : entry(x.shape, i - missing)) * (i < ones ? 1 : entry(counts, i - ones)),
  );
  const result = pickFrom(x, shape, (index) => index.slice(missing).map((i, axis) => i % entry(x.shape, axis)));
  return { args: [x, repeats], wanted: moved(x, result) };
});

const flip = word((d) => {
  const x = any(d);
  const { given, axes } = d.axes(x.shape.length);
  const result = pickFrom(x, x.shape, (index) =>
    index.map((i, axis) => (axes.includes(axis) ? entry(x.shape, axis) - 1 - i : i)),
  );
  return { args: given === undefined ? [x] : [x, given], wanted: moved(x, result) };
});

/** `i` modulo `n`, from 0. */
const modulo = (i: number, n: number): number => ((i % n) + n) % n;

const roll = word((d) => {
  const x = any(d);
  const shift = (): number => d.int(-9, 9);
  const { given, axes } = d.axes(x.shape.length);
  if (given === undefined) {
    const by = shift();
    const data = x.data.map((_, i) => entry(x.data, modulo(i - by, x.data.length)));
    return { args: [x, by], wanted: moved(x, { shape: x.shape, data }) };
  }
  const shifts = axes.map(shift);
  const alike = d.chance(0.5) ? entry([...shifts, shift()], 0) : undefined;
  const result = pickFrom(x, x.shape, (index) =>
    index.map((i, axis) =>
      axes.includes(axis) ? modulo(i - (alike ?? entry(shifts, axes.indexOf(axis))), entry(x.shape, axis)) : i,
    ),
  );
  return { args: [x, alike ?? shifts, given], wanted: moved(x, result) };
});

const triangle = (isKept: (row: number, column: number, offset: number) => boolean): Word =>
  word((d) => {
    const x = any(d, d.shape({ from: 2 }));
    const offset = d.pick([undefined, d.int(-5, 5)]);
    const result = build(x.shape, (index) => {
      const [row = 0, column = 0] = index.slice(-2);
      return isKept(row, column, offset ?? 0) ? at(x, index) : 0;
    });
    return { args: offset === undefined ? [x] : [x, offset], wanted: moved(x, result) };
  });

const diagonal = word((d) => {
  const x = any(d, d.shape({ from: 2 }));
  const rank = x.shape.length;
  const [first = 0, second = 1] = d.chance(0.3) ? [0, 1] : d.order(rank);
  const offset = d.pick([0, d.int(-4, 4)]);
  const [rows, columns] = [entry(x.shape, first), entry(x.shape, second)];
  let length = 0;
  for (let row = 0; row < rows; row++) if (row + offset >= 0 && row + offset < columns) length++;
  const others = x.shape.flatMap((_, axis) => (axis === first || axis === second ? [] : [axis]));
  const result = pickFrom(x, [...others.map((axis) => entry(x.shape, axis)), length], (index) => {
    const i = entry(index, others.length) + Math.max(0, -offset);
    return x.shape.map((_, axis) =>
      axis === first ? i : axis === second ? i + offset : entry(index, others.indexOf(axis)),
    );
  });
  const back = (axis: number): number => (d.chance(0.3) ? axis - rank : axis);
  return { args: [x, offset, back(first), back(second)], wanted: moved(x, result) };
});

const meshgrid = word((d) => {
  const dtype = d.dtype("all");
  const vectors = Array.from({ length: d.int(1, 4) }, () => d.tensor(d.chance(0.1) ? [] : [d.int(0, 4)], dtype));
  const lengths = vectors.map((x) => x.data.length);
  const indexing = d.pick([undefined, "ij", "xy"] as const);
  const swaps = indexing === "xy" && lengths.length > 1;
  const order = lengths.map((_, k) => (swaps && k < 2 ? 1 - k : k));
  const shape = order.map((k) => entry(lengths, k));
  const grid = (x: NdArray, k: number): NdArray =>
    build(shape, (index) => entry(x.data, entry(index, order.indexOf(k))));
  return {
    args: indexing === undefined ? [vectors] : [vectors, { indexing }],
    wanted: vectors.map((x, k) => moved(x, grid(x, k))),
  };
});

/** All of them. */
export const shapes: Words = {
  reshape,
  flatten,
  squeeze,
  unsqueeze,
  transpose,
  broadcastTo,
  slice,
  stack,
  split,
  chunk,
  repeat,
  tile,
  flip,
  roll,
  diagonal,
  meshgrid,
  permute: permuteWord,
  pad: padWord,
  concat: concatWord,
  copy: same,
  contiguous: same,
  tril: triangle((row, column, offset) => column <= row + offset),
  triu: triangle((row, column, offset) => column >= row + offset),
};
