/**
 * Who looks on while a program runs: `debug` at every tensor, `profile` at every op. By default nobody does; then it costs
 * a comparison, and a bundle has neither of them.
 */
import type { Operation, Outputs } from "./op.ts";
import type { Attributes, Op } from "./signatures.ts";
import type { Tensor } from "./tensor.ts";

/** Notes where tensors are made and disposed of: see `debug`. */
export interface Tracer {
  /** A tensor has just been made. */
  made(tensor: Tensor): void;
  /** These came out of an op. */
  ran(op: string, outputs: Outputs): void;
  /** A tensor has just been disposed of. */
  disposed(tensor: Tensor): void;
  /** Where it was made, and where it was disposed of, in words: empty for one that is older than the tracer. */
  storyOf(tensor: Tensor): string;
  /** Where most of the tensors that are alive were made, as the end of a message. */
  holders(): string;
}

/** Measures: see `profile`. */
export interface Timer {
  /** Runs an op. */
  op<O extends Op>(op: Operation<O>, attributes: Attributes<O>, run: () => Outputs): Outputs;
  /** Runs a named part of the program. */
  span<T>(name: string, run: () => T): T;
}

/** The tracer of the program, while there is one. */
export let tracer: Tracer | undefined;
/** The timer of the program, while there is one. */
export let timer: Timer | undefined;

/** Appoints the tracer. */
export function trace(next: Tracer | undefined): void {
  tracer = next;
}

/** Appoints the timer. */
export function time(next: Timer | undefined): void {
  timer = next;
}

/**
 * Where a tensor was made, in words for a message; empty unless `debug` is on. For those who extend dlcc.
 *
 * @example
 * ```ts
 * import { originOf, tensor } from "@dlcc/tensor";
 * console.log(originOf(tensor([1, 2])) === ""); // → true
 * ```
 */
export const originOf = (tensor: Tensor): string => tracer?.storyOf(tensor) ?? "";

/**
 * Where most of the tensors that are alive were made, as the end of an out-of-memory message; empty unless `debug` is on. For
 * backends.
 *
 * @example
 * ```ts
 * import { largestHolders } from "@dlcc/tensor";
 * console.log(largestHolders() === ""); // → true
 * ```
 */
export const largestHolders = (): string => tracer?.holders() ?? "";

/**
 * Runs a part of the program under a name, which it has in the trace of {@link profile}. Without a profile it only runs it.
 *
 * @param name Such as `forward`.
 * @param fn A synchronous function.
 * @returns What `fn` returns.
 * @example
 * ```ts
 * import { profile, span, tensor } from "@dlcc/tensor";
 *
 * const { spans } = await profile(() => span("forward", () => tensor([1, 2]).exp()));
 * console.log(spans.map(({ name, calls }) => `${name}: ${calls}`)); // → [ 'forward: 1' ]
 * ```
 */
export const span = <T>(name: string, fn: () => T): T => (timer ? timer.span(name, fn) : fn());
