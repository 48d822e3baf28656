/** Windows that slide over images, as layers describe them and as ONNX does. */
import type { Pair } from "@dlcc/tensor";
import { OnnxError } from "./error.ts";

/** One number stands for both directions. */
export const pair = (n: Pair): readonly [number, number] => (typeof n === "number" ? [n, n] : n);

/** The zeros that keep a length: before, and after, where an odd one goes. */
export function samePadding(kernel: number, dilation: number): readonly [before: number, after: number] {
  const all = dilation * (kernel - 1);
  return [all >> 1, all - (all >> 1)];
}

/** How a window moves, as layers say it. */
export interface Moves {
  readonly stride?: Pair;
  readonly padding?: Pair | "same";
  readonly dilation?: Pair;
}

/** How it moves along one direction. */
export interface Slide {
  readonly kernel: number;
  readonly stride: number;
  readonly dilation: number;
  /** Before, and after. */
  readonly padding: readonly [number, number];
}

/** A window along each of its directions. */
export const slidesOf = (kernel: readonly number[], { stride = 1, padding = 0, dilation = 1 }: Moves): Slide[] =>
  kernel.map((length, i) => {
    const at = i as 0 | 1;
    const step = pair(dilation)[at];
    const zeros = padding === "same" ? samePadding(length, step) : ([pair(padding)[at], pair(padding)[at]] as const);
    return { kernel: length, stride: pair(stride)[at], dilation: step, padding: zeros };
  });

/**
 * Checks that a last part of a window, which dlcc and PyTorch count if it begins before the padding at the end, and the ONNX of
 * opset 17 always, is counted by both or by none.
 *
 * @throws {OnnxError} if not. The message begins with "its".
 */
export function assertLastParts(slides: readonly Slide[], lengths: readonly unknown[]): void {
  slides.forEach((slide, i) => {
    const length = lengths[i];
    if (typeof length !== "number") return;
    const left = room(length, slide);
    const next = (Math.floor(left / slide.stride) + 1) * slide.stride;
    if (left % slide.stride === 0 || next < length + slide.padding[0]) return;
    throw new OnnxError("its last window must not begin in the padding, which ONNX counts there and others don't");
  });
}

/** How far a window's first and last tap are apart, with the padding: what is left of a length moves. */
export const room = (length: number, { kernel, dilation, padding }: Slide): number =>
  length + padding[0] + padding[1] - dilation * (kernel - 1) - 1;
