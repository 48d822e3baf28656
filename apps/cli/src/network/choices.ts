/** What the options of `dlcc train` can be set to: tables from names to what they stand for. */
import {
  type Activation,
  constant,
  fanInUniform,
  heNormal,
  heUniform,
  type Initializer,
  nielsen,
  normal,
  relu,
  sigmoid,
  tanh,
  xavierNormal,
  xavierUniform,
} from "@dlcc/layers";
import { crossEntropy, huber, l1, l2, mae, mse, quadraticCost, sigmoidCrossEntropy } from "@dlcc/losses";
import { adagrad, adam, adamW, type Optimizer, type ParameterGroup, rmsProp, type Schedule, sgd } from "@dlcc/optim";
import { oneHot, tidy } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import type { OutputKind } from "./outputs.ts";
import { learningRates } from "./rates.ts";

/** A choice, and how `--help` explains it. */
export interface Choice<T> {
  readonly value: T;
  readonly about: string;
}

/** What a name in a table stands for; the argument parser has checked the name. */
export function pick<T>(table: Readonly<Record<string, { readonly value: T }>>, name: string): T {
  const choice = table[name];
  if (!choice) throw new Error(`there is no ${name}`);
  return choice.value;
}

/** Between layers. */
export const activations: Readonly<Record<"relu" | "sigmoid" | "tanh", Choice<Activation>>> = {
  relu: { value: relu, about: "max(0, z)" },
  sigmoid: { value: sigmoid, about: "1 / (1 + e^-z)" },
  tanh: { value: tanh, about: "tanh z" },
};

/** What is minimized, and the activation of the output layer that goes with it. */
export interface LossChoice {
  readonly loss: Loss;
  readonly output?: Activation;
  /** What the outputs are then. Default: `activations`. */
  readonly outputs?: OutputKind;
}

/** A loss for numbers that takes class labels, too, as the unit vectors that they stand for. */
const ofClasses =
  (loss: Loss): Loss =>
  (outputs, targets) =>
    tidy(() => {
      const labels = targets.rank === outputs.rank - 1 && targets.dtype === "int32";
      return loss(outputs, labels ? oneHot(targets, outputs.shape.at(-1) ?? 1, outputs.dtype) : targets);
    });

export const losses: Readonly<Record<string, Choice<LossChoice>>> = {
  "cross-entropy": { value: { loss: crossEntropy, outputs: "logits" }, about: "-log softmax(z)_y" },
  "sigmoid-cross-entropy": {
    value: { loss: sigmoidCrossEntropy, outputs: "sigmoid-logits" },
    about: "Nielsen's cross-entropy of sigmoid outputs",
  },
  quadratic: { value: { loss: quadraticCost, output: sigmoid }, about: "Nielsen's quadratic cost of sigmoid outputs" },
  l2: { value: { loss: l2 }, about: "1/2 |o - e_y|^2" },
  l1: { value: { loss: l1 }, about: "|o - e_y|_1" },
  mse: { value: { loss: ofClasses(mse) }, about: "mean square error" },
  mae: { value: { loss: ofClasses(mae) }, about: "mean absolute error" },
  huber: { value: { loss: ofClasses(huber) }, about: "square near 0, straight further out" },
};

type Groups = readonly ParameterGroup<{ weightDecay: number }>[];

/** Makes an optimizer; weight decay comes with the groups. */
export interface OptimizerChoice {
  readonly create: (groups: Groups, lr: number | Schedule) => Optimizer;
  /** The learning rate where none is given. */
  readonly lr: number;
}

export const optimizers: Readonly<Record<string, Choice<OptimizerChoice>>> = {
  adam: { value: { create: (groups, lr) => adam(groups, { lr }), lr: learningRates.adam }, about: "Adam" },
  adamw: {
    value: { create: (groups, lr) => adamW(groups, { lr }), lr: learningRates.adamw },
    about: "Adam, decay apart",
  },
  sgd: { value: { create: (groups, lr) => sgd(groups, { lr }), lr: learningRates.sgd }, about: "the course's" },
  momentum: {
    value: { create: (groups, lr) => sgd(groups, { lr, momentum: 0.9 }), lr: learningRates.momentum },
    about: "SGD, momentum 0.9",
  },
  nesterov: {
    value: { create: (groups, lr) => sgd(groups, { lr, momentum: 0.9, nesterov: true }), lr: learningRates.nesterov },
    about: "SGD, Nesterov momentum 0.9",
  },
  rmsprop: { value: { create: (groups, lr) => rmsProp(groups, { lr }), lr: learningRates.rmsprop }, about: "RMSprop" },
  adagrad: { value: { create: (groups, lr) => adagrad(groups, { lr }), lr: learningRates.adagrad }, about: "AdaGrad" },
};

/** How weights and biases begin. */
export interface InitChoice {
  readonly weight: Initializer;
  readonly bias: Initializer;
}

/** How chapter 6 of Nielsen's book begins. */
const fanOutNormal: Initializer = (init) => normal(1 / Math.sqrt(init.fanOut))(init);

const withZeroBias = (weight: Initializer): InitChoice => ({ weight, bias: constant(0) });

export const initializers: Readonly<Record<string, Choice<InitChoice>>> = {
  pytorch: { value: { weight: fanInUniform(), bias: fanInUniform() }, about: "uniform, +-1/sqrt(inputs)" },
  he: { value: withZeroBias(heNormal()), about: "normal, variance 2/inputs: for ReLU" },
  "he-uniform": { value: withZeroBias(heUniform()), about: "uniform, variance 2/inputs" },
  xavier: { value: withZeroBias(xavierNormal()), about: "normal, variance 2/(inputs + outputs): for sigmoid, tanh" },
  "xavier-uniform": { value: withZeroBias(xavierUniform()), about: "uniform, variance 2/(inputs + outputs)" },
  nielsen: { value: { weight: nielsen(), bias: normal() }, about: "normal, variance 1/inputs; biases N(0, 1)" },
  "fan-out": { value: { weight: fanOutNormal, bias: normal() }, about: "normal, variance 1/outputs; biases N(0, 1)" },
  normal: { value: { weight: normal(), bias: normal() }, about: "N(0, 1), all: how Nielsen's book begins" },
  zero: { value: withZeroBias(constant(0)), about: "all 0: see why that can't learn" },
};
