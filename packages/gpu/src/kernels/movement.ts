/** The kernels that move numbers: each output asks where it comes from. */
import { adding, type ByDType, divide, index, type KernelSource, kernel } from "./source.ts";

/** Host numbers, to the device. */
export const upload: KernelSource = kernel("upload", "x", "return x[this.thread.x];");

/** One number, everywhere. */
export const fill: KernelSource = kernel("fill", "value", "return value;");

/** A kernel for each rank. */
const byRank = (make: (rank: number) => KernelSource): ((rank: number) => KernelSource) => {
  const made: KernelSource[] = [];
  return (rank) => {
    made[rank] ??= make(rank);
    return made[rank];
  };
};

const names = (prefix: string, rank: number): string =>
  Array.from({ length: rank }, (_, a) => `, ${prefix}${a}`).join("");

/** A view's elements in order: `x, offset, lengths…, strides…`. */
export const copy: (rank: number) => KernelSource = byRank((rank) => {
  const steps = Array.from({ length: rank }, (_, turn) => {
    const axis = rank - 1 - turn;
    return `${divide(`q${axis}`, `r${axis}`, turn === 0 ? "i" : `q${axis + 1}`, `n${axis}`)} place = place + r${axis} * s${axis};`;
  });
  return kernel(
    "copy",
    `x, offset${names("n", rank)}${names("s", rank)}`,
    `${index} let place = offset; ${steps.join(" ")} return x[place];`,
    `${rank}`,
  );
});

/** `x` with `value` around it: `x, value, lengths…, lengths of x…, how many before…`. */
export const pad: (rank: number) => KernelSource = byRank((rank) => {
  const steps = Array.from({ length: rank }, (_, turn) => {
    const axis = rank - 1 - turn;
    return `${divide(`q${axis}`, `r${axis}`, turn === 0 ? "i" : `q${axis + 1}`, `n${axis}`)}
      const k${axis} = r${axis} - b${axis};
      if (k${axis} < 0 || k${axis} >= m${axis}) { inside = 0; }
      place = place + k${axis} * size; size = size * m${axis};`;
  });
  return kernel(
    "pad",
    `x, value${names("n", rank)}${names("m", rank)}${names("b", rank)}`,
    `${index} let inside = 1; let place = 0 * i; let size = 1 + place; ${steps.join(" ")}
     let r = value; if (inside === 1) { r = x[place]; } return r;`,
    `${rank}`,
  );
});

/** Two, one after the other in each row: of `left` and of `right` numbers. */
export const concat: KernelSource = kernel(
  "concat",
  "a, b, left, right",
  `${index} ${divide("row", "column", "i", "(left + right)")}
   let r = 0 * left;
   if (column < left) { r = a[row * left + column]; } else { r = b[row * right + column - left]; }
   return r;`,
);

/** Statements that set `place` to an index, counted from the beginning where it is negative. */
const placeAt = (index: string): string => `
   let place = indices[${index}];
   if (place < 0) { place = place + size; }`;

/** `x` is [outer, size, inner]; output [outer, count, inner]. An index out of range gives NaN. */
export const gather: KernelSource = kernel(
  "gather",
  "x, indices, start, step, count, size, inner, nan",
  `${index} ${divide("row", "column", "i", "inner")} ${divide("outer", "j", "row", "count")}
   ${placeAt("start + j * step")}
   let r = nan;
   if (place >= 0 && place < size) { r = x[(outer * size + place) * inner + column]; }
   return r;`,
);

/** `x` is [outer, count, inner]; output [outer, size, inner]: each output looks through all indices for its own. An index that isn't there makes all NaN. */
export const scatterAdd: ByDType = adding((check, variant) =>
  kernel(
    "scatterAdd",
    "x, indices, start, step, size, inner, nan",
    `${index} ${divide("row", "column", "i", "inner")} ${divide("outer", "j", "row", "size")}
   let total = 0 * i;
   for (let k = 0; k < this.constants.count; k++) {
     ${placeAt("start + k * step")}
     if (place >= 0 && place < size) {
       if (place === j) { total = total + x[(outer * this.constants.count + k) * inner + column]; ${check("total")} }
     } else { total = nan; }
   }
   return total;`,
    variant,
  ),
);
