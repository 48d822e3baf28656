/** What `fit` and `evaluate` ask of a model, a loss, data and an optimizer. dlcc's own fit; so do yours. */
import type { Parameter, Tensor } from "@dlcc/tensor";

/** A network: `Module` of `@dlcc/layers` is one. */
export interface Model {
  /** What the network computes: one row out for each row in. */
  forward(x: Tensor): Tensor;
  /** What is trained. */
  parameters(): Iterable<Parameter>;
  /** The same by path, such as `layers.0.weight`, if it has paths: reports and messages name parameters so. */
  namedParameters?(): ReadonlyMap<string, Parameter>;
  /** State that forward passes change and that is not trained, if it has any: `fit` puts it back with the parameters. */
  buffers?(): Iterable<Parameter>;
  /** The same by path, if it has paths: checkpoints name buffers so. */
  namedBuffers?(): ReadonlyMap<string, Parameter>;
  /** Its architecture as plain data, if it can say: a checkpoint of another one is refused. */
  config?(): unknown;
  /** Which mode it is in, if it has modes. */
  readonly training?: boolean;
  /** Into training mode, if it has modes. */
  train?(): unknown;
  /** Into evaluation mode, if it has modes. */
  eval?(): unknown;
}

/** From outputs and targets to the mean loss of the examples, a scalar. */
export type Loss = (outputs: Tensor, targets: Tensor) => Tensor;

/** From outputs and targets to the mean of some figure over the examples, a scalar. */
export type Metric = (outputs: Tensor, targets: Tensor) => Tensor;

/** Some examples: `x` and `y` have one row for each. */
export interface Batch {
  /** The inputs. */
  readonly x: Tensor;
  /** The targets. */
  readonly y: Tensor;
  /** How many of the rows count, where several processes share a minibatch: see `shard` of `@dlcc/mpi`. Default: all. */
  readonly examples?: number;
  /** How many examples all their parts have together. */
  readonly total?: number;
}

/** Batches one after the other: at hand, or read while they are learned from. They end with the epoch. */
export type Batches = Iterable<Batch> | AsyncIterable<Batch>;

/** The gradients of some parameters. */
export type Gradients = ReadonlyMap<Parameter, Tensor>;

/** The scalars of one step, still on the device. */
export interface Measured {
  /** The mean loss. */
  readonly loss: Tensor;
  /** The mean of each metric, by name. */
  readonly metrics: Readonly<Record<string, Tensor>>;
  /** Over how many examples. */
  readonly examples: number;
  /** How many examples all processes have together, where several share a minibatch. */
  readonly total?: number | undefined;
}

/** Moves parameters against their gradients, which it takes over. */
export interface StepOptimizer {
  /** What it is called, such as `sgd`: a checkpoint of another one is refused. */
  readonly name?: string;
  /**
   * Throws, if gradients must not be changed before they come here: one that averages them over processes has an option of its own
   * for what changes the mean, such as clipping.
   */
  refuseTransform?(): never;
  /**
   * Moves the parameters once. An optimizer that several processes share, as `distributed` of `@dlcc/mpi` makes, returns the
   * figures over all of them.
   *
   * @param measured What was measured with these gradients.
   */
  // biome-ignore lint/suspicious/noConfusingVoidType: an optimizer of one process returns nothing.
  step(gradients: Gradients, measured?: Measured): Figures | undefined | void;
  /** What it remembers, if it can say: `fit` puts it back, too, when the loss becomes NaN or infinite. */
  stateDict?(): Record<string, Tensor>;
  /** Goes on where a state was taken. */
  loadStateDict?(state: Readonly<Record<string, Tensor>>): Promise<void> | void;
}

/** Looks at a training step while it is computed. */
export interface StepProbe {
  /** Runs the forward pass, and looks at what is computed there. */
  forward?(run: () => Tensor): Tensor;
  /** Computes the loss of what `forward` gave, and looks at what happens there. */
  loss?(run: () => Tensor): Tensor;
  /** Looks at the gradients, before the step. They stay the caller's; what is made here and not kept is freed with the step. */
  gradients?(gradients: Gradients): void;
}

/** Looks at some of the steps while `fit` trains: `layerProbe` makes one. */
export interface Probe extends Required<StepProbe> {
  /** Whether to look at a step; epoch and batch count from 1. */
  wants(epoch: number, batch: number): boolean;
  /** An epoch is over, or training ended within it. */
  report(epoch: number): Promise<void>;
}

/** The means of loss and metrics over examples. */
export interface Figures<Name extends string = string> {
  /** The mean loss. */
  readonly loss: number;
  /** The mean of each metric, by name. */
  readonly metrics: Readonly<Record<Name, number>>;
  /** Over how many examples. */
  readonly examples: number;
}

/**
 * Something that a run depends on, with a state that can be saved: a generator, a model, an optimizer, the minibatches of an
 * epoch, or a part of your own, such as an augmentation with its random stream.
 */
export interface Stateful {
  /** Its state as plain data: what JSON can hold. */
  state?(): unknown;
  /** Goes on where such a state was taken. */
  loadState?(state: unknown): Promise<void> | void;
  /** The tensors of its state, by name. They become the caller's. */
  stateDict?(): Readonly<Record<string, Tensor>>;
  /** Goes on with such tensors, which stay the caller's. */
  loadStateDict?(state: Readonly<Record<string, Tensor>>): Promise<void> | void;
}

/** A run at some moment. */
export interface Checkpoint {
  /** By name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
  /** Notes by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Keeps checkpoints: `checkpointFolder` of `@dlcc/io/node` in a folder, `checkpointDatabase` of `@dlcc/io` in a browser,
 * `checkpointStore` in a place of your own.
 */
export interface CheckpointStore {
  /** Keeps a checkpoint. Its tensors stay the caller's. */
  write(checkpoint: Checkpoint): Promise<void>;
  /** The newest; undefined if there is none. Its tensors become the caller's. */
  read(): Promise<Checkpoint | undefined>;
}
