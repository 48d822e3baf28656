/** Lines with their names at their ends, so that no legend is needed. */
import { dot, line, type Markish, text } from "@observablehq/plot";
import { colors } from "./theme.ts";

/** A line of a plot. */
export interface Series {
  /** Its name, at its end. */
  readonly name: string;
  /** Its points, from left to right. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  /** Its colour. */
  readonly stroke: string;
  /** Its dashes, which tell it apart without its colour. Default: none. */
  readonly dashes?: string;
  /** Moves the name up or down, if two ends meet. */
  readonly shift?: number;
}

/** Colours for series, in order. */
export const palette: readonly string[] = [colors.blue, colors.orange, colors.green, colors.purple];

/** Dashes for series, in the same order. */
export const dashing: readonly string[] = ["none", "8 4", "2 4", "10 3 2 3"];

/**
 * How far to move the names of lines that end near each other, so that none covers another: the name of the higher end
 * goes up.
 *
 * @param near Ends that differ by less are near.
 */
export const shifts = (ends: readonly number[], near: number): number[] =>
  ends.map((end, i) => {
    const rivals = ends.filter((other, j) => j !== i && Math.abs(other - end) < near);
    const above = ends.filter((other, j) => Math.abs(other - end) < near && (other > end || (other === end && j < i)));
    return 14 * above.length - 7 * rivals.length;
  });

/** The marks of some lines. */
export const drawn = (all: readonly Series[], dots = false): Markish[] =>
  all.flatMap(({ name, points, stroke, dashes = "none", shift }) => [
    line(points, { x: "x", y: "y", stroke, strokeWidth: 2, strokeDasharray: dashes }),
    dot(dots ? points : [], { x: "x", y: "y", fill: stroke, r: 2.5 }),
    text(points.slice(-1), {
      x: "x",
      y: "y",
      text: () => name,
      textAnchor: "start",
      dx: 6,
      dy: shift ?? 0,
      fill: stroke,
    }),
  ]);
