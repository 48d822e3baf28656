/** Words that take elements by their indices, and put them where indices say; and the windows of images. */
import { type DType, isFloat, type Window } from "@dlcc/tensor";
import { at, build, entry, fold, gather, map, type NdArray, replaceAxis, scatterAdd, unfold } from "../../reference.ts";
import type { Draws } from "../draws.ts";
import type { Placed } from "../placed.ts";
import { broadcastShape, fromStart, moved, type Word, type Words, want } from "../word.ts";

const everyday = { from: -5, to: 5 };

/** Whole numbers from `from` to `to`, as indices. */
const indices = (d: Draws, shape: readonly number[], from: number, to: number): Placed =>
  d.tensor(to < from ? shape.map(() => 0) : shape, "int32", { from, to, large: false });

/** Indices counted from the beginning. */
const counted = (chosen: NdArray, length: number): NdArray => map(chosen, (i) => fromStart(i, length));

/** An axis with elements. */
const nonempty = (shape: readonly number[], axis: number): number[] =>
  replaceAxis(shape, axis, Math.max(1, entry(shape, axis)));

const gatherWord: Word = {
  draw(d) {
    const shape = d.shape({ from: 1, to: 4, most: 60 });
    const given = d.chance(0.3) ? undefined : d.axis(shape.length);
    const axis = fromStart(given ?? 0, shape.length);
    const x = d.tensor(nonempty(shape, axis), d.dtype("all"));
    const length = entry(x.shape, axis);
    const chosen = indices(d, d.shape({ to: 2, most: 12 }), -length, length - 1);
    const args = given === undefined ? [x, chosen] : [x, chosen, given];
    return { args, wanted: moved(x, gather(x, counted(chosen, length), axis)) };
  },
};

const scatterAddWord: Word = {
  draw(d) {
    const dtype = d.dtype("numbers");
    const shape = d.shape({ from: 1, to: 4, most: 40 });
    const given = d.axis(shape.length);
    const axis = fromStart(given, shape.length);
    const size = d.int(1, 6);
    const places = d.shape({ to: 2, most: 12 });
    const chosen = indices(d, places, -size, size - 1);
    const from = counted(chosen, size);
    const x = d.tensor(replaceAxis(shape, axis, ...places), dtype, everyday);
    const result = scatterAdd(x, from, axis, size);
    const magnitude = isFloat(dtype) ? { magnitude: scatterAdd(map(x, Math.abs), from, axis, size) } : {};
    return { args: [x, chosen, given, size], wanted: want(dtype, result, magnitude) };
  },
};

const takeAlongAxis: Word = {
  draw(d) {
    const shape = d.shape({ from: 1, to: 4, most: 60 });
    const given = d.chance(0.3) ? undefined : d.axis(shape.length);
    const axis = fromStart(given ?? -1, shape.length);
    const narrow = (): number[] => shape.map((length, i) => (i !== axis && d.chance(0.2) ? 1 : length));
    const x = d.tensor(nonempty(narrow(), axis), d.dtype("all"));
    const length = entry(x.shape, axis);
    const chosen = indices(d, replaceAxis(narrow(), axis, d.length()), -length, length - 1);
    const others = broadcastShape(replaceAxis(x.shape, axis), replaceAxis(chosen.shape, axis));
    const within = (y: NdArray, index: readonly number[]): number[] => index.map((i, a) => (y.shape[a] === 1 ? 0 : i));
    const result = build([...others.slice(0, axis), entry(chosen.shape, axis), ...others.slice(axis)], (index) => {
      const k = fromStart(at(chosen, within(chosen, index)), length);
      return at(x, replaceAxis(within(x, index), axis, k));
    });
    return { args: given === undefined ? [x, chosen] : [x, chosen, given], wanted: moved(x, result) };
  },
};

const oneHot: Word = {
  flat: true,
  draw(d) {
    const classes = d.int(1, 6);
    const labels = indices(d, d.shape({ to: 3, most: 40 }), 0, classes - 1);
    const dtype = d.pick<DType | undefined>([undefined, "float32", "float64", "int32", "bool"]);
    const result = build([...labels.shape, classes], (index) =>
      Number(at(labels, index.slice(0, -1)) === entry(index, index.length - 1)),
    );
    return {
      args: dtype === undefined ? [labels, classes] : [labels, classes, dtype],
      wanted: want(dtype ?? "float32", result),
    };
  },
};

/** A window as a caller gives it, and what is meant. */
function drawWindow(d: Draws): {
  window: Window;
  kernel: number | readonly number[];
  options: Readonly<Record<string, unknown>>;
} {
  const pair = (from: number, to: number): readonly [number, number] => [d.int(from, to), d.int(from, to)];
  const window: Window = { kernel: pair(1, 3), stride: pair(1, 3), padding: pair(0, 2), dilation: pair(1, 2) };
  const { kernel, ...options } = window;
  return { window, kernel: kernel[0] === kernel[1] ? kernel[0] : kernel, options };
}

/** How many images and channels, and an image that the window fits into. */
function drawImages(d: Draws, { kernel, dilation }: Window): readonly [number, number, number, number] {
  const side = (i: 0 | 1): number => dilation[i] * (kernel[i] - 1) + d.int(1, 4);
  return [d.int(0, 2), d.int(1, 2), side(0), side(1)];
}

const unfoldWord: Word = {
  draw(d) {
    const { window, kernel, options } = drawWindow(d);
    const x = d.tensor(drawImages(d, window), d.dtype("floats"));
    return { args: [x, kernel, options], wanted: want(x.dtype, unfold(x, window)) };
  },
};

const foldWord: Word = {
  draw(d) {
    const { window, kernel, options } = drawWindow(d);
    const images = drawImages(d, window);
    const size = [images[2], images[3]] as const;
    const { shape } = unfold(
      build(images, () => 0),
      window,
    );
    const x = d.tensor(shape, d.dtype("floats"));
    const magnitude = fold(map(x, Math.abs), window, size);
    return { args: [x, size, kernel, options], wanted: want(x.dtype, fold(x, window, size), { magnitude }) };
  },
};

/** All of them. */
export const choices: Words = {
  gather: gatherWord,
  scatterAdd: scatterAddWord,
  takeAlongAxis,
  oneHot,
  unfold: unfoldWord,
  fold: foldWord,
};
