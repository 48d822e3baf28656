/** The shapes of values, as far as they are known before the network runs: what each layer makes of them. */
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  MaxPool2d,
  Module,
  Perceptron,
  PReLU,
  Upsample,
} from "@dlcc/layers";
import type { Pair } from "@dlcc/tensor";
import { OnnxError } from "./error.ts";
import { type Moves, pair, room, type Slide, slidesOf } from "./window.ts";

/** The length of an axis; a name where it is free, and undefined where it follows from a free one. */
export type Axis = number | string | undefined;

/** The axes of a value. */
export type Axes = readonly Axis[];

const images = "[n, channels, height, width]";

const show = (axes: Axes): string => `[${axes.map((axis) => axis ?? "?").join(",")}]`;

/** Whether an axis may have that length. */
const fits = (axis: Axis, length: number): boolean => typeof axis !== "number" || axis === length;

function expectAxes(ok: boolean, takes: string, axes: Axes): void {
  if (!ok) throw new OnnxError(`it takes ${takes}, got ${show(axes)}`);
}

/** How many positions a window has along an axis. */
function positions(axis: Axis, slide: Slide): Axis {
  if (typeof axis !== "number") return undefined;
  const count = Math.floor(room(axis, slide) / slide.stride) + 1;
  if (count >= 1) return count;
  throw new OnnxError(
    `its window of ${slide.kernel} must fit into ${axis} + ${slide.padding[0]} + ${slide.padding[1]}`,
  );
}

/** The axes after a window that slides over all but the first two. */
function windowed(axes: Axes, channels: Axis, kernel: readonly number[], moves: Moves): Axes {
  return [axes[0], channels, ...slidesOf(kernel, moves).map((slide, i) => positions(axes[i + 2], slide))];
}

function convolved(
  { inChannels, outChannels, options }: Conv1d | Conv2d,
  kernel: readonly number[],
  takes: string,
  axes: Axes,
): Axes {
  const ok = axes.length === 2 + kernel.length && fits(axes[1], inChannels);
  expectAxes(ok, `${takes} with ${inChannels} channels`, axes);
  return windowed(axes, outChannels, kernel, options);
}

interface PoolMoves extends Moves {
  readonly ceilMode?: boolean;
}

function pooled(kernel: Pair, { stride = kernel, ceilMode = false, ...moves }: PoolMoves, axes: Axes): Axes {
  expectAxes(axes.length === 4, images, axes);
  const full = windowed(axes, axes[1], pair(kernel), { stride, ...moves });
  if (!ceilMode) return full;
  // One more, if it begins within the image or the padding before it.
  const more = slidesOf(pair(kernel), { stride, ...moves }).map((slide, i): Axis => {
    const [axis, count] = [axes[i + 2], full[i + 2]];
    if (typeof axis !== "number" || typeof count !== "number") return undefined;
    const isPart = room(axis, slide) % slide.stride !== 0 && count * slide.stride < axis + slide.padding[0];
    return isPart ? count + 1 : count;
  });
  return [axes[0], axes[1], ...more];
}

function padded({ padding }: ConstantPad2d, axes: Axes): Axes {
  expectAxes(axes.length === 4, images, axes);
  const sizes = padding.map(([before, after], i): Axis => {
    const axis = axes[i + 2];
    return typeof axis === "number" ? axis + before + after : undefined;
  });
  return [axes[0], axes[1], ...sizes];
}

function transposed({ inChannels, outChannels, kernel, options }: ConvTranspose2d, axes: Axes): Axes {
  expectAxes(axes.length === 4 && fits(axes[1], inChannels), `${images} with ${inChannels} channels`, axes);
  const more = pair(options.outputPadding ?? 0);
  const sizes = slidesOf(kernel, options).map(({ kernel: length, stride, dilation, padding }, i): Axis => {
    const axis = axes[i + 2];
    if (typeof axis !== "number") return undefined;
    return (axis - 1) * stride + dilation * (length - 1) + 1 - padding[0] - padding[1] + more[i as 0 | 1];
  });
  return [axes[0], outChannels, ...sizes];
}

