import type { Operation, Outputs } from "./op.ts";
import type { Attributes, Inputs, Op } from "./signatures.ts";

/** One op that ran, as recorders see it. */
export interface Step<O extends Op = Op> {
  /** The op; `op.name` is what to print. */
  readonly op: Operation<O>;
  /** What it took besides tensors. */
  readonly attributes: Attributes<O>;
  /** The tensors that it took, and the numbers in the place of tensors. */
  readonly inputs: Inputs<O>;
  /** One tensor, but for the steps of optimizers. */
  readonly outputs: Outputs;
}

/** Called for every op that runs: a tape, a profiler, a test. */
export interface Recorder {
  /** Called after each op. */
  record(step: Step): void;
}

/** Who listens now. The whole program is synchronous between `await`s, so one list serves it. */
let recorders: readonly Recorder[] = [];

/**
 * Runs `fn` with one more recorder. It is called after each op, on any backend.
 *
 * @param fn A synchronous function.
 * @example
 * ```ts
 * import { tensor, withRecorder } from "@dlcc/tensor";
 *
 * const ops: string[] = [];
 * withRecorder({ record: (step) => ops.push(step.op.name) }, () => tensor([1, 2]).exp().sum());
 * console.log(ops.join(" ")); // → exp sum reshape
 * ```
 */
export const withRecorder = <T>(recorder: Recorder, fn: () => T): T => withRecorders([...recorders, recorder], fn);

/**
 * Runs `fn` with nobody listening: what it computes is a constant to every tape.
 *
 * @example
 * ```ts
 * import { tensor, unrecorded, withRecorder } from "@dlcc/tensor";
 *
 * const ops: string[] = [];
 * withRecorder({ record: (step) => ops.push(step.op.name) }, () => {
 *   const scale = unrecorded(() => tensor([1, 2]).exp());
 *   return tensor([3, 4]).mul(scale);
 * });
 * console.log(ops.join(" ")); // → mul
 * ```
 */
export const unrecorded = <T>(fn: () => T): T => withRecorders([], fn);

function withRecorders<T>(next: readonly Recorder[], fn: () => T): T {
  const before = recorders;
  recorders = next;
  try {
    return fn();
  } finally {
    recorders = before;
  }
}

/** Whether anybody listens. */
export const isRecorded = (): boolean => recorders.length > 0;

/** Calls all recorders. */
export function tell<O extends Op>(step: Step<O>): void {
  for (const recorder of recorders) recorder.record(step as unknown as Step);
}
