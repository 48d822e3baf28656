/** What the three ops of convolution ask of their inputs. */
import type { Window } from "../backend.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { windowPositions } from "../window.ts";
import { assertFloat, assertSameDType } from "./checks.ts";
import { assertRank } from "./window-options.ts";

/** The axes of images, as messages name them. */
export const images = "[n, channels, height, width]";

/** Checks what both directions ask of an image and a weight, which has the window's size. */
export function assertWeight(op: string, x: Tensor, weight: Tensor, { kernel }: Window): void {
  assertSameDType(op, x, weight);
  assertFloat(op, x);
  assertRank(op, x, 4, images);
  if (weight.rank === 4 && sameShape(weight.shape.slice(2), kernel)) return;
  throw new ShapeError(`${op}: weight must have four axes, the last two ${show(kernel)}, got ${show(weight.shape)}`);
}

/** Checks that groups divide the channels that come in and go out. */
function assertGroups(op: string, groups: number, channels: number, outputs: number): void {
  if (!Number.isInteger(groups) || groups < 1) {
    throw new ArgumentError(`${op}: groups must be a whole number from 1, got ${groups}`);
  }
  if (channels % groups === 0 && outputs % groups === 0) return;
  throw new ShapeError(`${op}: groups must divide the ${channels} channels and the ${outputs} outputs, got ${groups}`);
}

/** Checks that an image has as many channels as its weight sees. */
export function assertChannels(op: string, x: Tensor, channels: number, weight: Tensor, groups: number): void {
  assertGroups(op, groups, channels, weight.shape[0] as number);
  if (x.shape[1] === channels) return;
  const grouped = groups > 1 ? ` in ${groups} groups` : "";
  throw new ShapeError(
    `${op}: x must have ${channels} channels, for a weight ${show(weight.shape)}${grouped}, got ${show(x.shape)}`,
  );
}

/** Checks what the gradient of a weight is made of. */
export function assertGradient(op: string, x: Tensor, gradient: Tensor, groups: number): void {
  assertSameDType(op, x, gradient);
  assertFloat(op, x);
  assertRank(op, x, 4, images);
  if (gradient.rank !== 4 || gradient.shape[0] !== x.shape[0]) {
    throw new ShapeError(
      `${op}: gradient must be [${x.shape[0]}, outputs, rows, columns], got ${show(gradient.shape)}`,
    );
  }
  assertGroups(op, groups, x.shape[1] as number, gradient.shape[1] as number);
}

/** Checks that a bias has a number for each channel that goes out. */
export function assertBias(op: string, x: Tensor, bias: Tensor | undefined, channels: number): void {
  if (!bias) return;
  assertSameDType(op, x, bias);
  if (sameShape(bias.shape, [channels])) return;
  throw new ShapeError(`${op}: bias must be [${channels}], a number for each channel, got ${show(bias.shape)}`);
}

/** Checks that over images of `size`, the window has as many positions as `outputs` has pixels. */
export function assertPositions(op: string, window: Window, size: readonly [number, number], outputs: Tensor): void {
  const positions = windowPositions(op, window, size);
  if (sameShape(outputs.shape.slice(2), positions)) return;
  throw new ShapeError(
    `${op}: over images of ${size.join(" × ")} the window has ${positions.join(" × ")} positions, got ${show(outputs.shape)}`,
  );
}
