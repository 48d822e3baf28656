/** What page and worker say to each other. */
import type { DigitSource, Experiment } from "@dlcc/experiment";

/** Of the page. */
export type Request =
  | {
      readonly type: "configure";
      readonly experiment: Experiment;
      /** Whether a software renderer will do: for tests of the gpu backend. */
      readonly allowSoftware: boolean;
    }
  | { readonly type: "run" | "pause" | "step" | "export" }
  | { readonly type: "import"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: "data"; readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[] }
  | { readonly type: "read"; readonly drawing: Drawing }
  | { readonly type: "teach"; readonly drawing: Drawing; readonly label: number };

/** Bytes of gray, row by row: 255 is paper. */
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
  /** How sure it was of the wrong digit. */
  readonly score: number;
}

export interface Reading {
  readonly scores: readonly number[];
  readonly guess: number;
  /** What the network was shown. */
  readonly pixels: Float32Array;
  /** What came out of each layer. */
  readonly layers: readonly { readonly name: string; readonly values: Float32Array }[];
}

/** The curve since the last message: one number a step. */
export interface Progress {
  readonly step: number;
  readonly epoch: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
  readonly examplesPerSecond: number;
  /** Of each layer's weights: ‖∂C/∂W‖. */
  readonly gradients: readonly number[];
}

/** A backend, and whether this browser has it. */
export interface Available {
  readonly name: string;
  readonly there: boolean;
  /** What it is here, or why it is not. */
  readonly note: string;
}

/** Of the worker. */
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
      /** The name of the file that the model came from. */
      readonly imported: string;
      /** Of that model, or of the experiment's, such as `784-128-10`. */
      readonly architecture: string;
    }
  /** The graphics card was lost: the run goes on from a step before, on another backend. */
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
