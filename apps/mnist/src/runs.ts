/** The runs before the one that is shown: the last stays as a ghost, and those that were pinned stay with it. */
import type { Experiment } from "@dlcc/experiment";
import { signal } from "@preact/signals";
import { nameOf } from "./experiment.ts";
import type { RunHistory } from "./history.ts";

export interface PastRun {
  readonly id: number;
  readonly name: string;
  readonly pinned: boolean;
  readonly experiment: Experiment;
  readonly history: RunHistory;
  /** A custom property of the style sheet. */
  readonly colour: string;
}

export const pastRuns = signal<readonly PastRun[]>([]);

/** A chart with more lines can't be read. */
const most = 4;
const colours = ["--muted", "--third", "--fourth", "--bad"];
let made = 0;

/** Keeps a run that ends as another begins. The ghost before it goes, unless it was pinned. */
export function archive(experiment: Experiment, history: RunHistory): void {
  if (history.loss.length === 0) return;
  const stay = pastRuns.value.filter(({ pinned }) => pinned).slice(1 - most);
  const colour = colours.find((name) => stay.every((run) => run.colour !== name)) ?? "--muted";
  const run = { id: ++made, name: nameOf(experiment), pinned: false, experiment, history, colour };
  pastRuns.value = [...stay, run];
}

/** Changes the name of a run, or pins it. */
export function changeRun(id: number, part: Partial<Pick<PastRun, "name" | "pinned">>): void {
  pastRuns.value = pastRuns.value.map((run) => (run.id === id ? { ...run, ...part } : run));
}

export function removeRun(id: number): void {
  pastRuns.value = pastRuns.value.filter((run) => run.id !== id);
}
