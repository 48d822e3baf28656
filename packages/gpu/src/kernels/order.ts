/**
 * Order along the middle axis of `x`, [outer, count, inner], by Batcher's merge exchange: a network, each pass of which
 * compares elements that lie a distance apart, and exchanges those that are in the wrong order. No output needs to know
 * where it will be written, which these devices could not do. Equal elements are compared by their places, so they stay in
 * their order. Source: Knuth, The Art of Computer Programming 3, 5.2.2, Algorithm M.
 */
import { type ByDType, byDType, divide, index, isNumber, type KernelSource, kernel } from "./source.ts";

/** Which element of its row an output is. */
const placeInRow = `${index} ${divide("row", "column", "i", "inner")} ${divide("outer", "k", "row", "count")}`;

/** The order before the first pass. A whole number that is NaN spoils its place, and with each comparison another one. */
export const places: ByDType = byDType(
  kernel("argsort", "x, count, inner, nan", `${placeInRow} return k;`),
  kernel(
    "argsort",
    "x, count, inner, nan",
    `${placeInRow} const v = x[i]; let r = nan; if (${isNumber("v")}) { r = k; } return r;`,
    "whole",
  ),
);

/** Statements that set `first` to whether the own element comes before the other one. NaN is the largest. */
const compare = (before: string, after: string): string => `
  let first = 0;
  if (own < theirs) { first = 1; }
  if (v ${before} w) { first = 1; }
  if (v ${after} w) { first = 0; }
  let ownNaN = 1; let theirNaN = 1;
  if (${isNumber("v")}) { ownNaN = 0; }
  if (${isNumber("w")}) { theirNaN = 0; }
  if (ownNaN ${before} theirNaN) { first = 1; }
  if (ownNaN ${after} theirNaN) { first = 0; }`;

/**
 * One pass. Elements go in groups of p, and `inverse` is 1/p: those in groups of one `phase`, the even or the odd ones, are
 * compared with those `distance` behind them.
 */
const exchangeKernel = (variant: string, before: string, after: string): KernelSource =>
  kernel(
    "argsort",
    "x, order, count, inner, inverse, phase, distance, nan",
    `${placeInRow}
     const group = Math.floor(k * inverse);
     let isLower = 0;
     if (group - 2 * Math.floor(0.5 * group) === phase) { isLower = 1; }
     let other = k - distance;
     if (isLower === 1) { other = k + distance; }
     const own = order[i];
     let r = own;
     if (other >= 0 && other < count) {
       const theirs = order[(outer * count + other) * inner + column];
       r = nan;
       if (${isNumber("own")}) { if (${isNumber("theirs")}) {
         const v = x[(outer * count + own) * inner + column];
         const w = x[(outer * count + theirs) * inner + column];
         ${compare(before, after)}
         r = theirs;
         if (first === isLower) { r = own; }
       } }
     }
     return r;`,
    variant,
  );

/** One pass, from the smallest up or from the largest down. */
export const exchange: Readonly<Record<"ascending" | "descending", KernelSource>> = {
  ascending: exchangeKernel("exchange ascending", "<", ">"),
  descending: exchangeKernel("exchange descending", ">", "<"),
};
