/** Reductions over a line for each output: element k of output j is at `start + j · keep + k · step`. */
import type { ReduceOp } from "@dlcc/tensor";
import { divide, index, isNumber, type KernelSource, kernel } from "./source.ts";

/** Statements that take `v` into `r`. */
const steps: { readonly [O in ReduceOp]: string } = {
  sum: "r = r + v;",
  max: `if (${isNumber("v")}) { if (v > r) { r = v; } } else { r = v; }`, // NaN wins, and stays: nothing is larger.
  min: `if (${isNumber("v")}) { if (v < r) { r = v; } } else { r = v; }`,
};

/** What nothing reduces to. */
const first: { readonly [O in ReduceOp]: string } = { sum: "0 * start", max: "-infinity", min: "infinity" };

/**
 * Each of `count` elements in `parts` parts of `length`: outputs [kept, parts]. Parts keep many processors busy, and keep
 * sums of many terms exact.
 */
const reduceKernel = (op: ReduceOp): KernelSource =>
  kernel(
    op,
    "x, start, keep, step, infinity",
    `${index} ${divide("j", "part", "i", "this.constants.parts")}
     const from = part * this.constants.length;
     let r = ${first[op]};
     for (let k = 0; k < this.constants.length; k++) {
       if (from + k < this.constants.count) { const v = x[start + j * keep + (from + k) * step]; ${steps[op]} }
     }
     return r;`,
  );

/** The reductions. */
export const reduce: { readonly [O in ReduceOp]: KernelSource } = {
  sum: reduceKernel("sum"),
  max: reduceKernel("max"),
  min: reduceKernel("min"),
};

/** Where the first largest is; NaN counts as the largest. */
export const argmax: KernelSource = kernel(
  "argmax",
  "x, start, keep, step",
  `${index}
   let best = 0 * start;
   let largest = x[start + i * keep];
   for (let k = 0; k < this.constants.count; k++) {
     const v = x[start + i * keep + k * step];
     if (${isNumber("v")}) {
       if (v > largest) { largest = v; best = k; }
     } else {
       if (${isNumber("largest")}) { largest = v; best = k; }
     }
   }
   return best;`,
);
