/**
 * Sliding windows over images [n·c, height, width]; patches are [n·c, taps, rows, columns]. All sizes are constants:
 * `rows` and `columns` are the window's positions, `kernelY · kernelX` its taps.
 */
import { adding, type ByDType, divide, index, type KernelSource, kernel } from "./source.ts";

/** Each element of a patch asks for its pixel. */
export const unfold: KernelSource = kernel(
  "unfold",
  "x",
  `${index}
   ${divide("q0", "column", "i", "this.constants.columns")}
   ${divide("q1", "row", "q0", "this.constants.rows")}
   ${divide("q2", "tapX", "q1", "this.constants.kernelX")}
   ${divide("plane", "tapY", "q2", "this.constants.kernelY")}
   const y = row * this.constants.strideY + tapY * this.constants.dilationY - this.constants.paddingY;
   const z = column * this.constants.strideX + tapX * this.constants.dilationX - this.constants.paddingX;
   let r = 0 * i;
   if (y >= 0 && y < this.constants.height) { if (z >= 0 && z < this.constants.width) {
     r = x[(plane * this.constants.height + y) * this.constants.width + z];
   } }
   return r;`,
);

/** Each pixel asks all taps for the position at which they see it. */
export const fold: ByDType = adding((check, variant) =>
  kernel(
    "fold",
    "x, nan",
    `${index}
   ${divide("q0", "left", "i", "this.constants.width")}
   ${divide("plane", "top", "q0", "this.constants.height")}
   let total = 0 * i;
   for (let tapY = 0; tapY < this.constants.kernelY; tapY++) {
     for (let tapX = 0; tapX < this.constants.kernelX; tapX++) {
       const y = top + this.constants.paddingY - tapY * this.constants.dilationY;
       const z = left + this.constants.paddingX - tapX * this.constants.dilationX;
       const row = Math.floor((y + 0.5) / this.constants.strideY);
       const column = Math.floor((z + 0.5) / this.constants.strideX);
       if (row * this.constants.strideY === y && column * this.constants.strideX === z) {
         if (row >= 0 && row < this.constants.rows && column >= 0 && column < this.constants.columns) {
           const tap = tapY * this.constants.kernelX + tapX;
           const taps = this.constants.kernelX * this.constants.kernelY;
           total = total + x[((plane * taps + tap) * this.constants.rows + row) * this.constants.columns + column];
           ${check("total")}
         }
       }
     }
   }
   return total;`,
    variant,
  ),
);
