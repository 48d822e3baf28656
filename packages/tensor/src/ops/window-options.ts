/** The options of windows that slide over images, as functions take them and as backends get them. */
import type { Window } from "../backend.ts";
import { ArgumentError, kindOf, ShapeError, show } from "../errors.ts";
import type { Tensor } from "../tensor.ts";

/** Checks how many axes an input has, which `axes` names. */
export function assertRank(op: string, x: Tensor, rank: number, axes: string): void {
  if (x.rank !== rank) throw new ShapeError(`${op}: x must be ${axes}, got ${show(x.shape)}`);
}

/** The options of a sliding window; one number is for both directions. */
export interface WindowOptions {
  /** How far it moves. Default: 1. */
  readonly stride?: number | readonly [number, number];
  /** Zeros added on each side. Default: 0. */
  readonly padding?: number | readonly [number, number];
  /** The distance between its taps. Default: 1. */
  readonly dilation?: number | readonly [number, number];
}

/** One number stands for both directions. */
export const pair = (n: number | readonly [number, number]): readonly [number, number] =>
  typeof n === "number" ? [n, n] : n;

/** Checks a pair of whole numbers. */
export function assertPair(op: string, name: string, pair: unknown, least: number): void {
  const list: readonly unknown[] | undefined = Array.isArray(pair) ? pair : undefined;
  if (list?.length === 2 && list.every((n) => Number.isInteger(n) && (n as number) >= least)) return;
  throw new ArgumentError(
    `${op}: ${name} must be whole numbers from ${least}, got ${list ? `[${list.join(",")}]` : kindOf(pair)}`,
  );
}

/** A window of the size of `kernel`, checked. */
export function makeWindow(op: string, kernel: number | readonly [number, number], options: WindowOptions): Window {
  const window: Window = {
    kernel: pair(kernel),
    stride: pair(options.stride ?? 1),
    padding: pair(options.padding ?? 0),
    dilation: pair(options.dilation ?? 1),
  };
  for (const [name, lengths] of Object.entries(window)) assertPair(op, name, lengths, name === "padding" ? 0 : 1);
  return window;
}
