/** Optimizers that divide each gradient by its usual size. */
import { add, div, mul, type Parameter, sqrt, square, sub, type Tensor, tidy } from "@dlcc/tensor";
import {
  assertRange,
  type CommonOptions,
  createOptimizer,
  type Optimizer,
  type Trainable,
  type UpdateRule,
} from "./optimizer.ts";

/** The options of {@link rmsProp}. */
export interface RmsPropOptions extends Partial<CommonOptions> {
  /** How much of the running mean of the square is kept at a step. Default: 0.99. */
  readonly alpha?: number;
  /** Keeps the divisor above 0. Default: 1e-8. */
  readonly epsilon?: number;
  /** How much of the last step's velocity is kept. Default: 0. */
  readonly momentum?: number;
  /** λ of the L2 term. Default: 0. */
  readonly weightDecay?: number;
}

/** The options of {@link adagrad}. */
export interface AdaGradOptions extends Partial<CommonOptions> {
  /** Keeps the divisor above 0. Default: 1e-10. */
  readonly epsilon?: number;
  /** λ of the L2 term. Default: 0. */
  readonly weightDecay?: number;
}

/** The options of {@link adadelta}. */
export interface AdaDeltaOptions extends Partial<CommonOptions> {
  /** ρ: how much of the running means of the squares is kept at a step. Default: 0.9. */
  readonly rho?: number;
  /** Added to both under the root: it begins the steps. Default: 1e-6. */
  readonly epsilon?: number;
  /** λ of the L2 term. Default: 0. */
  readonly weightDecay?: number;
}

/** The gradient of the loss with its L2 term: `g + λw`. */
const decayed = (gradient: Tensor, cell: Parameter, weightDecay: number): Tensor =>
  weightDecay === 0 ? gradient : add(gradient, mul(cell.value, weightDecay));

const rmsPropRule: UpdateRule<RmsPropOptions> = {
  name: "rmsProp",
  lr: 1e-2,
  check: ({ alpha = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 }) => {
    assertRange("rmsProp", "alpha", alpha, 0, 1);
    assertRange("rmsProp", "momentum", momentum, 0, 1);
    assertRange("rmsProp", "epsilon", epsilon, 0);
    assertRange("rmsProp", "weightDecay", weightDecay, 0);
  },
  slots: ({ momentum = 0 }) => (momentum === 0 ? ["meanSquare"] : ["meanSquare", "velocity"]),
  update: ([parameter, meanSquare, velocity], gradient, options) => {
    const { lr, alpha = 0.99, epsilon = 1e-8, momentum = 0, weightDecay = 0 } = options;
    if (!parameter || !meanSquare) return;
    tidy(() => {
      const g = decayed(gradient, parameter, weightDecay);
      meanSquare.value = add(mul(meanSquare.value, alpha), mul(square(g), 1 - alpha));
      let direction = div(g, add(sqrt(meanSquare.value), epsilon));
      if (velocity) {
        direction = add(mul(velocity.value, momentum), direction);
        velocity.value = direction;
      }
      parameter.value = sub(parameter.value, mul(direction, lr));
    });
  },
};

/**
 * RMSprop: the gradient over the root of the running mean of its square. As PyTorch's `RMSprop`. Source: Hinton's
 * lecture 6e, 2012.
 *
 * `s → αs + (1 − α)g²; v → v − η g / (√s + ε)`
 *
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { rmsProp } from "@dlcc/optim";
 * console.log(rmsProp(new Linear(2, 1).parameters(), { lr: 0.001 }).lr); // → 0.001
 * ```
 */
export const rmsProp = (parameters: Trainable<RmsPropOptions>, options: RmsPropOptions = {}): Optimizer =>
  createOptimizer(rmsPropRule, parameters, options);

const adaGradRule: UpdateRule<AdaGradOptions> = {
  name: "adagrad",
  lr: 1e-2,
  check: ({ epsilon = 1e-10, weightDecay = 0 }) => {
    assertRange("adagrad", "epsilon", epsilon, 0);
    assertRange("adagrad", "weightDecay", weightDecay, 0);
  },
  slots: () => ["sumOfSquares"],
  update: ([parameter, sumOfSquares], gradient, { lr, epsilon = 1e-10, weightDecay = 0 }) => {
    if (!parameter || !sumOfSquares) return;
    tidy(() => {
      const g = decayed(gradient, parameter, weightDecay);
      sumOfSquares.value = add(sumOfSquares.value, square(g));
      parameter.value = sub(parameter.value, mul(div(g, add(sqrt(sumOfSquares.value), epsilon)), lr));
    });
  },
};

/**
 * AdaGrad: the gradient over the root of the sum of all its squares so far. As PyTorch's `Adagrad`. Source: Duchi, Hazan
 * & Singer 2011.
 *
 * `s → s + g²; v → v − η g / (√s + ε)`
 *
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { adagrad } from "@dlcc/optim";
 * console.log(adagrad(new Linear(2, 1).parameters(), { lr: 0.01 }).lr); // → 0.01
 * ```
 */
export const adagrad = (parameters: Trainable<AdaGradOptions>, options: AdaGradOptions = {}): Optimizer =>
  createOptimizer(adaGradRule, parameters, options);

const adaDeltaRule: UpdateRule<AdaDeltaOptions> = {
  name: "adadelta",
  lr: 1,
  check: ({ rho = 0.9, epsilon = 1e-6, weightDecay = 0 }) => {
    assertRange("adadelta", "rho", rho, 0, 1);
    assertRange("adadelta", "epsilon", epsilon, 0);
    assertRange("adadelta", "weightDecay", weightDecay, 0);
  },
  slots: () => ["meanOfSquares", "meanOfSteps"],
  update: ([parameter, squares, steps], gradient, { lr, rho = 0.9, epsilon = 1e-6, weightDecay = 0 }) => {
    if (!parameter || !squares || !steps) return;
    tidy(() => {
      const towards = (mean: Tensor, value: Tensor): Tensor => add(mul(mean, rho), mul(square(value), 1 - rho));
      const g = decayed(gradient, parameter, weightDecay);
      squares.value = towards(squares.value, g);
      const step = mul(div(sqrt(add(steps.value, epsilon)), sqrt(add(squares.value, epsilon))), g);
      steps.value = towards(steps.value, step);
      parameter.value = sub(parameter.value, mul(step, lr));
    });
  },
};

/**
 * AdaDelta: the gradient over the root of the running mean of its square, times that of the steps so far, so that a step has
 * the unit of the parameter. As PyTorch's `Adadelta`. Source: Zeiler 2012.
 *
 * `s → ρs + (1 − ρ)g²; d = g √(u + ε) / √(s + ε); u → ρu + (1 − ρ)d²; v → v − η d`
 *
 * @throws {ArgumentError} if an option is out of its range, or there is nothing to train.
 * @example
 * ```ts
 * import { Linear } from "@dlcc/layers";
 * import { adadelta } from "@dlcc/optim";
 * console.log(adadelta(new Linear(2, 1).parameters()).lr); // → 1
 * ```
 */
export const adadelta = (parameters: Trainable<AdaDeltaOptions>, options: AdaDeltaOptions = {}): Optimizer =>
  createOptimizer(adaDeltaRule, parameters, options);
