/** What `fit` and `evaluate` ask of a model, a loss, data and an optimizer. dlcc's own fit; so do yours. */
import type { Parameter, Tensor } from "@dlcc/tensor";

/** A network: `Module` of `@dlcc/layers` is one. */
export interface Model {
  forward(x: Tensor): Tensor;
  parameters(): Iterable<Parameter>;
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
  readonly x: Tensor;
  readonly y: Tensor;
}

/** The gradients of some parameters. */
export type Gradients = ReadonlyMap<Parameter, Tensor>;

/** Moves parameters against their gradients, which it takes over. */
export interface StepOptimizer {
  step(gradients: Gradients): void;
}

/** The means of loss and metrics over examples. */
export interface Figures {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Over how many examples. */
  readonly examples: number;
}
