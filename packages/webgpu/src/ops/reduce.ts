import type { Methods } from "@dlcc/tensor";
import { linesOf } from "@dlcc/tensor/device";
import type { Device } from "../device.ts";
import * as kernels from "../wgsl/index.ts";
import { elementOf } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

/** As many elements one thread adds up: sums of many terms keep their digits, and many threads are busy. */
const alone = 64;
/** As many of a part each thread of a workgroup takes. */
const eachTakes = 16;

/** The reductions on a device. */
export const reductions = (device: Device): Pick<Methods, "reduce" | "argmax"> => ({
  reduce: (op, x, axes) =>
    withScratch(device, (scratch) => {
      let lines = linesOf(scratch, x, axes);
      for (;;) {
        const { numbers, start, keep, step, outputs, count } = lines;
        const together = step === 1 && count >= 2 * kernels.workgroup;
        const longest = together ? kernels.workgroup * eachTakes : alone;
        const length = count > 2 * longest ? longest : Math.max(1, count);
        const parts = Math.max(1, Math.ceil(count / length)); // Of no elements there is a sum; what else was refused.
        const output = scratch.run(kernels.reduce(op, elementOf(x.dtype), together), [numbers], outputs * parts, [
          outputs * parts,
          parts,
          length,
          count,
          start,
          keep,
          step,
        ]);
        if (parts === 1) return output;
        lines = { numbers: scratch.keep(output), start: 0, keep: parts, step: 1, outputs, count: parts };
      }
    }),

  argmax: (x, axis) =>
    withScratch(device, (scratch) => {
      const { numbers, start, keep, step, outputs, count } = linesOf(scratch, x, [axis]);
      const kernel = kernels.argmax(elementOf(x.dtype));
      return scratch.run(kernel, [numbers], outputs, [outputs, count, start, keep, step]);
    }),
});
