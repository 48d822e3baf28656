/** Tests a model on rows of a table: the accuracy for classes, the error for numbers, and what guessing would give. */
import type { Module } from "@dlcc/layers";
import { type Backend, tidy, unrecorded } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { batchesOf, type Part } from "../batches.ts";
import { evaluationBatch, judge } from "../digits/judge.ts";
import { largest, longest } from "../largest.ts";
import { type Confusion, confusionTable } from "../terminal/confusion.ts";
import { decimals, outcome, percent, significant, thousands } from "../terminal/figures.ts";
import type { CategoryColumn, NumberColumn, Target } from "./column.ts";
import { inUnits } from "./encode.ts";
import { Moments } from "./moments.ts";
import { shown } from "./names.ts";

/** The outcome, for programs and for people. */
export interface Verdict {
  /** Such as `testAccuracy`, `testLoss`, `confusion`; or `testRmse`, `testMae`, `testR2`, `testLoss`. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
  /** What a picture shows: a confusion, or true numbers beside predicted ones. */
  readonly shown: Confusion | readonly (readonly [truth: number, guess: number])[];
  /** How good it is, and how good guessing is: larger is better, and 1 is perfect. */
  readonly score: number;
  readonly baseline: number;
}

/** The options of {@link judgeTable}. */
export interface JudgeTableOptions {
  readonly model: Module;
  readonly loss: Loss;
  readonly target: Target;
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

/** What a confusion says of a class. */
export interface ClassFigures {
  readonly name: string;
  readonly rows: number;
  /** The share of the rows of this class that are found. */
  readonly recall: number | null;
  /** The share of the guesses of this class that are right. */
  readonly precision: number | null;
  /** Their harmonic mean. */
  readonly f1: number | null;
}

/** The figures of each class: recall `cᵢᵢ / Σⱼ cᵢⱼ`, precision `cᵢᵢ / Σⱼ cⱼᵢ`, `F₁ = 2 cᵢᵢ / (Σⱼ cᵢⱼ + Σⱼ cⱼᵢ)`; null is 0 / 0. */
export function classFigures(confusion: Confusion, names: readonly string[]): ClassFigures[] {
  const ratio = (a: number, b: number): number | null => (b === 0 ? null : a / b);
  return names.map((name, i) => {
    const right = confusion[i]?.[i] ?? 0;
    const rows = (confusion[i] ?? []).reduce((sum, count) => sum + count, 0);
    const guesses = confusion.reduce((sum, row) => sum + (row[i] ?? 0), 0);
    return {
      name,
      rows,
      recall: ratio(right, rows),
      precision: ratio(right, guesses),
      f1: ratio(2 * right, rows + guesses),
    };
  });
}

/** With more classes than this, their figures are for programs only. */
const fewClasses = 20;

function classLines(figures: readonly ClassFigures[]): string[] {
  const share = (value: number | null): string => (value === null ? "-" : percent(value)).padStart("precision".length);
  const width = longest(["class", ...figures.map(({ name }) => shown(name))]);
  return [
    `${"class".padEnd(width)}     rows     recall  precision         F1`,
    ...figures.map(
      ({ name, rows, recall, precision, f1 }) =>
        `${shown(name).padEnd(width)}  ${thousands(rows).padStart(7)}  ${share(recall)}  ${share(precision)}  ${share(f1)}`,
    ),
  ];
}

async function judgeClasses(
  examples: Part,
  options: JudgeTableOptions,
  { values: names, counts }: CategoryColumn,
): Promise<Verdict> {
  const { rows } = options;
  const { accuracy, loss, confusion } = await judge(examples, { ...options, classes: names.length });
  const classes = classFigures(confusion, names);
  const common = counts.indexOf(largest(counts));
  const all = classes.reduce((sum, found) => sum + found.rows, 0);
  const baseline = (classes[common]?.rows ?? 0) / all;
  const name = `${rowNames[rows]} accuracy`;
  return {
    figures: {
      [`${rows}Accuracy`]: accuracy,
      [`${rows}Loss`]: loss,
      [`${rows}Baseline`]: baseline,
      confusion,
      classes,
    },
    lines: [
      outcome(name, percent(accuracy)),
      `${percent(baseline).padStart(name.length)}  always guessing ${shown(names[common] ?? "")}, the commonest`,
      "",
      ...confusionTable(confusion, names).split("\n"),
      ...(names.length <= fewClasses ? ["", ...classLines(classes)] : []),
    ],
    shown: confusion,
    score: accuracy,
    baseline,
  };
}

/** The most rows that a picture shows. */
const mostShown = 2000;

/** Root mean square error, mean absolute error, and `R² = 1 − Σ (y − ŷ)² / Σ (y − ȳ)²`, in the unit of the column. */
async function judgeNumbers(
  part: Part,
  { model, backend, loss, rows }: JudgeTableOptions,
  target: NumberColumn,
): Promise<Verdict> {
  model.eval();
  const [truths, distances, squares, meanSquares] = [new Moments(), new Moments(), new Moments(), new Moments()];
  const pairs: [number, number][] = [];
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
    meanSquares.add(truth.map((value) => (value - target.mean) ** 2));
    for (let i = 0; i < truth.length && pairs.length < mostShown; i++)
      pairs.push([truth[i] as number, inUnits(target, guesses[i] as number)]);
    found.outputs.dispose();
    found.loss.dispose();
  }
  const variance = truths.squares / truths.count;
  const [rmse, mae, baseline] = [Math.sqrt(squares.mean), distances.mean, Math.sqrt(meanSquares.mean)];
  const r2 = variance > 0 ? 1 - squares.mean / variance : null;
  const name = `${rowNames[rows]} error`;
  const beside = (text: string): string => text.padStart(name.length);
  return {
    figures: {
      [`${rows}Rmse`]: rmse,
      [`${rows}Mae`]: mae,
      [`${rows}R2`]: r2,
      [`${rows}Loss`]: losses / truths.count,
      [`${rows}Baseline`]: baseline,
    },
    lines: [
      `${outcome(name, significant(rmse))} root mean square, in ${target.unit === undefined ? `units of ${shown(target.name)}` : shown(target.unit)}`,
      `${beside("")}  ${significant(mae)} mean absolute`,
      `${beside("")}  ${significant(baseline)} always guessing ${significant(target.mean)}, the mean of the training rows`,
      ...(r2 === null ? [] : [`${beside("R²")}  ${decimals(r2)} (1: perfect; 0: no better than the mean)`]),
    ],
    shown: pairs,
    score: r2 ?? 0,
    baseline: 0,
  };
}
