import type { Methods } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { sizesAround } from "../scratch.ts";
import * as kernels from "../wgsl/index.ts";
import { elementOf } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

/** The places that sort the middle axis of `[outer, n, inner]`. */
export function argsort(
  device: Device,
  element: kernels.Element,
  numbers: Numbers,
  { outer, inner }: ReturnType<typeof sizesAround>,
  n: number,
  descending: boolean,
): Numbers {
  const count = outer * n * inner;
  const output = device.make("argsort", count);
  const outputs = [output];
  device.launch({ kernel: kernels.unsorted(), inputs: [], outputs, params: [count, n, inner] });
  const kernel = kernels.exchange(element, descending);
  const exchange = (size: number, phase: 0 | 1, distance: number): void =>
    device.launch({ kernel, inputs: [numbers], outputs, params: [count, n, inner, size, phase, distance] });
  const top = 2 ** (Math.ceil(Math.log2(n)) - 1);
  for (let p = top; p >= 1; p /= 2) {
    exchange(p, 0, p);
    for (let q = top; q > p; q /= 2) exchange(p, 1, q - p);
  }
  return output;
}

/** What puts into order, on a device. */
export const order = (device: Device): Pick<Methods, "argsort"> => ({
  argsort: (x, axis, descending) =>
    withScratch(device, (scratch) => {
      const around = sizesAround(x.shape, axis);
      return argsort(device, elementOf(x.dtype), scratch.inOrder(x), around, x.shape[axis] as number, descending);
    }),
});
