/** What the run came to, as data: the JSON file, and what the tables are made of. */
import { type Case, caseId, caseTitle, inUnit, unitOf } from "./cases.ts";
import type { Loop } from "./loop.ts";
import type { Machine } from "./machine.ts";
import type { Pace, Result } from "./measure.ts";
import { home } from "./roster.ts";
import { type Spread, spreadOf } from "./statistics.ts";
import type { Twins } from "./twins.ts";

export interface Participant {
  readonly id: string;
  readonly title: string;
  /** `undefined`: it is not here, or did not start; `note` says why. */
  readonly version: string | undefined;
  readonly note: string | undefined;
}

export interface Row {
  readonly contender: string;
  /** In the case's unit. */
  readonly spread: Spread | undefined;
  /** The speed as a multiple of dlcc cpu's, from the medians: 2 is twice as fast. */
  readonly speed: number | undefined;
  readonly check: number | undefined;
  readonly failure: string | undefined;
  /** Milliseconds an iteration. */
  readonly samples: readonly number[];
}

export interface Table {
  readonly id: string;
  readonly title: string;
  readonly unit: "GFLOP/s" | "ms";
  readonly rows: readonly Row[];
}

export interface Report {
  readonly machine: Machine;
  readonly pace: Pace;
  readonly seconds: number;
  readonly contenders: readonly Participant[];
  /** What two processes at once are worth, where that was measured. */
  readonly cores: Twins | undefined;
  readonly cases: readonly Table[];
  /** What `fit` costs, where that was measured. */
  readonly loops: readonly Loop[];
}

export function tableOf(c: Case, results: readonly Result[]): Table {
  const median = (result: Result | undefined): number | undefined =>
    result && result.failure === undefined && result.samples.length > 0 ? spreadOf(result.samples).median : undefined;
  const homeMedian = median(results.find(({ contender }) => contender === home));
  return {
    id: caseId(c),
    title: caseTitle(c),
    unit: unitOf(c),
    rows: results.map((result) => {
      const mine = median(result);
      return {
        contender: result.contender,
        spread: mine === undefined ? undefined : spreadOf(result.samples.map((ms) => inUnit(c, ms))),
        speed: mine === undefined || homeMedian === undefined ? undefined : homeMedian / mine,
        check: result.check,
        failure: result.failure,
        samples: result.samples,
      };
    }),
  };
}
