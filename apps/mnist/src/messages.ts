/** The messages between page and worker. */
import type { DigitSource, Experiment } from "@dlcc/experiment";
import type { GradientNorms, HistoryState } from "./history.ts";

/** A message of the page. */
export type Request =
  | {
      readonly type: "configure";
      readonly experiment: Experiment;
      /** Whether a software renderer is allowed: for tests of the gpu backend. */
      readonly allowSoftware: boolean;
      /** The address of the page. */
      readonly site: string;
      /** Whether to go on with the run that the browser has kept, if it is of this experiment: after a reload. */
      readonly resume: boolean;
    }
  /** `prepare` comes before there is something to compute, such as when the pointer is on the way to a button. */
  | { readonly type: "prepare" | "run" | "pause" | "step" | "export" }
  | { readonly type: "import"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly type: "data"; readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[] }
  /** The digits of a data set, from where the site is served. */
  | { readonly type: "dataset"; readonly name: DatasetName }
  /** The run gets another number of epochs, and stays. */
  | { readonly type: "extend"; readonly epochs: number }
  /** Which of the ten digits of the strip is shown in the network. */
  | { readonly type: "glance"; readonly at: number }
  /** The validation digits of a cell of the confusion matrix. */
  | { readonly type: "cell"; readonly label: number; readonly guess: number }
  /** `drawingNow`: someone is at it, and training gives way. */
  | { readonly type: "read"; readonly drawing: Drawing; readonly by: ReaderName; readonly drawingNow: boolean }
  | { readonly type: "teach"; readonly drawing: Drawing; readonly label: number }
  /** The network is to be as it was before its lessons: those since the last step of the run. */
  | { readonly type: "unteach" };

/** Who reads a drawing: the model that comes with the page, or the network of Train. */
export type ReaderName = "greeting" | "own";

/** A data set that a site can serve beside its page. */
export type DatasetName = "mnist" | "fashion-mnist";

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
  readonly by: ReaderName;
  /** For each of the ten digits. */
  readonly scores: readonly number[];
  /** The digit with the highest score. */
  readonly guess: number;
  /** How sure the model is that this is no digit: one that has learned of such can say it; 1 where none is found on the sheet. */
  readonly noDigit: number;
  /** The input of the network. */
  readonly pixels: Float32Array;
  /** How many digits were found: the largest was read. */
  readonly digits: number;
  /** The output of each layer. */
  readonly layers: readonly SeenBy[];
  /** Inside the network; of Train's alone. */
  readonly inside?: Inside;
}

/** The output of a layer for one digit: what it is, and its numbers; of feature maps, how many they are: squares, one after the other. */
export interface SeenBy {
  readonly name: string;
  readonly values: Float32Array;
  readonly maps?: number;
}

/** What goes on in a network as it reads one digit. */
export interface Inside {
  /**
   * From the first hidden layer to the scores: how many units there are, and the outputs of the first of them. Feature maps have a
   * side, and their pixels one after the other.
   */
  readonly layers: readonly {
    readonly units: number;
    readonly values: Float32Array;
    readonly side?: number;
    /** Whether each map is one of the layer before, made smaller. */
    readonly pooled?: boolean;
  }[];
  /** The weights between these units, row by row of the later layer. The first has one number for each unit: what the picture says to it. */
  readonly weights: readonly Float32Array[];
}

/** The ten digits of the strip, as the network reads them now, and the inside of the network for one of them. */
export interface Glance extends Inside {
  readonly step: number;
  readonly at: number;
  readonly guesses: readonly { readonly guess: number; readonly score: number }[];
}

/** The curve since the last message: one number per step. */
export interface Progress {
  readonly step: number;
  readonly epoch: number;
  readonly losses: Float32Array;
  readonly accuracies: Float32Array;
  /** Undefined until there is something to measure. */
  readonly examplesPerSecond: number | undefined;
  /** ‖∂C/∂W‖ of each layer, at those of the steps where it is measured. */
  readonly gradients: readonly GradientNorms[];
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
      /** The names of the classes. */
      readonly classes: readonly string[];
      /** The validation digits of the strip, 784 numbers each, and what they are. */
      readonly strip: { readonly images: Float32Array; readonly labels: readonly number[] };
      /** Whether the browser keeps the run over a reload. */
      readonly kept: boolean;
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
  | { readonly type: "weights"; readonly step: number; readonly images: Float32Array; readonly count: number }
  | ({ readonly type: "glance" } & Glance)
  | { readonly type: "cell"; readonly label: number; readonly guess: number; readonly images: readonly Float32Array[] }
  /** The loss is no number any more: the run is over. */
  | { readonly type: "diverged"; readonly step: number; readonly loss: string }
  | { readonly type: "state"; readonly state: RunState }
  | { readonly type: "reading"; readonly reading: Reading }
  | { readonly type: "file"; readonly bytes: Uint8Array }
  | { readonly type: "error"; readonly message: string };

export type RunState = "idle" | "running" | "paused" | "done" | "diverged";
