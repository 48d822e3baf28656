import { ArgumentError, momentumStep, sgdStep } from "@dlcc/tensor";
import {
  assertRange,
  type CommonOptions,
  createOptimizer,
  type Optimizer,
  type Trainable,
  type UpdateRule,
} from "./optimizer.ts";

/** The options of {@link gradientDescent}. */
export interface GradientDescentOptions extends CommonOptions {}

/** The options of {@link sgd}. */
export interface SgdOptions extends CommonOptions {
  /** How much of the last step's velocity is kept. Default: 0. */
  readonly momentum?: number;
  /** Whether to look ahead along the velocity. Needs momentum. Source: Nesterov 1983; Sutskever et al. 2013. Default: false. */
  readonly nesterov?: boolean;
  /** λ of the term `½ λ ‖v‖²` of the cost, which adds `λ v` to the gradient. Default: 0. */
  readonly weightDecay?: number;
}

const sgdRule: UpdateRule<SgdOptions> = {
  name: "sgd",
  check: ({ momentum = 0, nesterov = false, weightDecay = 0 }) => {
    assertRange("sgd", "momentum", momentum, 0, 1);
    assertRange("sgd", "weightDecay", weightDecay, 0);
    if (nesterov && momentum === 0) throw new ArgumentError("sgd: momentum must be above 0 with nesterov, got 0");
  },
  slots: ({ momentum = 0 }) => (momentum === 0 ? [] : ["velocity"]),
  update: (cells, gradient, { lr, momentum = 0, nesterov = false, weightDecay = 0 }) =>
    (momentum === 0 ? sgdStep : momentumStep)({ lr, momentum, nesterov, weightDecay }, cells, gradient),
};

/**
 * The course's gradient descent: `v → v − η ∇C`. The gradient may be that of the whole cost or of a minibatch's. Source: the course, "Gradient Descent".
 *
 * @throws {ArgumentError} if there is nothing to train, or, at a step, the rate is below 0.
 * @example
 * ```ts
 * import { valueAndGrad } from "@dlcc/autograd";
 * import { gradientDescent } from "@dlcc/optim";
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const v = new Parameter("v", tensor([4, -2]));
 * const optimizer = gradientDescent([v], { lr: 0.25 });
 * for (let i = 0; i < 2; i++) {
 *   const { gradients } = valueAndGrad(() => v.value.mul(v.value).sum(), [v]); // C = ‖v‖², ∇C = 2v
 *   optimizer.step(gradients);
 * }
 * console.log(await v.value.array()); // → [ 1, -0.5 ]
 * ```
 */
export const gradientDescent = (
  parameters: Trainable<GradientDescentOptions>,
  options: GradientDescentOptions,
): Optimizer => createOptimizer({ ...sgdRule, name: "gradientDescent" }, parameters, { lr: options.lr });

/**
 * Stochastic gradient descent: `v → v − η ∇C` with the gradient of a minibatch, and optional momentum:
 * `u → μu + ∇C; v → v − ηu`. As PyTorch's `SGD`. Source: the course, "Stochastic Gradient Descent".
 *
 * @param parameters `model.parameters()`, or groups with their own options.
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { sgd } from "@dlcc/optim";
 *
 * const { weight, bias } = new Linear(2, 1);
 * const optimizer = sgd(
 *   [{ parameters: [weight], weightDecay: 1e-4 }, { parameters: bias ? [bias] : [] }],
 *   { lr: 0.1, momentum: 0.9 },
 * );
 * console.log(optimizer.lr); // → 0.1
 * ```
 */
export const sgd = (parameters: Trainable<SgdOptions>, options: SgdOptions): Optimizer =>
  createOptimizer(sgdRule, parameters, options);
