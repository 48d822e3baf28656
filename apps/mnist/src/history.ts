/** What a run has shown so far: the curves, and the figures of each epoch. The page draws it, the worker keeps it with the run. */
import { Curve, type CurveState } from "./curve.ts";
import type { Judged, Progress } from "./messages.ts";

/** The figures of the validation digits at a step. */
export type Judgement = Pick<Judged, "step" | "loss" | "accuracy">;

/** The norms of each layer's gradient at a step. */
export interface GradientNorms {
  readonly step: number;
  readonly norms: readonly number[];
}

/** A history as plain data. */
export interface HistoryState {
  readonly loss: CurveState;
  readonly accuracy: CurveState;
  readonly judgements: readonly Judgement[];
  readonly gradients: readonly GradientNorms[];
}

/** Up to this step the gradients are measured in each; then there are half as many points in each doubling of the steps. */
const closely = 64;

/** Whether the gradients are measured at a step: the chart depends on the steps alone, not on when it is drawn. */
export function isMeasured(step: number): boolean {
  const every = 2 ** Math.max(0, Math.floor(Math.log2(Math.max(1, step) / (closely / 2))));
  return step <= closely || step % every === 0;
}

export class RunHistory {
  /** The curves of the minibatches. */
  readonly loss: Curve;
  readonly accuracy: Curve;
  judgements: readonly Judgement[];
  /** At some of the steps. */
  gradients: readonly GradientNorms[];

  constructor(state?: HistoryState) {
    this.loss = new Curve(state?.loss);
    this.accuracy = new Curve(state?.accuracy);
    this.judgements = state?.judgements ?? [];
    this.gradients = state?.gradients ?? [];
  }

  follow({ losses, accuracies, gradients }: Progress): void {
    for (const value of losses) this.loss.add(value);
    for (const value of accuracies) this.accuracy.add(value);
    if (gradients.length > 0) this.gradients = [...this.gradients, ...gradients];
  }

  judge({ step, loss, accuracy }: Judgement): void {
    // A lesson changes the network between two steps: it is judged again there.
    this.judgements = [...this.judgements.filter((judgement) => judgement.step !== step), { step, loss, accuracy }];
  }

  /** The run continues from an earlier step. */
  cutAfter(step: number): void {
    this.loss.cutAfter(step);
    this.accuracy.cutAfter(step);
    this.judgements = this.judgements.filter((judgement) => judgement.step <= step);
    this.gradients = this.gradients.filter((gradient) => gradient.step <= step);
  }

  state(): HistoryState {
    const { judgements, gradients } = this;
    return { loss: this.loss.state(), accuracy: this.accuracy.state(), judgements, gradients };
  }
}
