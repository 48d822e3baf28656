/**
 * One training step, which `fit` and every loop by hand share:
 *
 *     value, gradients = valueAndGrad(() => loss(model.forward(x), y), parameters)
 *     optimizer.step(gradients)
 *
 * To read the loss means to wait for the device. So a step leaves it there, and the figures of several steps are read at
 * once.
 */
import { valueAndGrad, type WithAux } from "@dlcc/autograd";
import { keep, span, type Tensor, tidy } from "@dlcc/tensor";
import type {
  Batch,
  Figures,
  Gradients,
  Loss,
  Measured,
  Metric,
  Model,
  StepOptimizer,
  StepProbe,
} from "./contracts.ts";
import { discard, measure, readFigures, scalarsOf } from "./meter.ts";
import { assertParts } from "./parts.ts";

/** Steps after which figures are read at the latest: an asynchronous device gets no further ahead. */
const stepsBetweenReads = 16;

/** What `createStepper` takes. */
export interface StepperOptions<Name extends string = string> {
  /** What is to be trained. */
  readonly model: Model;
  /** How wrong it is. */
  readonly loss: Loss;
  /** How its parameters move; made with `model.parameters()`. */
  readonly optimizer: StepOptimizer;
  /** Figures to follow besides the loss, by name. */
  readonly metrics?: Readonly<Record<Name, Metric>>;
  /**
   * What happens to gradients before the step, such as clipping. What it makes on the way is freed after the step. Of an optimizer of
   * several processes, it is an option of `distributed`.
   */
  readonly transform?: (gradients: Gradients) => Gradients;
}

/** Does training steps, and reads their figures a few steps at a time. */
export interface Stepper<Name extends string = string> {
  /**
   * Does one training step: forward, loss, backward, and the optimizer's step. Loss and metrics are computed with the
   * parameters before the step. The model stays in the mode that it is in.
   *
   * @param batch `x` and `y` have one row for each example. They stay the caller's.
   * @param probe Looks at this step.
   */
  step(batch: Batch, probe?: StepProbe): void;
  /**
   * Whether it is time to read: 16 steps are unread, and the device should not get further ahead; or the loss is known not to be
   * finite.
   */
  readonly readDue: boolean;
  /** Whether other processes take the same steps. */
  readonly together: boolean;
  /** Waits for the device. @returns The figures of each step since the last call, in their order. */
  read(): Promise<Figures<Name>[]>;
  /** Forgets these figures, and frees them: for a loop that ends early, or has no use for them. */
  discard(): void;
}

/**
 * Makes what does training steps, for a loop of your own: one that can be paused, or that shows each step. {@link fit} is
 * such a loop, too, and gives the same weights, bit for bit.
 *
 * Shapes: those of the model; the loss and each metric are scalars.
 *
 * @throws {ArgumentError} if a part is missing, or the optimizer refuses `transform`. `step` throws what model, loss and optimizer throw.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { sgd } from "@dlcc/optim";
 * import { tensor } from "@dlcc/tensor";
 * import { createStepper } from "@dlcc/train";
 *
 * const x = tensor([[0], [1], [2], [3]]);
 * const y = x.mul(2).add(1);
 * const model = new Linear(1, 1, { seed: 1 });
 * const stepper = createStepper({ model, loss: mse, optimizer: sgd(model.parameters(), { lr: 0.1 }) });
 * const losses: number[] = [];
 * for (let step = 1; step <= 200; step++) {
 *   stepper.step({ x, y });
 *   if (stepper.readDue) for (const { loss } of await stepper.read()) losses.push(loss);
 * }
 * for (const { loss } of await stepper.read()) losses.push(loss);
 * console.log(losses.length, losses.at(-1)?.toFixed(2)); // → 200 0.00
 * console.log((await model.weight.value.item()).toFixed(2)); // → 2.00
 * ```
 */
export function createStepper<Name extends string = never>(options: StepperOptions<Name>): Stepper<Name> {
  assertParts("createStepper", options, ["model", "loss", "optimizer"]);
  const { model, optimizer, transform = (gradients) => gradients } = options;
  if (options.transform) optimizer.refuseTransform?.();
  const parameters = [...model.parameters()];
  /** Of steps that other processes take, too, the figures over all of them are known at once. */
  const unread: (Measured | Figures)[] = [];
  let together = false;
  let bad = false;
  return {
    step(batch, probe) {
      const run = (): Tensor => model.forward(batch.x);
      const forward = (): WithAux<Measured> => {
        const aux = measure(options, probe?.forward?.(run) ?? run(), batch, probe);
        return { value: aux.loss, aux };
      };
      const step = tidy(() => {
        const { aux, gradients } = span("gradients", () => valueAndGrad(() => span("forward", forward), parameters));
        probe?.gradients?.(gradients);
        const figures = span("optimizer", () => optimizer.step(transform(gradients), aux));
        if (figures) return figures;
        // They outlive a scope of the caller's.
        scalarsOf(aux).forEach(keep);
        return aux;
      });
      together = typeof step.loss === "number";
      // All processes know it after the same step, and so end with the same one.
      bad ||= together && !Number.isFinite(step.loss);
      unread.push(step);
    },
    get readDue() {
      return bad || unread.length >= stepsBetweenReads;
    },
    get together() {
      return together;
    },
    read() {
      bad = false;
      return Promise.all(unread.splice(0).map(readFigures)) as Promise<Figures<Name>[]>;
    },
    discard: () => unread.splice(0).forEach(discard),
  };
}
