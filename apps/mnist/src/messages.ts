/** The messages between page and worker. */
import type { DigitSource, Experiment } from "@dlcc/experiment";
import type { HistoryState } from "./history.ts";

/** A message of the page. */
export type Request =
  | {
      readonly type: "configure";
      readonly experiment: Experiment;
      /** Whether a software renderer is allowed: for tests of the gpu backend. */
      readonly allowSoftware: boolean;
      /** Whether to go on with the run that the browser has kept, if it is of this experiment: after a reload. */
      readonly resume: boolean;
    }
  /** `prepare` comes before there is something to compute, such as when the pointer is on the way to a button. */
  | { readonly type: "prepare" | "run" | "pause" | "step" | "export" }
  | { readonly type: "import"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: "data"; readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[] }
  | { readonly type: "read"; readonly drawing: Drawing }
  | { readonly type: "teach"; readonly drawing: Drawing; readonly label: number };

/** Gray bytes, row by row: 255 is paper. */
export interface Drawing {
  readonly pixels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Judged {
  readonly step: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly confusion: readonly (readonly number[])[];
  readonly mistakes: readonly Mistake[];
}

export interface Mistake {
  readonly pixels: Float32Array;
  readonly label: number;
  readonly guess: number;
  /** The network's confidence in the wrong digit. */
  readonly score: number;
}

export interface Reading {
  readonly scores: readonly number[];
  readonly guess: number;
  /** The input of the network. */
  readonly pixels: Float32Array;
  /** The output of each layer. */
  readonly layers: readonly { readonly name: string; readonly values: Float32Array }[];
}

/** The curve since the last message: one number per step. */
export interface Progress {
  readonly step: number;
  readonly epoch: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
  readonly examplesPerSecond: number;
  /** ‖∂C/∂W‖ of each layer. */
  readonly gradients: readonly number[];
}

/** A backend, and whether it works in this browser. */
export interface Available {
  readonly name: string;
  readonly there: boolean;
  /** Details, or the reason why it doesn't work. */
  readonly note: string;
}

/** A message of the worker. */
export type Report =
  | { readonly type: "backends"; readonly backends: readonly Available[] }
  | { readonly type: "loading"; readonly loaded: number; readonly total: number }
  | {
      readonly type: "ready";
      readonly backend: string;
      readonly note: string;
      readonly train: number;
      readonly validation: number;
      readonly parameters: number;
      readonly stepsPerEpoch: number;
      readonly digits: DigitSource;
      /** The name of the model's file. */
      readonly imported: string;
      /** The layers of that model, or of the experiment's, such as `784-128-10`. */
      readonly architecture: string;
    }
  /** The run goes on where it was when the page was closed. */
  | { readonly type: "resumed"; readonly step: number; readonly epoch: number; readonly history: HistoryState }
  /** The run is on another backend, and at this step: it has begun there; or the graphics card was lost, and the step is an earlier one. */
  | {
      readonly type: "moved";
      readonly backend: string;
      readonly note: string;
      readonly step: number;
      readonly epoch: number;
    }
  | ({ readonly type: "progress" } & Progress)
  | ({ readonly type: "judged" } & Judged)
  | { readonly type: "weights"; readonly images: Float32Array; readonly count: number }
  | { readonly type: "state"; readonly state: RunState }
  | { readonly type: "reading"; readonly reading: Reading }
  | { readonly type: "file"; readonly bytes: Uint8Array }
  | { readonly type: "error"; readonly message: string };

export type RunState = "idle" | "running" | "paused" | "done";
