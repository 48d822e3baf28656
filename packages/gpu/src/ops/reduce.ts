import type { Methods } from "@dlcc/tensor";
import { linesOf } from "@dlcc/tensor/device";
import type { Device } from "../device.ts";
import * as kernels from "../kernels/reduce.ts";
import { fill, withScratch } from "../scratch.ts";
import { nonFinite } from "./elementwise.ts";

/** As many elements one output goes through by itself. More are taken in parts, and the parts' results reduced again. */
const longest = 128;
/** How long a part is. */
const partLength = 64;

/** The reductions on a device. */
export const reductions = (device: Device): Pick<Methods, "reduce" | "argmax"> => ({
  reduce: (op, x, axes) =>
    withScratch(device, (scratch) => {
      let lines = linesOf(scratch, x, axes);
      if (lines.count === 0) return fill(device, lines.outputs, 0); // The sum of nothing: the others were refused.
      for (;;) {
        const { numbers, start, keep, step, outputs, count } = lines;
        const length = count > longest ? partLength : count;
        const parts = Math.ceil(count / length);
        const result = device.launch(
          kernels.reduce[op](x.dtype),
          outputs * parts,
          [numbers],
          [start, keep, step, ...nonFinite],
          { count, length, parts },
        );
        if (parts === 1) return result;
        lines = { numbers: scratch.keep(result), start: 0, keep: parts, step: 1, outputs, count: parts };
      }
    }),

  argmax: (x, axis) =>
    withScratch(device, (scratch) => {
      const { numbers, start, keep, step, outputs, count } = linesOf(scratch, x, [axis]);
      return device.launch(kernels.argmax(x.dtype), outputs, [numbers], [start, keep, step], { count });
    }),
});
