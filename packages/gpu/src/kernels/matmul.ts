/** The matrix product, and the layer that is one. Strides say how the factors lie: a transpose costs nothing. */
import type { FusedActivation } from "@dlcc/tensor";
import { activations } from "./elementwise.ts";
import { type ByDType, byDType, divide, index, type KernelSource, kernel, mapNames, wholeOrNaN } from "./source.ts";

/** Statements that set `total` to row × column. */
const rowByColumn = `
  let total = 0 * aStep;
  for (let k = 0; k < this.constants.inner; k++) { total = total + a[aPlace + k * aStep] * b[bPlace + k * bStep]; }`;

/** The same of whole numbers: where a product or a sum is too large, `total` is NaN. */
const wholeRowByColumn = `
  let total = 0 * aStep;
  for (let k = 0; k < this.constants.inner; k++) {
    let term = a[aPlace + k * aStep] * b[bPlace + k * bStep];
    ${wholeOrNaN("term")}
    total = total + term;
    ${wholeOrNaN("total")}
  }`;

const matmulKernel = (statements: string, variant: string): KernelSource =>
  kernel(
    "matmul",
    "a, b, rows, columns, aStart, aBatch, aRow, aStep, bStart, bBatch, bStep, bColumn, nan",
    `${index} ${divide("line", "column", "i", "columns")} ${divide("batch", "row", "line", "rows")}
   const aPlace = aStart + batch * aBatch + row * aRow;
   const bPlace = bStart + batch * bBatch + column * bColumn;
   ${statements} return total;`,
    variant,
  );

/** `[batches, rows, inner] × [batches, inner, columns]`. */
export const matmul: ByDType = byDType(matmulKernel(rowByColumn, ""), matmulKernel(wholeRowByColumn, "whole"));

/** `f(x · weightᵀ + bias)` for an activation f or none, with bias or without. */
export const linear = (activation: FusedActivation | undefined, bias: boolean): KernelSource =>
  linears[activation ?? "none"][bias ? 1 : 0];

/** Without bias, and with it. */
type Pair = readonly [without: KernelSource, withBias: KernelSource];

const linearKernels = (name: FusedActivation | "none", statements: string): Pair => [
  linearKernel(name, statements, false),
  linearKernel(name, statements, true),
];

const linears: { readonly [A in FusedActivation | "none"]: Pair } = mapNames(
  { none: "r = v;", ...activations } satisfies { readonly [A in FusedActivation | "none"]: string },
  linearKernels,
);

function linearKernel(activation: string, statements: string, bias: boolean): KernelSource {
  return kernel(
    "linear",
    `a, b${bias ? ", c" : ""}, columns, aStart, aRow, aStep, bStart, bStep, bColumn, cStart, cStep, nan`,
    `${index} ${divide("row", "column", "i", "columns")}
     const aPlace = aStart + row * aRow;
     const bPlace = bStart + column * bColumn;
     ${rowByColumn}
     const v = total${bias ? " + c[cStart + column * cStep]" : ""};
     let r = nan; ${statements} return r;`,
    `${activation} ${bias}`,
  );
}
