/** Tests a model on rows of a table: the accuracy for classes, the error for numbers. */
import type { Module } from "@dlcc/layers";
import { type Backend, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { batchesOf, type Part } from "../batches.ts";
import { evaluationBatch, judge } from "../digits/judge.ts";
import { confusionTable } from "../terminal/confusion.ts";
import { decimals, outcome, percent, significant } from "../terminal/figures.ts";
import type { CategoryColumn, Column, NumberColumn } from "./column.ts";
import { inUnits } from "./encode.ts";
import { Moments } from "./moments.ts";
import { shown } from "./names.ts";

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
export function judgeTable(examples: Part, options: JudgeTableOptions): Promise<Verdict> {
  const { target } = options;
  return target.kind === "number" ? judgeNumbers(examples, options, target) : judgeClasses(examples, options, target);
}

async function judgeClasses(
  examples: Part,
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
  part: Part,
  { model, backend, loss, rows }: JudgeTableOptions,
  target: NumberColumn,
): Promise<Verdict> {
  model.eval();
  const [truths, distances, squares] = [new Moments(), new Moments(), new Moments()];
  let losses = 0;
  for await (const { x, y, indices } of batchesOf(part, { size: evaluationBatch, shuffle: false, backend })) {
    const found = unrecorded(() =>
      tidy(() => {
        const outputs = model.forward(x);
        return { outputs, loss: loss(outputs, y) };
      }),
    );
    losses += (await found.loss.item()) * indices.length;
    const guesses = await found.outputs.data();
    const truth = Float64Array.from(await y.data(), (value) => inUnits(target, value));
    const errors = truth.map((value, i) => value - inUnits(target, guesses[i] as number));
    truths.add(truth);
    distances.add(errors.map(Math.abs));
    squares.add(errors.map((error) => error ** 2));
    found.outputs.dispose();
    found.loss.dispose();
  }
  const variance = truths.squares / truths.count;
  const [rmse, mae] = [Math.sqrt(squares.mean), distances.mean];
  const r2 = variance > 0 ? 1 - squares.mean / variance : null;
  const name = `${rowNames[rows]} error`;
  return {
    figures: { [`${rows}Rmse`]: rmse, [`${rows}Mae`]: mae, [`${rows}R2`]: r2, [`${rows}Loss`]: losses / truths.count },
    lines: [
      `${outcome(name, significant(rmse))} root mean square, in units of ${shown(target.name)}`,
      `${" ".repeat(name.length)}  ${significant(mae)} mean absolute`,
      ...(r2 === null
        ? []
        : [`${"R²".padStart(name.length)}  ${decimals(r2)} (1: perfect; 0: no better than the mean)`]),
    ],
  };
}
