/**
 * Learning-rate schedules: functions from the number of steps done to the rate of the next one. Pass one to an optimizer
 * in place of `lr`. A schedule has no state, so a resumed run needs only the count of steps.
 */
import { ArgumentError } from "@dlcc/tensor";

/** From the number of steps done, counted from 0, to the learning rate. */
export type Schedule = (step: number) => number;

const assertPositive = (op: string, name: string, value: number): void => {
  if (!(value > 0)) throw new ArgumentError(`${op}: ${name} must be a number above 0, got ${value}`);
};

/**
 * Multiplies the rate by `factor` after every `every` steps: `η · factor^⌊t / every⌋`. As PyTorch's `StepLR`.
 *
 * @example
 * ```ts
 * import { stepDecay } from "@dlcc/optim";
 * const rate = stepDecay(1, { every: 10, factor: 0.5 });
 * console.log(rate(0), rate(9), rate(10), rate(20)); // → 1 1 0.5 0.25
 * ```
 */
export function stepDecay(
  lr: number,
  { every, factor = 0.1 }: { readonly every: number; readonly factor?: number },
): Schedule {
  assertPositive("stepDecay", "every", every);
  return (step) => lr * factor ** Math.floor(step / every);
}

/**
 * Multiplies the rate by `factor` after each step: `η · factorᵗ`. As PyTorch's `ExponentialLR`.
 *
 * @example
 * ```ts
 * import { exponentialDecay } from "@dlcc/optim";
 * console.log(exponentialDecay(1, { factor: 0.5 })(3)); // → 0.125
 * ```
 */
export const exponentialDecay =
  (lr: number, { factor }: { readonly factor: number }): Schedule =>
  (step) =>
    lr * factor ** step;

/**
 * Half a cosine from `lr` down to `end` over `steps` steps, and `end` after that:
 * `end + ½ (η − end)(1 + cos(π t / steps))`. As PyTorch's `CosineAnnealingLR`. Source: Loshchilov & Hutter 2017.
 *
 * @example
 * ```ts
 * import { cosine } from "@dlcc/optim";
 * const rate = cosine(1, { steps: 100 });
 * console.log(rate(0), rate(50).toFixed(3), rate(100)); // → 1 0.500 0
 * ```
 */
export function cosine(lr: number, { steps, end = 0 }: { readonly steps: number; readonly end?: number }): Schedule {
  assertPositive("cosine", "steps", steps);
  return (step) => end + ((lr - end) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps))) / 2;
}

/**
 * A straight line from `lr` to `end` over `steps` steps, and `end` after that. As PyTorch's `LinearLR`.
 *
 * @example
 * ```ts
 * import { linear } from "@dlcc/optim";
 * const rate = linear(1, { steps: 4 });
 * console.log(rate(0), rate(1), rate(4), rate(9)); // → 1 0.75 0 0
 * ```
 */
export function linear(lr: number, { steps, end = 0 }: { readonly steps: number; readonly end?: number }): Schedule {
  assertPositive("linear", "steps", steps);
  return (step) => lr + (end - lr) * Math.min(1, step / steps);
}

/**
 * Rises in a straight line to the full rate over the first `steps` steps, then follows another schedule, which counts
 * from 0 there: `η₀ (t + 1) / steps`. Source: Goyal et al. 2017.
 *
 * @example
 * ```ts
 * import { cosine, warmUp } from "@dlcc/optim";
 * const rate = warmUp(cosine(1, { steps: 100 }), { steps: 4 });
 * console.log(rate(0), rate(3), rate(4)); // → 0.25 1 1
 * ```
 */
export function warmUp(then: number | Schedule, { steps }: { readonly steps: number }): Schedule {
  assertPositive("warmUp", "steps", steps);
  const after: Schedule = typeof then === "number" ? () => then : then;
  return (step) => (step < steps ? (after(0) * (step + 1)) / steps : after(step - steps));
}
