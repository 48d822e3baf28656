/** The race: case by case, all contenders in turn, round after round, so that noise hits all alike. */
import { setTimeout as pause } from "node:timers/promises";
import { type Case, caseId, isProduct } from "./cases.ts";
import type { Peer } from "./peer.ts";
import { referenceOf, tolerance } from "./reference.ts";

/** How long the race is. Times are in milliseconds, for each contender and case. */
export interface Pace {
  /** Before the first sample counts: for the JIT, the caches and the clock. */
  readonly warmUp: number;
  readonly rounds: number;
  /** Of each round; at least one sample is taken. */
  readonly round: number;
  /** One that has taken longer is not asked again: it is slow, and more samples would show no more. */
  readonly patience: number;
}

export const paces: Readonly<Record<"full" | "quick", Pace>> = {
  full: { warmUp: 800, rounds: 5, round: 300, patience: 10_000 },
  quick: { warmUp: 100, rounds: 3, round: 50, patience: 3_000 },
};

/** So long the helper threads of the last contender spin, before they sleep: OpenBLAS's do for about 30 ms. */
const settleMilliseconds = 50;

/** What came out for one contender in one case. */
export interface Result {
  readonly contender: string;
  /** Milliseconds an iteration. */
  readonly samples: number[];
  /** The product's checksum, or the loss after five steps. */
  check: number | undefined;
  /** What went wrong, if something did. */
  failure: string | undefined;
}

/** Runs one case. A contender that fails is left out of the rounds that follow. */
export async function race(c: Case, peers: readonly Peer[], pace: Pace): Promise<Result[]> {
  const reference = referenceOf(c);
  const entries = peers.map((peer) => {
    const result: Result = { contender: peer.entry.id, samples: [], check: undefined, failure: undefined };
    return { peer, result, spent: 0 };
  });
  type Runner = (typeof entries)[number];

  const attempt = async ({ result }: Runner, turn: () => Promise<void>): Promise<void> => {
    await pause(settleMilliseconds);
    try {
      await turn();
    } catch (error) {
      result.failure = error instanceof Error ? error.message : String(error);
      result.samples.length = 0;
    }
  };

  const measure = async ({ peer, result }: Runner, milliseconds: number): Promise<readonly number[]> => {
    const { samples, values } = await peer.ask({ do: "measure", milliseconds });
    for (const value of values) checkLast(c, value, result.check ?? reference);
    return samples;
  };

  for (const runner of entries) {
    await attempt(runner, async () => {
      const { check, milliseconds } = await runner.peer.ask({ do: "prepare", case: c });
      runner.result.check = check;
      checkFirst(c, check, reference);
      if (milliseconds > pace.patience) {
        runner.result.samples.push(milliseconds);
        runner.spent = milliseconds;
      } else if (milliseconds < pace.warmUp) await measure(runner, pace.warmUp);
    });
  }
  for (let round = 0; round < pace.rounds; round++) {
    // Each round begins with another one, so that nobody always runs after the same neighbour.
    const shift = round % Math.max(entries.length, 1);
    for (const runner of [...entries.slice(shift), ...entries.slice(0, shift)]) {
      const { result } = runner;
      if (result.failure !== undefined || runner.spent > pace.patience) continue;
      await attempt(runner, async () => {
        const start = performance.now();
        result.samples.push(...(await measure(runner, pace.round)));
        runner.spent += performance.now() - start;
      });
    }
  }
  return entries.map(({ result }) => result);
}

function checkFirst(c: Case, check: number, reference: number): void {
  if (Math.abs(check - reference) <= tolerance) return;
  const what = isProduct(c) ? "the product's checksum" : "the loss after the first steps";
  throw new Error(`${caseId(c)}: ${what} is ${check}, not ${reference}: it does other work than the rest`);
}

/** The work in the timed spans is still that work: the same product; a loss that training has brought down. */
function checkLast(c: Case, value: number, first: number): void {
  if (isProduct(c)) checkFirst(c, value, first);
  else if (!(value <= first + tolerance)) {
    throw new Error(`${caseId(c)}: the loss went from ${first} to ${value}: it does not train`);
  }
}
