import { sizeOf, type View } from "@dlcc/tensor";
import { Scratch as AnyScratch, type UntypedView } from "@dlcc/tensor/device";
import type { Device } from "./device.ts";
import { Numbers } from "./numbers.ts";
import type { Kernel } from "./wgsl/index.ts";

/** The view's numbers. */
export const numbersOf = (view: UntypedView): Numbers => view.storage as Numbers;

/** How many elements a view has. */
export const countOf = ({ shape }: Pick<View, "shape">): number => sizeOf(shape);

/** How many numbers there are before some axes, and after them. */
export const sizesAround = (shape: readonly number[], axis: number, axes = 1): { outer: number; inner: number } => ({
  outer: sizeOf(shape.slice(0, axis)),
  inner: sizeOf(shape.slice(axis + axes)),
});

/** The bits of a float. */
export const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] as number;

/** What makes of views what kernels can take, and runs them. */
export class Scratch extends AnyScratch<Numbers> {
  readonly device: Device;

  constructor(device: Device, copy: (view: UntypedView) => Numbers) {
    super(copy, (numbers) => device.free(numbers));
    this.device = device;
  }

  /** Runs a kernel, which gives `size` elements. Views come to it in order. */
  run(kernel: Kernel, inputs: readonly (UntypedView | Numbers)[], size: number, params: readonly number[]): Numbers {
    const output = this.device.make(kernel.name, size);
    const ready = inputs.map((input) => (input instanceof Numbers ? input : this.inOrder(input)));
    this.device.launch({ kernel, inputs: ready, outputs: [output], params });
    return output;
  }
}
