/** Reductions over a line for each output: element k of output j is at `start + j · keep + k · step`. */
import type { ReduceOp } from "@dlcc/tensor";
import { adding, type ByDType, byDType, divide, index, isNumber, type KernelSource, kernel } from "./source.ts";

/** Statements that take `v` into `r`. */
const steps: { readonly [O in ReduceOp]: string } = {
  sum: "r = r + v;",
  max: `if (${isNumber("v")}) { if (v > r) { r = v; } } else { r = v; }`, // NaN wins over every number.
  min: `if (${isNumber("v")}) { if (v < r) { r = v; } } else { r = v; }`,
};

/** The result for no elements. */
const first: { readonly [O in ReduceOp]: string } = { sum: "0 * start", max: "-infinity", min: "infinity" };

/**
 * Each of `count` elements in `parts` parts of `length`: outputs [kept, parts]. Parts keep many processors busy, and keep
 * sums of many terms exact.
 */
const reduceKernel = (op: ReduceOp): ByDType =>
  adding((check, variant) =>
    kernel(
      op,
      "x, start, keep, step, nan, infinity",
      `${index} ${divide("j", "part", "i", "this.constants.parts")}
     const from = part * this.constants.length;
     let r = ${first[op]};
     for (let k = 0; k < this.constants.length; k++) {
       if (from + k < this.constants.count) { const v = x[start + j * keep + (from + k) * step]; ${steps[op]} ${check("r")} }
     }
     return r;`,
      variant,
    ),
  );

/** The reductions. */
export const reduce: { readonly [O in ReduceOp]: ByDType } = {
  sum: reduceKernel("sum"),
  max: reduceKernel("max"),
  min: reduceKernel("min"),
};

/** Where the first largest is; a float's NaN counts as the largest; among whole numbers, one that is NaN makes it NaN. */
const argmaxKernel = (variant: string, atNaN: string): KernelSource =>
  kernel(
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
       ${atNaN}
     }
   }
   return best;`,
    variant,
  );

/** Where the first largest is. */
export const argmax: ByDType = byDType(
  argmaxKernel("", `if (${isNumber("largest")}) { largest = v; best = k; }`),
  argmaxKernel("whole", "largest = v; best = v;"),
);
