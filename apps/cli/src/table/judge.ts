/** Tests a model on rows of a table: the accuracy for classes, the error for numbers. */
import { type Examples, minibatches } from "@dlcc/data";
import type { Module } from "@dlcc/layers";
import { type Backend, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { evaluationBatch, judge } from "../digits/judge.ts";
import { confusionTable } from "../terminal/confusion.ts";
import { decimals, outcome, percent, significant } from "../terminal/figures.ts";
import type { CategoryColumn, Column, NumberColumn } from "./column.ts";
import { inUnits } from "./encode.ts";

/** The outcome, for programs and for people. */
export interface Verdict {
  /** Such as `testAccuracy`, `testLoss`, `confusion`; or `testRmse`, `testMae`, `testR2`, `testLoss`. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
}

/** The options of {@link judgeTable}. */
export interface JudgeTableOptions {
  readonly model: Module;
  readonly loss: Loss;
  readonly target: Column;
  readonly backend: Backend;
  /** The kind of rows: those of the test, or those of the training. */
  readonly rows: "test" | "train";
}

const rowNames = { test: "test", train: "training" };

/** Runs a model over rows, in evaluation mode. */
export function judgeTable(examples: Examples, options: JudgeTableOptions): Promise<Verdict> {
  const { target } = options;
  return target.kind === "number" ? judgeNumbers(examples, options, target) : judgeClasses(examples, options, target);
}

async function judgeClasses(
  examples: Examples,
  options: JudgeTableOptions,
  { values: names }: CategoryColumn,
): Promise<Verdict> {
  const { rows } = options;
  const { accuracy, loss, confusion } = await judge(examples, { ...options, classes: names.length });
  return {
    figures: { [`${rows}Accuracy`]: accuracy, [`${rows}Loss`]: loss, confusion },
    lines: [
      outcome(`${rowNames[rows]} accuracy`, percent(accuracy)),
      "",
      ...confusionTable(confusion, names).split("\n"),
    ],
  };
}

/** Root mean square error, mean absolute error, and `R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²`, in the unit of the column. */
async function judgeNumbers(
  { images, labels }: Examples,
  { model, backend, loss, rows }: JudgeTableOptions,
  target: NumberColumn,
): Promise<Verdict> {
  model.eval();
  const guesses: number[] = [];
  let losses = 0;
  for (const { x, y, indices } of minibatches(images, labels, { size: evaluationBatch, shuffle: false, backend })) {
    const found = unrecorded(() =>
      tidy(() => {
        const outputs = model.forward(x);
        return { outputs, loss: loss(outputs, y) };
      }),
    );
    losses += (await found.loss.item()) * indices.length;
    for (const value of await found.outputs.data()) guesses.push(inUnits(target, value));
    found.outputs.dispose();
    found.loss.dispose();
  }
  const truth = new Float64Array(await labels.data()).map((value) => inUnits(target, value));
  const errors = truth.map((value, i) => value - (guesses[i] as number));
  const center = mean(truth);
  const meanSquare = mean(errors.map((error) => error ** 2));
  const variance = mean(truth.map((value) => (value - center) ** 2));
  const [rmse, mae] = [Math.sqrt(meanSquare), mean(errors.map(Math.abs))];
  const r2 = variance > 0 ? 1 - meanSquare / variance : null;
  const name = `${rowNames[rows]} error`;
  return {
    figures: { [`${rows}Rmse`]: rmse, [`${rows}Mae`]: mae, [`${rows}R2`]: r2, [`${rows}Loss`]: losses / truth.length },
    lines: [
      `${outcome(name, significant(rmse))} root mean square, in units of ${target.name}`,
      `${" ".repeat(name.length)}  ${significant(mae)} mean absolute`,
      ...(r2 === null
        ? []
        : [`${"R²".padStart(name.length)}  ${decimals(r2)} (1: perfect; 0: no better than the mean)`]),
    ],
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
