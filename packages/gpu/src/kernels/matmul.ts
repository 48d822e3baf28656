/** The matrix product, and the layer that is one. Strides say how the factors lie: a transpose costs nothing. */
import type { FusedActivation } from "@dlcc/tensor";
import { activations } from "./elementwise.ts";
import { divide, index, type KernelSource, kernel } from "./source.ts";

/** Statements that set `total` to row × column. */
const rowByColumn = `
  let total = 0 * aStep;
  for (let k = 0; k < this.constants.inner; k++) { total = total + a[aPlace + k * aStep] * b[bPlace + k * bStep]; }`;

/** `[batches, rows, inner] × [batches, inner, columns]`. */
export const matmul: KernelSource = kernel(
  "matmul",
  "a, b, rows, columns, aStart, aBatch, aRow, aStep, bStart, bBatch, bStep, bColumn",
  `${index} ${divide("line", "column", "i", "columns")} ${divide("batch", "row", "line", "rows")}
   const aPlace = aStart + batch * aBatch + row * aRow;
   const bPlace = bStart + batch * bBatch + column * bColumn;
   ${rowByColumn} return total;`,
);

/** `f(x · weightᵀ + bias)`, for each activation f and none, with bias or without. */
export const linear = (activation: FusedActivation | undefined, bias: boolean): KernelSource =>
  linears[`${activation ?? "none"} ${bias}`] as KernelSource;

const linears: Readonly<Record<string, KernelSource>> = Object.fromEntries(
  ([undefined, "relu", "sigmoid", "tanh"] as const).flatMap((activation) =>
    [true, false].map((bias) => [`${activation ?? "none"} ${bias}`, linearKernel(activation, bias)]),
  ),
);

function linearKernel(activation: FusedActivation | undefined, bias: boolean): KernelSource {
  return kernel(
    "linear",
    `a, b${bias ? ", c" : ""}, columns, aStart, aRow, aStep, bStart, bStep, bColumn, cStart, cStep, nan`,
    `${index} ${divide("row", "column", "i", "columns")}
     const aPlace = aStart + row * aRow;
     const bPlace = bStart + column * bColumn;
     ${rowByColumn}
     const v = total${bias ? " + c[cStart + column * cStep]" : ""};
     let r = nan; ${activation ? activations[activation] : "r = v;"} return r;`,
    `${activation ?? "none"} ${bias}`,
  );
}
