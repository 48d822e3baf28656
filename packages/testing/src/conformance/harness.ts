/**
 * What the cases share: inputs in every layout that a view can have, and the comparison of a result with what was
 * expected.
 */
import {
  type Backend,
  broadcastTo,
  DlccError,
  type DType,
  Generator,
  integer,
  permute,
  sizeOf,
  slice,
  type Tensor,
  tensor,
  tidy,
} from "@dlcc/tensor";
import { at, build, convert, entry, indicesOf, type NdArray, permute as permuteReference } from "../reference.ts";

/** The backend that is examined, and how exact it has to be. */
export interface Subject {
  readonly backend: Backend;
  readonly tolerance: Readonly<Record<DType, number>>;
}

/** One thing that a backend must do. */
export interface Case {
  readonly name: string;
  run(): Promise<void>;
}

/** A backend broke its contract. */
export class ConformanceError extends DlccError {
  override readonly name = "ConformanceError";
}

/** Fails unless a condition is true. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceError(message);
}

// Inputs

/** From where to where inputs lie. */
export interface Domain {
  readonly from: number;
  readonly to: number;
}

/** Random numbers of a dtype: whole ones for `int32`, 0 and 1 for `bool`. The same on each call. */
export function sample(shape: readonly number[], dtype: DType, { from, to }: Domain, seed: number = 1): NdArray {
  const generator = new Generator(seed);
  const draw: Readonly<Record<DType, () => number>> = {
    float32: () => Math.fround(from + (to - from) * generator.uniform()),
    float64: () => from + (to - from) * generator.uniform(),
    int32: () => from + integer(generator, to - from + 1),
    bool: () => integer(generator, 2),
  };
  return { shape, data: Array.from({ length: sizeOf(shape) }, draw[dtype]) };
}

/** Uploads: elements one after the other. */
export const upload = ({ shape, data }: NdArray, dtype: DType, { backend }: Subject): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype, backend });

/** A way in which a tensor can lie in its storage. */
export interface Layout {
  readonly name: string;
  /** The nearest array that can lie so: the same one, but where elements are shared. */
  readonly fit: (x: NdArray) => NdArray;
  /** A tensor of a fitting array. */
  readonly place: (x: NdArray, dtype: DType, subject: Subject) => Tensor;
}

const same = (x: NdArray): NdArray => x;

/** What lies between the elements that a view sees: a number that spoils each result that it gets into. */
const junk: Readonly<Record<DType, number>> = { float32: NaN, float64: NaN, int32: 7777, bool: 1 };

/** Makes all elements along an axis equal to the first. */
const repeatAlong = (x: NdArray, axis: number): NdArray =>
  build(x.shape, (index) =>
    at(
      x,
      index.map((i, a) => (a === axis ? 0 : i)),
    ),
  );

/** Uploads an axis once, and repeats it with stride 0. */
function placeRepeated(x: NdArray, axis: number, dtype: DType, subject: Subject): Tensor {
  if (!x.shape[axis]) return upload(x, dtype, subject);
  const shape = x.shape.map((length, a) => (a === axis ? 1 : length));
  const once = build(shape, (index) => at(x, index));
  return broadcastTo(upload(once, dtype, subject), x.shape);
}

/** All layouts. The first is the plain one. */
export const layouts: readonly [Layout, ...Layout[]] = [
  { name: "contiguous", fit: same, place: upload },
  {
    name: "transposed",
    fit: same,
    place(x, dtype, subject) {
      const backwards = x.shape.map((_, axis) => axis).reverse();
      return permute(upload(permuteReference(x, backwards), dtype, subject), backwards);
    },
  },
  {
    name: "flipped",
    fit: same,
    place(x, dtype, subject) {
      const flipped = build(x.shape, (index) =>
        at(
          x,
          index.map((i, axis) => entry(x.shape, axis) - 1 - i),
        ),
      );
      return slice(upload(flipped, dtype, subject), ...x.shape.map(() => [undefined, undefined, -1] as const));
    },
  },
  {
    name: "inside a larger one",
    fit: same,
    place(x, dtype, subject) {
      if (x.shape.length === 0) {
        return slice(upload({ shape: [3], data: [junk[dtype], ...x.data, junk[dtype]] }, dtype, subject), 1);
      }
      const larger = build(
        x.shape.map((length) => length + 3),
        (index) =>
          index.every((i, axis) => i >= 1 && i <= entry(x.shape, axis))
            ? at(
                x,
                index.map((i) => i - 1),
              )
            : junk[dtype],
      );
      return slice(upload(larger, dtype, subject), ...x.shape.map((length) => [1, 1 + length] as const));
    },
  },
  {
    name: "every second",
    fit: same,
    place(x, dtype, subject) {
      const spread = build(
        x.shape.map((length) => length * 2),
        (index) =>
          index.every((i) => i % 2 === 1)
            ? at(
                x,
                index.map((i) => (i - 1) / 2),
              )
            : junk[dtype],
      );
      return slice(upload(spread, dtype, subject), ...x.shape.map(() => [1, undefined, 2] as const));
    },
  },
  {
    name: "broadcast along the first axis",
    fit: (x) => repeatAlong(x, 0),
    place: (x, dtype, subject) => placeRepeated(x, 0, dtype, subject),
  },
  {
    name: "broadcast along the last axis",
    fit: (x) => repeatAlong(x, x.shape.length - 1),
    place: (x, dtype, subject) => placeRepeated(x, x.shape.length - 1, dtype, subject),
  },
];

