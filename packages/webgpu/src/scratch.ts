import { collapse, isContiguous, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Grid } from "./device.ts";
import { Numbers } from "./numbers.ts";
import { eachThread, type Kernel, kernel, numbers, workgroup } from "./wgsl/kernel.ts";

/** A view without its dtype: a copy keeps the bits. */
export type UntypedView = Pick<View, "storage" | "shape" | "strides" | "offset">;

/** A line through a storage: element i is at `start + i · step`. */
export interface Line {
  readonly numbers: Numbers;
  readonly start: number;
  readonly step: number;
}

/** What WebGPU allows along each direction. */
const mostGroups = 65535;

/** The view's numbers. */
export const numbersOf = (view: UntypedView): Numbers => view.storage as Numbers;

/** A grid of at least so many workgroups. */
export function groupsFor(count: number, z: number = 1): Grid {
  const rows = Math.max(1, Math.ceil(count / mostGroups));
  return [Math.max(1, Math.ceil(count / rows)), rows, z];
}

/** A grid with a thread for each of so many elements: for kernels that begin with `eachThread`. */
export const threadsFor = (count: number): Grid => groupsFor(Math.ceil(count / workgroup));

/** One number, everywhere: given by its bits. */
export function fill(device: Device, op: string, size: number, bits: number): Numbers {
  const output = device.make(op, size);
  const filling = kernel("fill", "", () => ({
    inputs: [],
    outputs: ["u32"],
    params: numbers("u32", "count", "value"),
    body: `${eachThread} y0[i] = p.value;`,
  }));
  device.launch({ kernel: filling, inputs: [], outputs: [output], params: [size, bits], grid: threadsFor(size) });
  return output;
}

/** The bits of a float. */
export const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0] as number;

/** Makes of views what kernels can take; what it makes for that, it gives back at the end. */
export class Scratch {
  readonly device: Device;
  readonly #kept: Numbers[] = [];
  readonly #copy: (view: UntypedView) => Numbers;

  constructor(device: Device, copy: (view: UntypedView) => Numbers) {
    this.device = device;
    this.#copy = copy;
  }

  /** The view as a line: itself where it is one, else a copy. */
  line(view: UntypedView): Line {
    const { lengths, strides } = collapse(view.shape, [view]);
    if (lengths.length > 1) return { numbers: this.keep(this.#copy(view)), start: 0, step: 1 };
    return { numbers: numbersOf(view), start: view.offset, step: strides[0]?.[0] ?? 0 };
  }

  /** The view's elements in order from the storage's beginning: itself where they lie so, else a copy. */
  inOrder(view: UntypedView): Numbers {
    if (view.offset === 0 && isContiguous(view.shape, view.strides)) return numbersOf(view);
    return this.keep(this.#copy(view));
  }

  /**
   * Runs a kernel, which gives `size` elements. Views come to it in order.
   *
   * @param grid Default: a thread for each of the first of `params`.
   */
  run(
    kernel: Kernel,
    inputs: readonly (UntypedView | Numbers)[],
    size: number,
    params: readonly number[],
    grid: Grid = threadsFor(params[0] as number),
  ): Numbers {
    const output = this.device.make(kernel.name, size);
    const ready = inputs.map((input) => (input instanceof Numbers ? input : this.inOrder(input)));
    this.device.launch({ kernel, inputs: ready, outputs: [output], params, grid });
    return output;
  }

  /** Gives numbers back at the end. */
  keep(numbers: Numbers): Numbers {
    this.#kept.push(numbers);
    return numbers;
  }

  /** Gives back what was kept: the jobs that were asked for still see it. */
  end(): void {
    for (const numbers of this.#kept) this.device.free(numbers);
  }
}

/** How many elements a view has. */
export const countOf = (view: UntypedView): number => sizeOf(view.shape);
