/** How windows slide over images, as convolutions' and pooling's do. */
import type { Sides } from "@dlcc/layers";
import { entry } from "../values.ts";
import { type Lengths, Missing, pairOf } from "./row.ts";

/** How a window moves, and what lies around the image. */
export interface Sliding {
  readonly kernel: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly dilation: readonly [number, number];
  readonly sides: Sides;
  readonly same: boolean;
  readonly out: Lengths;
}

/** The lengths with `padding`: "same" adds what makes ⌈length / stride⌉ positions, the odd one at the end. */
export function slidingOf(config: unknown, kernel: readonly [number, number], lengths: Lengths): Sliding {
  const [stride, dilation] = [pairOf(config, "strides", 1), pairOf(config, "dilation_rate", 1)];
  const same = entry(config, "padding") === "same";
  const out: (number | null)[] = [];
  const sides = [0, 1].map((axis): [number, number] => {
    const [length, k, s] = [lengths[axis] ?? null, kernel[axis] ?? 1, stride[axis] ?? 1];
    const reach = (k - 1) * (dilation[axis] ?? 1) + 1;
    if (!(s >= 1 && k >= 1)) throw new Missing(`a window of ${k} with stride ${s}`);
    if (!same) {
      out.push(length === null ? null : Math.floor((length - reach) / s) + 1);
      return [0, 0];
    }
    if (length === null && s > 1) throw new Missing('padding "same" with a stride, for images of any size');
    out.push(length === null ? null : Math.ceil(length / s));
    const total = Math.max(0, length === null ? reach - 1 : (Math.ceil(length / s) - 1) * s + reach - length);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }) as unknown as Sides;
  return { kernel, stride, dilation, sides, same, out };
}

/** The padding of both directions, where opposite sides have the same. */
export const even = ([[top, bottom], [left, right]]: Sides): readonly [number, number] | undefined =>
  top === bottom && left === right ? [top, left] : undefined;
