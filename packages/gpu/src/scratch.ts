import { collapse, sizeOf } from "@dlcc/tensor";
import { Scratch as AnyScratch, type UntypedView } from "@dlcc/tensor/device";
import type { Device, Numbers } from "./device.ts";
import * as kernels from "./kernels/movement.ts";

const numbersOf = (view: UntypedView): Numbers => view.storage as Numbers;

/** The view's elements in order, in a storage of their own. */
export function copy(device: Device, view: UntypedView): Numbers {
  const { lengths, strides } = collapse(view.shape, [view]);
  const scalars = [view.offset, ...lengths, ...(strides[0] ?? [])];
  return device.launch(kernels.copy(lengths.length), sizeOf(view.shape), [numbersOf(view)], scalars);
}

/** One number, everywhere. */
export const fill = (device: Device, size: number, value: number): Numbers =>
  device.launch(kernels.fill, size, [], [value]);

/** What makes of views what kernels can take. */
export class Scratch extends AnyScratch<Numbers> {
  readonly device: Device;

  constructor(device: Device) {
    super(
      (view) => copy(device, view),
      (numbers) => device.free(numbers),
    );
    this.device = device;
  }
}

/** Runs `fn` with a scratch. */
export function withScratch<T>(device: Device, fn: (scratch: Scratch) => T): T {
  const scratch = new Scratch(device);
  try {
    return fn(scratch);
  } finally {
    scratch.end();
  }
}
