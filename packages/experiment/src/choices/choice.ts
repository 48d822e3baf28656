/**
 * A choice of an experiment is a row of a table. The command, the site and the programs that they write read the same row.
 *
 * A table imports only types from dlcc's packages; a row describes how to make its value from them. So a page that lists
 * the names, or writes a program, doesn't load the packages that only the worker needs. `valueFor` makes the values.
 */
import type * as Data from "@dlcc/data";
import type * as Layers from "@dlcc/layers";
import type * as Losses from "@dlcc/losses";
import type * as Optim from "@dlcc/optim";
import type { Tensor } from "@dlcc/tensor";
import type { OpenBackend } from "../open-backend.ts";

/** From outputs and targets to the mean loss of the examples, a scalar. */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** The functions of the packages that make the values of choices, by their own names. */
export type Ingredients = Pick<
  typeof Layers,
  | "constant"
  | "fanInUniform"
  | "heNormal"
  | "heUniform"
  | "nielsen"
  | "normal"
  | "relu"
  | "sigmoid"
  | "tanh"
  | "xavierNormal"
  | "xavierUniform"
> &
  Pick<
    typeof Losses,
    "crossEntropy" | "huber" | "l1" | "l2" | "mae" | "mse" | "quadraticCost" | "sigmoidCrossEntropy"
  > &
  Pick<
    typeof Optim,
    "adadelta" | "adagrad" | "adam" | "adamW" | "linear" | "rmsProp" | "sgd" | "stepDecay" | "warmUp"
  > &
  Readonly<Record<"openAuto" | "openBlas" | "openCpu" | "openGpu" | "openWasm" | "openWebGpu", OpenBackend>> & {
    /** Makes a loss for numbers take class labels, too, as unit vectors. */
    readonly ofClasses: (loss: LossFunction) => LossFunction;
  };

/** The functions that distort images: apart, as a page that never distorts any doesn't load them. */
export type Distorting = Pick<
  typeof Data,
  | "randomElastic"
  | "randomErasing"
  | "randomFlip"
  | "randomNoise"
  | "randomRotation"
  | "randomShear"
  | "randomShift"
  | "randomZoom"
>;

/** A piece of a program. */
export interface Code {
  /** The text of an expression. */
  readonly code: string;
  /** Its imports: names by package. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
}

/** One of the things to choose from. */
export interface Choice<T, From = Ingredients> {
  /** The name in commands, addresses and model files: `cross-entropy`. */
  readonly name: string;
  /** The name on a page: `Cross-entropy`. */
  readonly title: string;
  /** A short description: `-log softmax(z)_y`. */
  readonly about: string;
  /** Makes the value: `valueFor` calls it. */
  readonly value: (from: From) => T;
  /** Its code in a program. */
  readonly code: Code;
}

/** A piece of a program that imports from one package. */
export const codeFrom = (from: string, code: string, ...names: readonly string[]): Code => ({
  code,
  imports: { [from]: names },
});

/**
 * The row with a name.
 *
 * @throws {RangeError} if the table has no such name; the message lists its names.
 * @example
 * ```ts
 * import { optimizers, pick } from "@dlcc/experiment";
 *
 * const { title, lr } = pick(optimizers, "adamw");
 * console.log(title, lr); // → AdamW 0.003
 * ```
 */
export function pick<Row extends Pick<Choice<unknown>, "name">>(table: readonly Row[], name: string): Row {
  const found = table.find((row) => row.name === name);
  if (found) return found;
  throw new RangeError(`pick: name must be one of ${table.map((row) => row.name).join(", ")}, got ${name}`);
}
