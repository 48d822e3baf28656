/** The random choices of one case: dtypes, shapes, axes, numbers and layouts. */
import { type DType, dtypes, Generator, integer, isFloat, permutation, sizeOf } from "@dlcc/tensor";
import { at, build, convert, entry, type NdArray } from "../reference.ts";
import { type Takes, takes } from "../unary-rows.ts";
import { type AxisLayout, type Layout, Placed } from "./placed.ts";

/**
 * What a case is for: `any` has everything; `modest` no special values and no large whole numbers, which a device may lack;
 * `smooth` is for derivatives: `float64`, no special values.
 */
export type Kind = "any" | "modest" | "smooth";

/** From where to where numbers lie, and what else they can be. */
export interface Numbers {
  readonly from: number;
  readonly to: number;
  /** Numbers at which formulas break, of which some are put among the others. Default: NaN, ±∞ and both zeros. */
  readonly special?: readonly number[];
  /** Whether some have any size between 10⁻⁸ and 10⁸. Default: false. */
  readonly wide?: boolean;
  /** Whether some whole numbers are those at the ends of `int32`. Default: true. */
  readonly large?: boolean;
}

/** Lengths of axes: nothing, one, more, and around those of vector registers. */
const lengths = [0, 1, 1, 2, 2, 3, 3, 4, 5, 7, 9, 17];
/** What a float can be besides a number of everyday size. */
export const special: readonly number[] = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0];
/** Literals that `float32` rounds, cuts to 0 or takes for an infinity. */
const uneven = [0.1, -0.7, 1 / 3, 2 ** 24 + 1, 1e-50, 1e39, -1e39];
/** The same, with subnormal and with large numbers: for ops that do one thing to each number. */
export const extreme: readonly number[] = [...special, 1, -1, 1e-40, -1e-40, 1e-30, -1e30, 200, -200, 3e38, ...uneven];
const ends = [2 ** 31 - 1, -(2 ** 31), 2 ** 31 - 2, 65537, -65536, 123456789];

/** Which shapes to draw. */
export interface ShapeBounds {
  /** The least rank. Default: 0. */
  readonly from?: number;
  /** The largest rank. Default: 5. */
  readonly to?: number;
  /** The least length of an axis. Default: 0. */
  readonly least?: number;
  /** About how many elements there may be. */
  readonly most?: number;
}

/** Axes as a caller names them, and which those are. */
export interface AxesDrawn {
  readonly given: number | readonly number[] | undefined;
  readonly axes: readonly number[];
}

/** The source of one case's choices: the same seed and stream give the same case. */
export class Draws {
  readonly kind: Kind;
  /** Whether tensors are so large that a backend splits the work. A few are: they take as long as all others. */
  readonly isLarge: boolean;
  /** The dtype that was drawn first: the case's. */
  drawn: DType | undefined;
  readonly #generator: Generator;
  readonly #round: number;

  constructor(seed: number, stream: number, round: number, kind: Kind) {
    this.kind = kind;
    this.#generator = new Generator(seed, stream);
    this.#round = round;
    this.isLarge = kind === "any" && this.chance(1 / 250);
  }

