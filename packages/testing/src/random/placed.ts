/** A tensor of a random case: the numbers, and how they lie in a storage. */
import { type Backend, broadcastTo, type DType, permute, sizeOf, slice, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { at, build, entry, type NdArray } from "../reference.ts";

/** How the elements along an axis lie in the storage. */
export interface AxisLayout {
  /** 1, or 2 with a gap after each; below 0 they lie back to front. */
  readonly step: number;
  /** How many other elements lie before and after them. */
  readonly before: number;
  readonly after: number;
  /** Whether all are one element, with stride 0. */
  readonly repeated: boolean;
}

/** How a tensor lies in its storage. */
export interface Layout {
  /** The axes in the order of the storage. */
  readonly order: readonly number[];
  readonly axes: readonly AxisLayout[];
}

/** The numbers of a tensor in row-major order, and how they are to lie. */
export class Placed implements NdArray {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: readonly number[];
  /** Undefined: one after the other. */
  readonly layout: Layout | undefined;

  /** Elements that a layout repeats must be equal. */
  constructor(dtype: DType, { shape, data }: NdArray, layout?: Layout) {
    this.dtype = dtype;
    this.shape = shape;
    this.data = data;
    this.layout = layout;
  }

  /** The tensor itself. */
  on(backend: Backend): Tensor {
    return this.layout ? spread(this, this.layout, backend) : upload(this.dtype, this, backend);
  }

  toString(): string {
    const first = this.data.slice(0, 24).map((value) => (Object.is(value, -0) ? "-0" : String(value)));
    const text = `${first.join(" ")}${this.data.length > first.length ? " …" : ""}`;
    return `${this.dtype} [${this.shape}]${this.layout ? ` ${describeLayout(this.layout)}` : ""} {${text}}`;
  }
}

const describeLayout = ({ order, axes }: Layout): string =>
  `in the order ${order.join("") || "–"} by ${axes
    .map(({ step, before, after, repeated }) => (repeated ? "0" : `${before}+${step}+${after}`))
    .join(" ")}`;

const upload = (dtype: DType, { shape, data }: NdArray, backend: Backend): Tensor =>
  tensor(Float64Array.from(data), { shape, dtype, backend });

/** What lies between the elements: a number that spoils each result that it gets into. */
const junk: Readonly<Record<DType, number>> = { float32: Number.NaN, float64: Number.NaN, int32: 7777, bool: 1 };

/** How long an axis is in the storage: the elements with their gaps, and what lies around them. */
const stored = (length: number, { step, before, after, repeated }: AxisLayout): number =>
  before + (repeated ? Math.min(length, 1) : length * Math.abs(step)) + after;

/** Which element of an axis lies at a place of the storage, if one does. */
function elementAt(place: number, length: number, { step, before, repeated }: AxisLayout): number | undefined {
  const inside = place - before;
  if (repeated) return inside === 0 && length > 0 ? 0 : undefined;
  const stride = Math.abs(step);
  if (inside < 0 || inside % stride !== 0 || inside / stride >= length) return undefined;
  return step > 0 ? inside / stride : length - 1 - inside / stride;
}

/** The range of the storage that has an axis's elements, first to last. */
function rangeOf(
  length: number,
  { step, before, repeated }: AxisLayout,
): readonly [number, number | undefined, number] {
  if (length === 0) return [before, before, 1];
  if (repeated) return [before, before + 1, 1];
  if (step > 0) return [before, before + length * step, step];
  const end = before - 1;
  return [before - (length - 1) * step, end < 0 ? undefined : end, step];
}

/** Uploads a larger array with the elements in it, and looks at them through a slice, a permutation and a broadcast. */
function spread(x: Placed, { order, axes }: Layout, backend: Backend): Tensor {
  const { shape, dtype } = x;
  if (shape.length === 0) {
    const around = { shape: [3], data: [junk[dtype], ...x.data, junk[dtype]] };
    return tidy(() => slice(upload(dtype, around, backend), 1));
  }
  const lengths = order.map((axis) => stored(entry(shape, axis), entry(axes, axis)));
  const base = build(lengths, (place) => {
    const index = shape.map((length, axis) => elementAt(entry(place, order.indexOf(axis)), length, entry(axes, axis)));
    const isInside = index.every((i) => i !== undefined);
    return isInside && sizeOf(shape) > 0 ? at(x, index as number[]) : junk[dtype];
  });
  const ranges = order.map((axis) => rangeOf(entry(shape, axis), entry(axes, axis)));
  return tidy(() =>
    broadcastTo(
      permute(
        slice(upload(dtype, base, backend), ...ranges),
        shape.map((_, axis) => order.indexOf(axis)),
      ),
      shape,
    ),
  );
}
