import { adamStep } from "@dlcc/tensor";
import {
  assertRange,
  type CommonOptions,
  createOptimizer,
  type Optimizer,
  type Trainable,
  type UpdateRule,
} from "./optimizer.ts";

/** The options of {@link adam} and {@link adamW}. */
export interface AdamOptions extends Partial<CommonOptions> {
  /** How much of the running mean of the gradient is kept at a step. Default: 0.9. */
  readonly beta1?: number;
  /** How much of the running mean of its square is kept. Default: 0.999. */
  readonly beta2?: number;
  /** Keeps the divisor above 0. Default: 1e-8. */
  readonly epsilon?: number;
  /** λ: of the L2 term in the gradient for `adam` (default: 0), of the separate decay for `adamW` (default: 0.01). */
  readonly weightDecay?: number;
}

const adamRule = (name: string, decoupled: boolean, defaultDecay: number): UpdateRule<AdamOptions> => ({
  name,
  lr: 1e-3,
  check: ({ beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = defaultDecay }) => {
    assertRange(name, "beta1", beta1, 0, 1);
    assertRange(name, "beta2", beta2, 0, 1);
    assertRange(name, "epsilon", epsilon, 0);
    assertRange(name, "weightDecay", weightDecay, 0);
  },
  slots: () => ["firstMoment", "secondMoment"],
  update: (cells, gradient, options, step) => {
    const { lr, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = defaultDecay } = options;
    adamStep({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step }, cells, gradient);
  },
});

/**
 * Adam: each parameter steps by the running mean of its gradient over the root of the running mean of its square, so
 * that the learning rate is about the size of a step. As PyTorch's `Adam`. Source: Kingma & Ba 2015.
 *
 * `m → β₁m + (1 − β₁)g; s → β₂s + (1 − β₂)g²; v → v − η (m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + ε)`
 *
 * @param parameters `model.parameters()`, or groups with their own options.
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { adam, cosine } from "@dlcc/optim";
 *
 * const optimizer = adam(new Linear(2, 1).parameters(), { lr: cosine(1e-3, { steps: 1000 }) });
 * console.log(optimizer.lr); // → 0.001
 * ```
 */
export const adam = (parameters: Trainable<AdamOptions>, options: AdamOptions = {}): Optimizer =>
  createOptimizer(adamRule("adam", false, 0), parameters, options);

/**
 * AdamW: {@link adam} with weight decay separate from the gradient: `v → (1 − ηλ) v` at each step. As PyTorch's `AdamW`.
 * Source: Loshchilov & Hutter 2019.
 *
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { adamW } from "@dlcc/optim";
 * console.log(adamW(new Linear(2, 1).parameters(), { lr: 0.01, weightDecay: 0.1 }).lr); // → 0.01
 * ```
 */
export const adamW = (parameters: Trainable<AdamOptions>, options: AdamOptions = {}): Optimizer =>
  createOptimizer(adamRule("adamW", true, 0.01), parameters, options);
