/** The run as the browser keeps it over a reload of the page: checkpoints in its database. Loaded when there is one. */
import type { Experiment } from "@dlcc/experiment";
import { type CheckpointStore, checkpointDatabase } from "@dlcc/io";
import type { Module } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import { CheckpointError, createCheckpointer } from "@dlcc/train";
import type { HistoryState } from "../history.ts";
import { messageOf } from "./errors.ts";
import { database } from "./was-kept.ts";

/** Where a run is, and what it has shown. */
export interface Place {
  readonly steps: number;
  readonly epoch: number;
  readonly history: HistoryState;
}

/** Two, so that one is whole even if the browser damages the other. */
const store: CheckpointStore = checkpointDatabase(database, { keep: 2 });

/** A page that is not allowed to keep anything works all the same. */
const complain = (error: unknown): void => console.warn(`The run is not kept over a reload: ${messageOf(error)}`);

/** Keeps one run, and finds it again. */
export interface Kept {
  /** Puts model and optimizer to where this experiment's run was; undefined if another run was kept, or none. */
  load(): Promise<Place | undefined>;
  save(place: Place): Promise<void>;
}

export function keepRun(experiment: Experiment, model: Module, optimizer: Optimizer): Kept {
  const options = { experiment };
  const checkpoints = createCheckpointer({ store, model, optimizer, options, onFailure: complain });
  return {
    async load() {
      try {
        return (await checkpoints.load()) as Place | undefined;
      } catch (error) {
        if (!(error instanceof CheckpointError)) complain(error);
        return undefined;
      }
    },
    save: (place) => checkpoints.save(place),
  };
}

/** Forgets the run that is kept: another one begins. */
export const forgetRun = (): Promise<void> => store.clear().catch(complain);
