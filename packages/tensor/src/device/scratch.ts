import type { Storage, View } from "../backend.ts";
import { collapse, isContiguous } from "../shape.ts";

/** A view without its dtype: a copy keeps the numbers, whatever they are. */
export type UntypedView = Pick<View, "storage" | "shape" | "strides" | "offset">;

/** A line through a storage: element i is at `start + i · step`. */
export interface Line<N extends Storage> {
  /** The storage. */
  readonly numbers: N;
  /** Where the first element is. */
  readonly start: number;
  /** How far apart they are. */
  readonly step: number;
}

/**
 * Makes of views what kernels can take, by copies where it must. What it copies, it gives back at the end.
 *
 * @example
 * ```ts
 * import { cpu, type View } from "@dlcc/tensor";
 * import { Scratch } from "@dlcc/tensor/device";
 *
 * const storage = cpu.upload(Float32Array.of(1, 2, 3, 4), "float32");
 * const view: View = { storage, dtype: "float32", shape: [2], strides: [2], offset: 1 };
 * const scratch = new Scratch(() => cpu.upload(Float32Array.of(2, 4), "float32"), (copy) => cpu.free(copy));
 * const { start, step } = scratch.line(view);
 * console.log(start, step); // → 1 2
 * console.log(scratch.inOrder(view) === storage); // → false
 * scratch.end();
 * ```
 */
export class Scratch<N extends Storage> {
  readonly #copy: (view: UntypedView) => N;
  readonly #free: (numbers: N) => void;
  readonly #kept: N[] = [];

  /**
   * @param copy Gives the view's elements in order, in a storage of their own.
   * @param free Gives a storage back. Jobs that were asked for before still see it.
   */
  constructor(copy: (view: UntypedView) => N, free: (numbers: N) => void) {
    this.#copy = copy;
    this.#free = free;
  }

  /** The view as a line: itself where it is one, else a copy. */
  line(view: UntypedView): Line<N> {
    const { lengths, strides } = collapse(view.shape, [view]);
    if (lengths.length > 1) return { numbers: this.keep(this.#copy(view)), start: 0, step: 1 };
    return { numbers: view.storage as N, start: view.offset, step: strides[0]?.[0] ?? 0 };
  }

  /** The view's elements in order from the storage's beginning: itself where they lie so, else a copy. */
  inOrder(view: UntypedView): N {
    if (view.offset === 0 && isContiguous(view.shape, view.strides)) return view.storage as N;
    return this.keep(this.#copy(view));
  }

  /** Takes a storage to be given back at the end. */
  keep(numbers: N): N {
    this.#kept.push(numbers);
    return numbers;
  }

  /** Gives back what was kept. */
  end(): void {
    for (const numbers of this.#kept) this.#free(numbers);
  }
}
