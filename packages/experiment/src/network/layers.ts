/** Hidden layers as text: `conv 20 5, pool 2, dense 100`. */
import { partsOf, type Words, wordsOf } from "./words.ts";

/** A hidden layer. */
export type HiddenSpec =
  | {
      /** A convolution. */
      readonly kind: "conv";
      /** How many kernels it has. */
      readonly channels: number;
      /** Rows and columns of a kernel. */
      readonly kernel: number;
      /** Whether the size stays. */
      readonly same: boolean;
    }
  | {
      /** The largest, or the mean, of each window. */
      readonly kind: "pool" | "average";
      /** Rows and columns of the window. */
      readonly size: number;
      /** How far it moves. */
      readonly stride: number;
    }
  | {
      /** A fully connected layer. */
      readonly kind: "dense";
      /** How many outputs it has. */
      readonly units: number;
    }
  | {
      /** Drops outputs while training. */
      readonly kind: "dropout";
      /** The share that is dropped. */
      readonly p: number;
    }
  | {
      /** Batch normalization, or the mean of each channel. */
      readonly kind: "norm" | "mean";
    }
  | {
      /** Layers whose output is added to their input. */
      readonly kind: "residual";
      /** Those layers. */
      readonly layers: readonly HiddenSpec[];
    };

/** A word of a text that describes layers. */
export interface LayerWord {
  /** How it is written. */
  readonly name: string;
  /** What it is. */
  readonly about: string;
}

/** How each is written, and what it is: `--help` shows them. */
export const layerWords: readonly LayerWord[] = [
  { name: "conv 20 5", about: "20 kernels of 5x5; with same behind it, it keeps the size" },
  { name: "pool 2", about: "the largest of each 2x2; pool 3 2: of 3x3, every 2 pixels" },
  { name: "average 2", about: "the mean of each 2x2" },
  { name: "mean", about: "the mean of each channel" },
  { name: "norm", about: "batch normalization, before the activation" },
  { name: "dense 100", about: "100 units, each with all inputs" },
  { name: "dropout 0.5", about: "drop a share of the outputs while training" },
  { name: "residual(...)", about: "the layers inside, whose output is added to their input" },
];

const wrong = ({ text }: Words, form: string): RangeError =>
  new RangeError(`parseLayers: a layer must be written as ${form}, got ${JSON.stringify(text)}`);

/** Whole numbers from 1, between `least` and `most` of them. */
function counts(words: Words, form: string, least: number, most: number, marks: readonly string[] = []): number[] {
  const { numbers } = words;
  const good =
    numbers.length >= least &&
    numbers.length <= most &&
    numbers.every((n) => Number.isSafeInteger(n) && n >= 1) &&
    words.marks.every((mark) => marks.includes(mark));
  if (!good) throw wrong(words, form);
  return [...numbers];
}

/**
 * The hidden layers that a text describes; {@link buildNetwork} makes them. Each convolution and each dense layer is followed by the
 * network's activation, and the first dense one takes all pixels in a row. In a residual block, whose layers must keep the shape of
 * their input, the last activation follows the sum: `residual(conv 16 3 same, norm, conv 16 3 same, norm)` is that of He et al. 2016.
 *
 * @throws {RangeError} if a layer is unknown, or its numbers are wrong; the message says how it is written.
 * @example
 * ```ts
 * import { parseLayers } from "@dlcc/experiment";
 *
 * console.log(parseLayers("conv 20 5, dense 100"));
 * // → [
 * // →   { kind: 'conv', channels: 20, kernel: 5, same: false },
 * // →   { kind: 'dense', units: 100 }
 * // → ]
 * ```
 */
export const parseLayers = (text: string): HiddenSpec[] => partsOf(text).map(layerOf);

/** A block of layers in brackets. */
const block = /^residual\s*\((.*)\)$/s;

function layerOf(text: string): HiddenSpec {
  const inside = block.exec(text)?.[1];
  if (inside !== undefined) {
    const layers = parseLayers(inside);
    if (layers.length > 0) return { kind: "residual", layers };
  }
  const words = wordsOf(text);
  const { name, numbers, marks } = words;
  if (/^residual\b/.test(text)) throw wrong(words, "residual(LAYER, LAYER)");
  if (name === "conv") {
    const [channels = 1, kernel = 1] = counts(words, "conv CHANNELS KERNEL, or conv CHANNELS KERNEL same", 2, 2, [
      "same",
    ]);
    return { kind: "conv", channels, kernel, same: marks.length > 0 };
  }
  if (name === "pool" || name === "average") {
    const [size = 1, stride = size] = counts(words, `${name} SIZE, or ${name} SIZE STRIDE`, 1, 2);
    return { kind: name, size, stride };
  }
  if (name === "dense") {
    const [units = 1] = counts(words, "dense UNITS", 1, 1);
    return { kind: "dense", units };
  }
  if (name === "dropout") {
    const [p = 1] = numbers;
    if (numbers.length !== 1 || marks.length > 0 || !(p >= 0 && p < 1)) throw wrong(words, "dropout SHARE, below 1");
    return { kind: "dropout", p };
  }
  if (name === "norm" || name === "mean") {
    counts(words, name, 0, 0);
    return { kind: name };
  }
  const names = layerWords.map((word) => /^\w+/.exec(word.name)?.[0]);
  throw new RangeError(`parseLayers: a layer must be one of ${names.join(", ")}, got ${JSON.stringify(words.text)}`);
}
