/** The runs before the one that is shown: the last ones stay as ghosts, and those that were pinned stay longest. */
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
  /** Examples per second, as they were measured last. */
  readonly speed: number | undefined;
}

export const pastRuns = signal<readonly PastRun[]>([]);

/** A chart with more lines can't be read. */
export const most = 4;
const colours = ["--muted", "--third", "--fourth", "--bad"];
let made = 0;

/** What is known of a run, besides its curves. */
interface Known {
  /** Examples per second, as they were measured last. */
  readonly speed?: number | undefined;
  /** The model that it began with, if it was opened. */
  readonly file?: string | undefined;
}

/** Keeps a run that ends as another begins. If there are too many, the oldest that was not pinned goes. */
export function archive(experiment: Experiment, history: RunHistory, { speed, file }: Known = {}): void {
  if (history.loss.length === 0) return;
  const runs = pastRuns.value;
  const oldest = runs.find(({ pinned }) => !pinned) ?? runs[0];
  const stay = runs.length < most ? runs : runs.filter((run) => run !== oldest);
  const colour = colours.find((name) => stay.every((run) => run.colour !== name)) ?? "--muted";
  const run = { id: ++made, name: nameOf(experiment, file), pinned: false, experiment, history, colour, speed };
  pastRuns.value = [...stay, run];
}

/** Changes the name of a run, or pins it. */
export function changeRun(id: number, part: Partial<Pick<PastRun, "name" | "pinned">>): void {
  pastRuns.value = pastRuns.value.map((run) => (run.id === id ? { ...run, ...part } : run));
}

export function removeRun(id: number): void {
  pastRuns.value = pastRuns.value.filter((run) => run.id !== id);
}
