import { type Methods, sizeOf } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import * as kernels from "../kernels/order.ts";
import { withScratch } from "../scratch.ts";

/** What puts into order, on a device. */
export const order = (device: Device): Pick<Methods, "argsort"> => ({
  argsort: (x, axis, descending) =>
    withScratch(device, (scratch) => {
      const size = sizeOf(x.shape);
      const count = x.shape[axis] as number;
      const inner = sizeOf(x.shape.slice(axis + 1));
      const numbers = scratch.inOrder(x);
      const kernel = kernels.exchange[descending ? "descending" : "ascending"];
      let places = device.launch(kernels.places(x.dtype), size, [numbers], [count, inner, Number.NaN]);
      const exchange = (p: number, phase: 0 | 1, distance: number): void => {
        const scalars = [count, inner, 1 / p, phase, distance, Number.NaN];
        const next = device.launch(kernel, size, [numbers, places], scalars);
        device.free(places); // There are some hundred passes: not at the end.
        places = next;
      };
      if (size === 0) return places;
      const top = 2 ** (Math.ceil(Math.log2(count)) - 1);
      for (let p = top; p >= 1; p /= 2) {
        exchange(p, 0, p);
        for (let q = top; q > p; q /= 2) exchange(p, 1, q - p);
      }
      return places;
    }),
});
