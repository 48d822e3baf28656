import { collapse, isContiguous, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "./device.ts";
import * as kernels from "./kernels/movement.ts";

/** A view without its dtype: on the device all numbers are float32. */
export type UntypedView = Pick<View, "storage" | "shape" | "strides" | "offset">;

/** A line through a storage: element i is at `start + i · step`. */
export interface Line {
  readonly numbers: Numbers;
  readonly start: number;
  readonly step: number;
}

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

/** Makes of views what kernels can take; what it copies for that, it gives back at the end. */
export class Scratch {
  readonly device: Device;
  readonly #copies: Numbers[] = [];

  constructor(device: Device) {
    this.device = device;
  }

  /** The view as a line: itself where it is one, else a copy. */
  line(view: UntypedView): Line {
    const { lengths, strides } = collapse(view.shape, [view]);
    if (lengths.length > 1) return { numbers: this.keep(copy(this.device, view)), start: 0, step: 1 };
    return { numbers: numbersOf(view), start: view.offset, step: strides[0]?.[0] ?? 0 };
  }

  /** The view's elements in order from the storage's beginning: itself where they lie so, else a copy. */
  inOrder(view: UntypedView): Numbers {
    if (view.offset === 0 && isContiguous(view.shape, view.strides)) return numbersOf(view);
    return this.keep(copy(this.device, view));
  }

  /** Gives numbers back at the end. */
  keep(numbers: Numbers): Numbers {
    this.#copies.push(numbers);
    return numbers;
  }

  /** Gives back what was kept: the jobs that were asked for still see it. */
  end(): void {
    for (const numbers of this.#copies) this.device.free(numbers);
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