  /** A whole number, both ends included. */
  int(from: number, to: number): number {
    return from + integer(this.#generator, to - from + 1);
  }

  chance(probability: number): boolean {
    return this.#generator.uniform() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(0, list.length - 1)] as T; // An entry may be undefined.
  }

  /** The numbers below `n` in random order. */
  order(n: number): number[] {
    return [...permutation(this.#generator, n)];
  }

  /** One that is taken: they take turns. */
  dtype(taken: Takes | readonly DType[]): DType {
    const all = typeof taken === "string" ? dtypes.filter(takes[taken]) : taken;
    const dtype = this.kind === "smooth" ? "float64" : entry(all, this.#round % all.length);
    this.drawn ??= dtype;
    return dtype;
  }

  length(least = 0): number {
    return Math.max(least, this.pick(lengths));
  }

  /** A shape, of at most some 200 elements, and fewer where there are derivatives. */
  shape({ from = 0, to = 5, least = 0, most }: ShapeBounds = {}): number[] {
    if (this.isLarge && most === undefined) return this.#largeShape(Math.max(1, from), Math.max(from, Math.min(3, to)));
    const shape = Array.from({ length: this.int(from, to) }, () => this.length(least));
    while (sizeOf(shape) > (most ?? (this.kind === "smooth" ? 24 : 200))) {
      const longest = shape.indexOf(Math.max(...shape));
      shape[longest] = Math.ceil(entry(shape, longest) / 2);
    }
    return shape;
  }

  /** A shape of some 40,000 elements. */
  #largeShape(from: number, to: number): number[] {
    const rank = this.int(from, to);
    if (rank === 1) return [this.int(30_000, 45_000)];
    const shape = [this.int(150, 220), this.int(150, 220), ...Array.from({ length: rank - 2 }, () => this.int(1, 2))];
    return this.order(rank).map((axis) => entry(shape, axis));
  }

  /** A shape that broadcasts to this one: some axes of length 1, some of the first ones missing. */
  narrower(shape: readonly number[]): number[] {
    if (this.chance(0.3)) return [...shape];
    const ones = shape.map((length) => (this.chance(0.3) ? 1 : length));
    return ones.slice(this.chance(0.4) ? this.int(0, shape.length) : 0);
  }

  /** An axis of so many, from the beginning or from the end. */
  axis(rank: number): number {
    return this.int(-rank, rank - 1);
  }

  /** Axes to reduce: none named, one, or several. */
  axes(rank: number): AxesDrawn {
    const all = Array.from({ length: rank }, (_, axis) => axis);
    if (this.chance(0.25)) return { given: undefined, axes: all };
    if (rank > 0 && this.chance(0.5)) {
      const given = this.axis(rank);
      return { given, axes: [(given + rank) % rank] };
    }
    const axes = this.order(rank).slice(0, this.int(0, rank));
    return { given: axes.map((axis) => (this.chance(0.5) ? axis : axis - rank)), axes };
  }

  /** Numbers of a dtype. */
  numbers(shape: readonly number[], dtype: DType, wanted: Numbers): NdArray {
    const { from, to, special: specials = special, wide = false, large = true } = wanted;
    const some = this.kind === "any" && this.chance(0.3) ? 0.25 : 0;
    const few = this.kind !== "smooth" && this.chance(0.2); // So that some are equal.
    const one = (): number => {
      if (dtype === "bool") return this.int(0, 1);
      if (dtype === "int32")
        return large && this.chance(some) ? this.pick(ends) : this.int(Math.ceil(from), Math.floor(to));
      if (this.chance(some)) return wide && this.chance(0.5) ? this.#ofAnySize() : convert(this.pick(specials), dtype);
      const uniform = few ? this.int(0, 4) / 4 : this.#generator.uniform();
      // Numbers that float32 holds, so that all dtypes begin with the same.
      return Math.fround(from + (to - from) * uniform);
    };
    return build(shape, one);
  }

  /** A number beside a tensor of a dtype: among floats, some that `float32` rounds, cuts to 0 or takes for an infinity. */
  literal(dtype: DType, wanted: Numbers = { from: -5, to: 5 }): number {
    if (this.kind === "any" && isFloat(dtype) && this.chance(0.5)) return this.pick(uneven);
    return this.numbers([], dtype, wanted).data[0] ?? 0;
  }

  #ofAnySize(): number {
    const size = 10 ** (16 * this.#generator.uniform() - 8);
    return Math.fround(this.chance(0.5) ? size : -size);
  }

  /** A tensor of a shape and dtype: random numbers, in a random layout. */
  tensor(shape: readonly number[], dtype: DType, wanted: Numbers = { from: -5, to: 5 }): Placed {
    return this.placed(this.numbers(shape, dtype, wanted), dtype);
  }

  /** An array in a random layout: with equal elements where the layout repeats them. */
  placed(x: NdArray, dtype: DType): Placed {
    if (this.chance(0.35)) return new Placed(dtype, x);
    const layout = this.#layout(x.shape.length);
    const fitting = build(x.shape, (index) =>
      at(
        x,
        index.map((i, axis) => (entry(layout.axes, axis).repeated ? 0 : i)),
      ),
    );
    return new Placed(dtype, fitting, layout);
  }

  #layout(rank: number): Layout {
    const axis = (): AxisLayout => ({
      step: this.pick([1, 1, 1, 2, -1, -1, -2]),
      before: this.pick([0, 0, 1, 2]),
      after: this.pick([0, 0, 1]),
      // Of equal numbers, some functions have kinks.
      repeated: this.kind !== "smooth" && this.chance(0.12),
    });
    return { order: this.order(rank), axes: Array.from({ length: rank }, axis) };
  }
}
