/** Many random cases, on several backends, with figures. */
import { type Backend, cpu } from "@dlcc/tensor";
import { type RandomCase, type RandomCaseOptions, randomCase, wordOf } from "./random-case.ts";

/** A check that failed. */
export interface RandomFailure {
  /** The case, and what was wrong. */
  readonly message: string;
  /** The number by which `randomCase` gives the case again. */
  readonly index: number;
}

/** What came of random cases. */
export interface RandomReport {
  /** How many calls of ops were drawn. */
  readonly cases: number;
  /** How many results and gradients were compared. */
  readonly checks: number;
  /** How many of them for each op. */
  readonly byWord: ReadonlyMap<string, number>;
  /** What was wrong. */
  readonly failures: readonly RandomFailure[];
}

/** What to draw. */
export interface RandomRun extends RandomCaseOptions {
  /** A whole number from 0. Default: 1. */
  readonly seed?: number;
  /** The number of the first case. Default: 0. */
  readonly from?: number;
  /** How many cases. Default: 1000. */
  readonly cases?: number;
  /** An op, to run its cases alone. */
  readonly op?: string | undefined;
}

/**
 * Runs random cases (see {@link randomCase}) on backends: each result against the op's definition; derivatives against
 * differences in `float64`; and each backend's gradients in `float32` against those in `float64`.
 *
 * @param backends Those that have a case's dtypes check it.
 * @example
 * ```ts
 * import { cpu } from "@dlcc/tensor";
 * import { runRandom } from "@dlcc/testing";
 *
 * const { cases, failures } = await runRandom([cpu], { seed: 1, cases: 20 });
 * console.log(cases, failures.length); // → 20 0
 * ```
 */
export async function runRandom(backends: readonly Backend[], options: RandomRun = {}): Promise<RandomReport> {
  const { seed = 1, from = 0, cases = 1000, op, ...rest } = options;
  const failures: RandomFailure[] = [];
  const byWord = new Map<string, number>();
  let checks = 0;
  const all = Array.from({ length: cases }, (_, i) => from + i);
  const chosen = op === undefined ? all : all.filter((index) => wordOf(index) === op);
  for (const index of chosen) {
    const one = randomCase(seed, index, rest);
    for (const check of checksOf(one, backends)) {
      checks++;
      byWord.set(one.word, (byWord.get(one.word) ?? 0) + 1);
      try {
        await check();
      } catch (error) {
        failures.push({ index, message: error instanceof Error ? error.message : String(error) });
      }
    }
  }
  return { cases: chosen.length, checks, byWord, failures };
}

/** All that is checked of a case. */
function checksOf(one: RandomCase, backends: readonly Backend[]): readonly (() => Promise<void>)[] {
  const checks = backends
    .filter(({ dtypes }) => one.dtypes.every((dtype) => dtypes.includes(dtype)))
    .map((backend) => () => one.check(backend));
  const derivative = backends.includes(cpu) ? [() => one.checkDerivative()] : [];
  const gradients = one.hasDerivative ? backends.map((backend) => () => one.compareGradients(backend)) : [];
  return [...checks, ...derivative, ...gradients];
}
