import type { Optimizer, ParameterGroup, Schedule } from "@dlcc/optim";
import { type Choice, codeFrom } from "./choice.ts";

/** Groups of parameters, each with its weight decay. */
export type DecayGroups = readonly ParameterGroup<{
  /** How strongly the group's values are pulled towards 0. */
  weightDecay: number;
}>[];

/** Makes an optimizer. */
export type CreateOptimizer = (groups: DecayGroups, lr: number | Schedule) => Optimizer;

/** An optimizer, and the learning rate that suits it. */
export interface OptimizerChoice extends Choice<CreateOptimizer> {
  /** The learning rate that suits it on the digits: the default. */
  readonly lr: number;
}

/** The code of an optimizer names two variables of the program around it: `groups` and `lr`. */
const row = (
  name: string,
  title: string,
  about: string,
  lr: number,
  value: OptimizerChoice["value"],
  code: string,
): OptimizerChoice => ({
  name,
  title,
  about,
  lr,
  value,
  code: codeFrom("@dlcc/optim", code, code.slice(0, code.indexOf("("))),
});

/** The optimizers; the usual one first. */
export const optimizers: readonly OptimizerChoice[] = [
  row(
    "nesterov",
    "Nesterov",
    "SGD, Nesterov momentum 0.9",
    0.15,
    ({ sgd }) =>
      (groups, lr) =>
        sgd(groups, { lr, momentum: 0.9, nesterov: true }),
    "sgd(groups, { lr, momentum: 0.9, nesterov: true })",
  ),
  row(
    "momentum",
    "Momentum",
    "SGD, momentum 0.9",
    0.05,
    ({ sgd }) =>
      (groups, lr) =>
        sgd(groups, { lr, momentum: 0.9 }),
    "sgd(groups, { lr, momentum: 0.9 })",
  ),
  row(
    "sgd",
    "SGD",
    "the course's",
    0.1,
    ({ sgd }) =>
      (groups, lr) =>
        sgd(groups, { lr }),
    "sgd(groups, { lr })",
  ),
  row(
    "adam",
    "Adam",
    "Adam",
    0.003,
    ({ adam }) =>
      (groups, lr) =>
        adam(groups, { lr }),
    "adam(groups, { lr })",
  ),
  row(
    "adamw",
    "AdamW",
    "Adam, decay apart",
    0.003,
    ({ adamW }) =>
      (groups, lr) =>
        adamW(groups, { lr }),
    "adamW(groups, { lr })",
  ),
  row(
    "rmsprop",
    "RMSprop",
    "RMSprop",
    0.001,
    ({ rmsProp }) =>
      (groups, lr) =>
        rmsProp(groups, { lr }),
    "rmsProp(groups, { lr })",
  ),
  row(
    "adagrad",
    "AdaGrad",
    "AdaGrad",
    0.02,
    ({ adagrad }) =>
      (groups, lr) =>
        adagrad(groups, { lr }),
    "adagrad(groups, { lr })",
  ),
  row(
    "adadelta",
    "AdaDelta",
    "AdaDelta",
    1,
    ({ adadelta }) =>
      (groups, lr) =>
        adadelta(groups, { lr }),
    "adadelta(groups, { lr })",
  ),
];
