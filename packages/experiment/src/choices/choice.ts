/**
 * A choice of an experiment is a row of a table: the command, the site and the programs that it writes read the same row.
 *
 * A table imports no package of dlcc's, only types: a row says how its value is made of them. So a page that lists the
 * names, or writes a program, doesn't load what only the worker computes with. `valueFor` makes the values.
 */
import type * as Layers from "@dlcc/layers";
import type * as Losses from "@dlcc/losses";
import type * as Optim from "@dlcc/optim";
import type { Tensor } from "@dlcc/tensor";
import type { OpenBackend } from "../open-backend.ts";

/** From outputs and targets to the mean loss of the examples, a scalar. */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** What the values of choices are made of: functions of the packages, by their own names. */
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
  Pick<typeof Optim, "adagrad" | "adam" | "adamW" | "linear" | "rmsProp" | "sgd"> &
  Readonly<Record<"openAuto" | "openCpu" | "openGpu" | "openWasm", OpenBackend>> & {
    /** A loss for numbers that takes class labels too, as the unit vectors that they stand for. */
    readonly ofClasses: (loss: LossFunction) => LossFunction;
  };

/** A piece of a program. */
export interface Code {
  /** The text of an expression. */
  readonly code: string;
  /** What it imports: names, by package. */
  readonly imports: Readonly<Record<string, readonly string[]>>;
}

/** One thing that can be chosen. */
export interface Choice<T> {
  /** As it is typed, and as addresses and model files keep it: `cross-entropy`. */
  readonly name: string;
  /** As a page shows it: `Cross-entropy`. */
  readonly title: string;
  /** What it is, in a line: `-log softmax(z)_y`. */
  readonly about: string;
  /** Makes what it stands for: `valueFor` calls it. */
  readonly value: (from: Ingredients) => T;
  /** How a program writes it. */
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
 * @throws {RangeError} if the table has no such name; the message lists those that it has.
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
  throw new RangeError(`pick: name must be one of ${table.map((row) => row.name).join(", ")}; got ${name}`);
}
