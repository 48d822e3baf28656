import { ArgumentError, type Backend, type DType } from "@dlcc/tensor";
import { contract } from "./contract.ts";
import { convolution } from "./convolution.ts";
import { elementwise } from "./elementwise.ts";
import { fused } from "./fused.ts";
import type { Case, Subject } from "./harness.ts";
import { matmul } from "./matmul.ts";
import { movement } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { order } from "./order.ts";
import { pooling } from "./pooling.ts";
import { reduction } from "./reduction.ts";
import { window } from "./window.ts";

/** One thing that a backend must do: run it in whatever runs your tests. */
export interface ConformanceCase {
  /** Such as `matmul float32, layouts`; no two are equal. */
  readonly name: string;
  /** Why the backend does not do this, where it was declared. */
  readonly skipped?: string;
  /** Rejects with a `ConformanceError` that names the op, the case, the worst element and its error. */
  run(): Promise<void>;
}

/** What a backend can ask for. */
export interface ConformanceOptions {
  /**
   * How far a result may be off, relative to the expected number; for sums, relative to `Σ |terms|`. Whole numbers and
   * booleans are exact. Default: 1e-6 for `float32` (some 8 units in the last place), 1e-14 for `float64`.
   */
  readonly tolerance?: { readonly [D in "float32" | "float64"]?: number };
  /** Cases that the backend does not pass, each with the reason: `{ "pow int32": "the device has no whole numbers" }`. */
  readonly skip?: Readonly<Record<string, string>>;
}

const exact: Readonly<Record<DType, number>> = { float32: 1e-6, float64: 1e-14, int32: 0, bool: 0 };

/**
 * All that a backend must do, as a list of cases: every primitive on every dtype that it holds, in every layout that a
 * view can have, with special values; who owns what is uploaded and read; and every fused op against its composite.
 * Expected values come from the definitions, in float64. It reads with `await` alone, so it serves asynchronous devices.
 *
 * @param backend The backend to examine.
 * @throws {ArgumentError} if a name in `skip` is not that of a case.
 * @example
 * ```ts
 * import { cpu } from "@dlcc/tensor";
 * import { conformance } from "@dlcc/testing";
 *
 * // In a test file: for (const c of conformance(backend)) test(c.name, c.run);
 * for (const c of conformance(cpu)) if (c.name.startsWith("exp")) await c.run();
 * ```
 */
export function conformance(backend: Backend, options: ConformanceOptions = {}): readonly ConformanceCase[] {
  const subject: Subject = { backend, tolerance: { ...exact, ...options.tolerance } };
  const cases: Case[] = [
    contract,
    elementwise,
    reduction,
    order,
    matmul,
    movement,
    window,
    convolution,
    fused,
    pooling,
    normalization,
  ].flatMap((family) => family(subject));
  const skip = new Map(Object.entries(options.skip ?? {}));
  const listed = cases.map(({ name, run }) => {
    const skipped = skip.get(name);
    skip.delete(name);
    return skipped === undefined ? { name, run } : { name, run, skipped };
  });
  const unknown = [...skip.keys()];
  if (unknown.length > 0)
    throw new ArgumentError(`conformance: each name in skip must be that of a case, got "${unknown.join('", "')}"`);
  return listed;
}