/** For ops of several inputs: each in each layout while the others are contiguous, and all in one. */
export function layoutsOf(inputs: number): readonly (readonly Layout[])[] {
  const [plain, ...others] = layouts;
  const mixed = others.flatMap((layout) =>
    Array.from({ length: inputs }, (_, odd) => Array.from({ length: inputs }, (_, i) => (i === odd ? layout : plain))),
  );
  const alike = layouts.map((layout) => Array.from({ length: inputs }, () => layout));
  return inputs === 1 ? alike : [...alike, ...mixed];
}

/** As messages name them. */
export const describe = (shape: readonly number[]): string => `[${shape.join(",")}]`;

// Results

/** What a case expects of a result. */
export interface Expected extends NdArray {
  readonly dtype: DType;
  /**
   * What rounding errors are measured against, where that is not the element itself: for a sum, `Σ |terms|`, as terms
   * that cancel leave their errors behind.
   */
  readonly magnitude?: NdArray | number | undefined;
}

/** The array that a dtype is read into. */
const arrayTypes = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** Smaller numbers than the smallest normal `float32` may be taken for 0, as GPUs do. */
const smallest: Readonly<Record<DType, number>> = { float32: 2 ** -126, float64: 2 ** -1022, int32: 0, bool: 0 };

/** Compares what was read with what was expected. `what` names the op and the case. */
export function compare(subject: Subject, what: string, expected: Expected, data: ArrayLike<number>): void {
  const { dtype, shape, magnitude } = expected;
  const title = `${what} on ${subject.backend.name}`;
  demand(data instanceof arrayTypes[dtype], `${title}: ${dtype} must be read as ${arrayTypes[dtype].name}`);
  demand(
    data.length === expected.data.length,
    `${title}: expected ${expected.data.length} elements, got ${data.length}`,
  );
  let wrong = 0;
  let worst = { excess: 0, text: "" };
  expected.data.forEach((value, i) => {
    const want = dtype === "float32" ? Math.fround(value) : value;
    const got = data[i] ?? NaN;
    if (Object.is(want, got) || want === got) return;
    const scale = typeof magnitude === "number" ? magnitude : magnitude ? entry(magnitude.data, i) : 0;
    const allowed = subject.tolerance[dtype] * Math.max(Math.abs(want), scale) + smallest[dtype];
    const error = Math.abs(got - want);
    if (Number.isFinite(want) && error <= allowed) return;
    wrong++;
    const excess = Number.isFinite(error) ? error / allowed : Infinity;
    if (wrong > 1 && excess <= worst.excess) return;
    const text = `at ${describe(entry(indicesOf(shape), i))} expected ${want}, got ${got}: the error ${error} is the worst, ${allowed} is allowed`;
    worst = { excess, text };
  });
  demand(
    wrong === 0,
    `${title}: ${wrong} of ${data.length} elements of ${dtype} ${describe(shape)} are wrong; ${worst.text}`,
  );
}

/** Runs an op, compares its result, and frees all memory. */
export async function expectResult(
  subject: Subject,
  what: string,
  expected: Expected,
  compute: () => Tensor,
): Promise<void> {
  const result = tidy(compute);
  try {
    demand(
      describe(result.shape) === describe(expected.shape) && result.dtype === expected.dtype,
      `${what}: expected ${expected.dtype} ${describe(expected.shape)}, got ${result.dtype} ${describe(result.shape)}`,
    );
    compare(subject, what, expected, await result.data());
  } finally {
    result.dispose();
  }
}

/** An array with its elements rounded to a dtype. */
export const rounded = (x: NdArray, dtype: DType): NdArray => ({
  shape: x.shape,
  data: x.data.map((value) => convert(value, dtype)),
});
