/** Images of more pixels (or fewer): the values between pixels follow from those around them. */
import { ArgumentError, show } from "../errors.ts";
import { named } from "../named.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./arithmetic.ts";
import { assertFloat, assertTensor } from "./checks.ts";
import { gather } from "./movement.ts";
import { broadcastTo, reshape } from "./views.ts";
import { assertPair, assertRank, pair } from "./window-options.ts";

/** How pixels between pixels are found: the nearest one, or a weighted mean of the four around. */
export type UpsampleMode = "nearest" | "bilinear";

/** The options of {@link upsample}: `scale` or `size`, and how. */
export interface UpsampleOptions {
  /** How many times as many rows and columns: one number for both, or one for each. */
  readonly scale?: number | readonly [number, number];
  /** How many rows and columns come out. */
  readonly size?: number | readonly [number, number];
  /** Default: `nearest`. */
  readonly mode?: UpsampleMode;
  /** Bilinear: whether the corner pixels keep their places, so that the outer edges don't. Default: false, as in PyTorch. */
  readonly alignCorners?: boolean;
}

/** How one axis changes. */
interface Resized {
  readonly length: number;
  /** Pixels of the input to one of the output. */
  readonly step: number;
}

/** What the options make of an axis. With a scale its inverse is the step, even where the length is rounded: as PyTorch does. */
function resized(before: number, scale: number | undefined, size: number | undefined): Resized {
  if (scale !== undefined) return { length: Math.floor(before * scale), step: 1 / scale };
  return { length: size as number, step: before / (size as number) };
}

const takeAlong = (x: Tensor, axis: number, places: Int32Array): Tensor =>
  gather(x, x.upload(places, "int32", [places.length]), axis);

/** Each pixel's row, or column, by the nearest one before it. */
function nearest(x: Tensor, axis: number, { length, step }: Resized): Tensor {
  const last = (x.shape[axis] as number) - 1;
  return takeAlong(
    x,
    axis,
    Int32Array.from({ length }, (_, i) => Math.min(last, Math.floor(i * step))),
  );
}

/** Each pixel's row, or column, as the weighted mean of the two around it. */
function between(x: Tensor, axis: number, { length, step }: Resized, alignCorners: boolean): Tensor {
  const last = (x.shape[axis] as number) - 1;
  const aligned = length > 1 ? last / (length - 1) : 0;
  const sources = Array.from({ length }, (_, i) => (alignCorners ? i * aligned : Math.max(0, (i + 0.5) * step - 0.5)));
  const first = Int32Array.from(sources, (source) => Math.min(last, Math.floor(source)));
  const second = first.map((place) => Math.min(last, place + 1));
  const shape = [length, ...x.shape.slice(axis + 1).map(() => 1)];
  const weightOf = (weigh: (i: number) => number): Tensor => {
    const weights = Float64Array.from({ length }, (_, i) => weigh(i));
    return x.upload(x.dtype === "float64" ? weights : Float32Array.from(weights), x.dtype, shape);
  };
  const share = (i: number): number => (sources[i] as number) - (first[i] as number);
  return add(
    mul(
      takeAlong(x, axis, first),
      weightOf((i) => 1 - share(i)),
    ),
    mul(takeAlong(x, axis, second), weightOf(share)),
  );
}

/** Whole multiples: each pixel becomes a block. */
function blocks(x: Tensor, rows: number, columns: number): Tensor {
  const [n, channels, height, width] = x.shape as [number, number, number, number];
  const spread = broadcastTo(reshape(x, [n, channels, height, 1, width, 1]), [
    n,
    channels,
    height,
    rows,
    width,
    columns,
  ]);
  return reshape(spread, [n, channels, height * rows, width * columns]);
}

/**
 * Images of another size: by the nearest pixel, or bilinearly, by a weighted mean of the four around. As PyTorch's
 * `interpolate`.
 *
 * @param x `[n, channels, height, width]`, floats.
 * @param options `scale` (the size is rounded down) or `size`; `mode`; `alignCorners`.
 * @returns `[n, channels, rows, columns]`.
 * @throws {ShapeError} if `x` has other axes. @throws {ArgumentError} if there is not one of `scale` and `size`, or it is
 * out of range.
 * @example
 * ```ts
 * import { tensor, upsample } from "@dlcc/tensor";
 * const image = tensor([1, 3]).reshape([1, 1, 1, 2]);
 * console.log(await upsample(image, { scale: [1, 2] }).reshape([-1]).array()); // → [ 1, 1, 3, 3 ]
 * const wider = upsample(image, { scale: [1, 2], mode: "bilinear" });
 * console.log(await wider.reshape([-1]).array()); // → [ 1, 1.5, 2.5, 3 ]
 * ```
 */
export const upsample = (x: Tensor, options: UpsampleOptions = {}): Tensor =>
  named("upsample", () => {
    assertTensor("upsample", x);
    assertFloat("upsample", x);
    assertRank("upsample", x, 4, "[n, channels, height, width]");
    const { mode = "nearest", alignCorners = false } = options;
    if (mode !== "nearest" && mode !== "bilinear") {
      throw new ArgumentError(`upsample: mode must be "nearest" or "bilinear", got ${JSON.stringify(mode)}`);
    }
    if ((options.scale === undefined) === (options.size === undefined)) {
      throw new ArgumentError("upsample: options must have one of scale and size, as in { scale: 2 }");
    }
    const scale = options.scale === undefined ? [] : pair(options.scale);
    const size = options.size === undefined ? [] : pair(options.size);
    if (scale.some((factor) => !(factor > 0 && Number.isFinite(factor)))) {
      throw new ArgumentError(`upsample: scale must be a number above 0, or two, got ${show(scale)}`);
    }
    if (options.size !== undefined) assertPair("upsample", "size", size, 1);
    const [rows, columns] = ([2, 3] as const).map((axis) =>
      resized(x.shape[axis] as number, scale[axis - 2], size[axis - 2]),
    ) as [Resized, Resized];
    if (mode === "bilinear") return between(between(x, 2, rows, alignCorners), 3, columns, alignCorners);
    const [down, right] = [1 / rows.step, 1 / columns.step];
    if (Number.isInteger(down) && Number.isInteger(right)) return blocks(x, down, right);
    return nearest(nearest(x, 2, rows), 3, columns);
  });
