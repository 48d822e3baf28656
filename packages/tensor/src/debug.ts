/** Where each tensor was made: what turns "this tensor was disposed of" into a line of the program. */
import { bytesPerElement } from "./dtype.ts";
import { type Tracer, trace, tracer } from "./observer.ts";
import { callSite } from "./stack.ts";
import type { Tensor } from "./tensor.ts";

/** The tensors that are alive and were made at one place. */
export interface LiveTensors {
  /** The line that made them, as `file:line:column`. */
  readonly place: string;
  /** How many there are. */
  readonly tensors: number;
  /** What their elements take; views are counted as if they had their own. */
  readonly bytes: number;
}

/** One place, and what was made there and is alive. */
interface Place {
  readonly text: string;
  tensors: number;
  bytes: number;
}

/** What is known of a tensor. It must not lead to the tensor. */
interface Entry {
  readonly place: Place;
  readonly bytes: number;
  alive: boolean;
  op: string | undefined;
  disposedAt: string | undefined;
}

/** How many places an out-of-memory message names. */
const mostHolders = 3;

class Debugger implements Tracer {
  readonly #entries: WeakMap<Tensor, Entry> = new WeakMap();
  readonly #places: Map<string, Place> = new Map();
  /** What the garbage collector finds is not alive either. */
  readonly #collected: FinalizationRegistry<Entry> = new FinalizationRegistry((entry) => this.#end(entry));

  made(tensor: Tensor): void {
    const text = callSite();
    let place = this.#places.get(text);
    if (!place) {
      place = { text, tensors: 0, bytes: 0 };
      this.#places.set(text, place);
    }
    const bytes = tensor.size * bytesPerElement(tensor.dtype);
    const entry: Entry = { place, bytes, alive: true, op: undefined, disposedAt: undefined };
    place.tensors++;
    place.bytes += bytes;
    this.#entries.set(tensor, entry);
    this.#collected.register(tensor, entry);
  }

  ran(op: string, outputs: readonly Tensor[]): void {
    for (const output of outputs) {
      const entry = this.#entries.get(output);
      if (entry) entry.op = op;
    }
  }

  disposed(tensor: Tensor): void {
    const entry = this.#entries.get(tensor);
    if (!entry) return;
    entry.disposedAt = callSite();
    this.#end(entry);
  }

  #end(entry: Entry): void {
    if (!entry.alive) return;
    entry.alive = false;
    entry.place.tensors--;
    entry.place.bytes -= entry.bytes;
  }

  storyOf(tensor: Tensor): string {
    const entry = this.#entries.get(tensor);
    if (!entry) return "";
    const { op, place, disposedAt } = entry;
    const by = op === undefined ? "" : ` by ${op}`;
    return `made${by} at ${place.text}${disposedAt === undefined ? "" : `, disposed of at ${disposedAt}`}`;
  }

  live(): LiveTensors[] {
    return [...this.#places.values()]
      .filter(({ tensors }) => tensors > 0)
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ text, tensors, bytes }) => ({ place: text, tensors, bytes }));
  }

  holders(): string {
    const parts = this.live().slice(0, mostHolders);
    if (parts.length === 0) return "";
    return `. Alive are ${parts.map(({ place, tensors, bytes }) => `${tensors} (${bytes} bytes) made at ${place}`).join("; ")}`;
  }
}

/**
 * Records where each tensor is made and disposed of, from now on, until `debug(false)`. Messages then name the lines: that of a
 * tensor which was used after it was disposed of, the one with the first NaN in `fit`, and, when a device runs out of memory,
 * where most of the tensors that are alive were made. {@link liveTensors} lists those at any time.
 *
 * It reads the stack for every tensor, so that programs become several times slower: turn it on to find a fault. Off, it costs
 * nothing.
 *
 * @param on Whether to record.
 * @example
 * ```ts
 * import { debug, tensor, tidy } from "@dlcc/tensor";
 *
 * debug(true);
 * const x = tensor([1, 2]);
 * x.dispose();
 * try {
 *   x.exp();
 * } catch (error) {
 *   console.log(/made at .*:\d+:\d+, disposed of at .*:\d+:\d+/.test((error as Error).message)); // → true
 * }
 * debug(false);
 * ```
 */
export function debug(on: boolean): void {
  if (on === tracer instanceof Debugger) return;
  trace(on ? new Debugger() : undefined);
}

/**
 * The tensors that were made since `debug(true)` and are alive, by the lines that made them, the most bytes first: a leak is a
 * line whose count grows. Parameters' values and what a tape retains are among them. Empty unless debug is on.
 *
 * @example
 * ```ts
 * import { debug, liveTensors, tensor, tidy } from "@dlcc/tensor";
 *
 * debug(true);
 * const kept = tensor([1, 2]);
 * tidy(() => {
 *   kept.exp();
 * });
 * console.log(liveTensors().map(({ tensors, bytes }) => ({ tensors, bytes }))); // → [ { tensors: 1, bytes: 8 } ]
 * debug(false);
 * ```
 */
export const liveTensors = (): readonly LiveTensors[] => (tracer instanceof Debugger ? tracer.live() : []);