function upsampled({ options: { scale, size } }: Upsample, axes: Axes): Axes {
  expectAxes(axes.length === 4, images, axes);
  const sizes = ([0, 1] as const).map((at): Axis => {
    if (size !== undefined) return pair(size)[at];
    const axis = axes[at + 2];
    return typeof axis === "number" && scale !== undefined ? Math.floor(axis * pair(scale)[at]) : undefined;
  });
  return [axes[0], axes[1], ...sizes];
}

function flattened(axes: Axes): Axes {
  expectAxes(axes.length >= 1, "an axis of examples", axes);
  const rest = axes.slice(1);
  const isKnown = rest.every((axis) => typeof axis === "number");
  return [axes[0], isKnown ? rest.reduce((product, axis) => product * axis, 1) : undefined];
}

/** The same axes, of which the second is the channels. */
function channelled(channels: number, ranks: readonly number[], axes: Axes): Axes {
  const ok = ranks.includes(axes.length) && fits(axes[1], channels);
  expectAxes(ok, `${ranks.join(" or ")} axes with ${channels} channels`, axes);
  return axes;
}

interface Rule {
  readonly layer: abstract new (...args: never[]) => Module;
  readonly axes: (layer: never, axes: Axes) => Axes;
}

const rule = <L extends Module>(
  layer: abstract new (...args: never[]) => L,
  axes: (layer: L, axes: Axes) => Axes,
): Rule => ({ layer, axes });

const rules: readonly Rule[] = /* @__PURE__ */ (() => [
  rule(Linear, ({ inFeatures, outFeatures }, axes) => {
    expectAxes(axes.length >= 1 && fits(axes.at(-1), inFeatures), `[…, ${inFeatures}]`, axes);
    return [...axes.slice(0, -1), outFeatures];
  }),
  rule(Perceptron, ({ weight }, axes) => {
    const inputs = weight.peek().size;
    const ok = (axes.length === 1 || axes.length === 2) && fits(axes.at(-1), inputs);
    expectAxes(ok, `[n, ${inputs}] or [${inputs}]`, axes);
    return axes.slice(0, -1);
  }),
  rule(Conv1d, (layer, axes) => convolved(layer, [layer.kernel], "[n, channels, length]", axes)),
  rule(Conv2d, (layer, axes) => convolved(layer, layer.kernel, images, axes)),
  rule(ConvTranspose2d, transposed),
  rule(MaxPool2d, ({ kernel, options }, axes) => pooled(kernel, options, axes)),
  rule(AvgPool2d, ({ kernel, options }, axes) => pooled(kernel, options, axes)),
  rule(AdaptiveAvgPool2d, ({ size }, axes) => {
    expectAxes(axes.length === 4, images, axes);
    return [axes[0], axes[1], ...pair(size)];
  }),
  rule(Upsample, upsampled),
  rule(ConstantPad2d, padded),
  rule(BatchNorm1d, ({ channels }, axes) => channelled(channels, [2, 3], axes)),
  rule(BatchNorm2d, ({ channels }, axes) => channelled(channels, [4], axes)),
  rule(GroupNorm, ({ channels }, axes) => channelled(channels, [2, 3, 4, 5], axes)),
  rule(LayerNorm, ({ shape }, axes) => {
    const last = axes.slice(-shape.length);
    const ok = axes.length >= shape.length && last.every((axis, i) => fits(axis, shape[i] as number));
    expectAxes(ok, `[…, ${shape.join(", ")}]`, axes);
    return axes;
  }),
  rule(PReLU, ({ weight }, axes) => {
    const slopes = weight.peek().size;
    const ok = slopes === 1 || (axes.length > 1 && fits(axes[1], slopes));
    expectAxes(ok, `[n, ${slopes}, …]`, axes);
    return axes;
  }),
  rule(Dropout, (_, axes) => axes),
  rule(Flatten, (_, axes) => flattened(axes)),
])();

/**
 * The axes of what a layer gives for such an input. An activation keeps them.
 *
 * @throws {OnnxError} if the layer doesn't take such an input. The message begins with "it".
 */
export function axesAfter(layer: Layer, axes: Axes | undefined): Axes | undefined {
  if (axes === undefined || !(layer instanceof Module)) return axes;
  const found = rules.find((row) => row.layer === layer.constructor);
  return found?.axes(layer as never, axes);
}
