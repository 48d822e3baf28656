/** Trains a network on a table: what `dlcc train csv` does when its options are known. */
import { stat } from "node:fs/promises";
import path from "node:path";
import { architecture, type LoadedModel, losses, type ModelUse, pick } from "@dlcc/experiment";
import { replaceFile } from "@dlcc/io/node";
import { countParameters } from "@dlcc/layers";
import { mse } from "@dlcc/losses";
import { printable } from "@dlcc/tensor";
import { accuracy } from "@dlcc/train";
import { countExamples } from "../batches.ts";
import { savedFor } from "../network/transfer.ts";
import { adviceFor } from "../table/advice.ts";
import type { NumberColumn, Schema, Target } from "../table/column.ts";
import { TableError } from "../table/csv.ts";
import { type ClassFigures, judgeTable, type Verdict } from "../table/judge.ts";
import { formulaLines, formulaOf } from "../table/line.ts";
import { schemaOf } from "../table/model.ts";
import { shown } from "../table/names.ts";
import { originsWith } from "../table/origin.ts";
import { tablePicture } from "../table/picture.ts";
import { type Prepared, prepareTable } from "../table/prepare.ts";
import { detailsOf, fewColumns, fewRows, noteLines, rareClasses, readingFacts, readingLines } from "../table/report.ts";
import { significant, thousands } from "../terminal/figures.ts";
import { accuracyFigure, type Figure, openReporter, type Start } from "../terminal/reporter.ts";
import { type Built, build, defaultRate } from "./build-table.ts";
import { checkFiles, openSave } from "./save.ts";
import type { CsvOptions } from "./train-csv.ts";
import { bestLine, runTraining, type Trained } from "./training.ts";

/** The share of the training rows that validate, if nothing is said: with fewer rows than this for it, the best epoch is chance. */
const [usualValidation, fewestValidating] = [0.1, 30];
/**
 * Early stopping is the default, unless it is said how long to train or how to validate. A weighted sum hardly overfits, and its
 * cost has one minimum, which the usual steps come close to: rows set aside would only be missing.
 */
const stopsEarly = ({ epochs, validation, hidden, from, patience, bestBy }: CsvOptions): boolean => {
  if (epochs !== undefined || validation !== undefined) return false;
  return hidden.length > 0 || [from, patience, bestBy].some((option) => option !== undefined);
};

/** The root mean square error, in the target's own unit. */
const errorFigure = ({ standardDeviation }: NumberColumn): Figure => ({
  name: "rmse",
  of: ({ squaredError }) => Math.sqrt(squaredError ?? Number.NaN) * standardDeviation,
  show: significant,
});

/** The figures that the model file has. */
const factsOf = (figures: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) => (typeof value === "number" ? [[name, String(value)]] : [])),
  );

/** Trains, and reports the outcome. @param typed The command, for the model file. @returns The exit code. */
export async function trainTable(
  file: string,
  options: CsvOptions,
  write: (line: string) => void,
  typed: string,
  onTrouble: (error: Error) => void,
): Promise<number> {
  await checkFiles(options);
  const from = await savedFor(options);
  const prepared = await prepareFile(file, options, from && savedSchema(from, options.target));
  try {
    return await trainOn(prepared, file, options, from, write, typed, onTrouble);
  } finally {
    await prepared.close();
  }
}

/** From this size on the numbers of a file are on disk: as text it takes as much room as in memory. */
const largeFile = 256 * 2 ** 20;

/** The columns of a saved model. @throws {TableError} if it predicts something else than the target. */
function savedSchema(from: LoadedModel, target: string): Schema {
  const schema = schemaOf(from);
  if (!schema) throw new TableError(`--from must name a model of dlcc train csv, got ${from.file}, which reads images`);
  if (schema.target.name === target) return schema;
  throw new TableError(
    `--from must name a model that predicts ${shown(target)}, got ${from.file}, which predicts ${shown(schema.target.name)}`,
  );
}

/** A table with its numbers in memory or, if it is large, on disk. @param saved The columns of a saved model, which then decide on all of them. */
async function prepareFile(file: string, options: CsvOptions, saved: Schema | undefined): Promise<Prepared> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0, // Reading it will say why.
  );
  const onDisk = options.stream ?? size > largeFile;
  if (!options.json && size > largeFile)
    console.error(`reading ${printable(file)} twice, ${thousands(Math.round(size / 1e6))} MB`);
  const validation = stopsEarly(options)
    ? { validation: usualValidation, fewestValidating }
    : { validation: options.validation ?? 0 };
  return prepareTable(file, { ...options, ...validation, onDisk }, saved);
}

/** What the table was found to be, before training. */
function showReading(prepared: Prepared, write: (line: string) => void): void {
  const { columns } = prepared;
  if (columns.length === 0) return;
  for (const line of readingLines(columns.slice(0, fewColumns))) write(`  ${line}`);
  if (columns.length > fewColumns) write(`  and ${columns.length - fewColumns} more columns`);
  for (const line of notesOf(prepared)) write(`  ! ${line}`);
  write("");
}

const notesOf = (prepared: Prepared): string[] => [
  ...noteLines(prepared.columns, prepared.notes),
  ...fewRows(prepared),
  ...rareClasses(prepared),
];

/** The settings of a run, for people and for programs. */
function startOf(prepared: Prepared, built: Built, file: string): Start {
  const { settled: options, sizes, named } = built;
  const { whole, facts: origin } = built.begun;
  return {
    dataset: path.basename(file),
    reason: `${thousands(prepared.rows)} rows`,
    details: detailsOf(prepared),
    model: whole?.architecture ?? architecture(sizes),
    parameters: countParameters(built.model),
    backend: built.title,
    trainExamples: countExamples(built.train),
    validationExamples: built.validation ? countExamples(built.validation) : 0,
    testExamples: prepared.test ? countExamples(prepared.test) : 0,
    epochs: built.epochs,
    stepsPerEpoch: built.stepsPerEpoch,
    settings: {
      ...origin,
      ...(options.hidden.length > 0 && !whole && { activation: options.activation }),
      loss: named.loss,
      ...(options.classWeights !== "none" && { "class weights": options.classWeights }),
      optimizer: options.optimizer,
      lr: built.lr,
      schedule: options.schedule,
      "batch size": options.batchSize,
      epochs: options.patience === undefined ? built.epochs : `${built.epochs} at most, patience ${options.patience}`,
      ...(options.weightDecay > 0 && { "weight decay": options.weightDecay }),
      ...(options.dropout > 0 && { dropout: options.dropout }),
      ...(!whole && { init: named.init }),
      seed: options.seed,
    },
    ...(prepared.columns.length > 0 && { columns: readingFacts(prepared.columns), notes: notesOf(prepared) }),
  };
}

/** Trains on a table, and reports the outcome. @returns The exit code. */
async function trainOn(
  prepared: Prepared,
  file: string,
  options: CsvOptions,
  from: LoadedModel | undefined,
  write: (line: string) => void,
  typed: string,
  onTrouble: (error: Error) => void,
): Promise<number> {
  const { out } = options;
  const paths = {
    ...(options.from !== undefined && { from: path.resolve(options.from) }),
    ...(options.svg !== undefined && { svg: path.resolve(options.svg) }),
  };
  const begun = { what: ["csv", path.resolve(file)], typed, paths };
  const identity = {
    frozen: options.freeze,
    ...(options.classWeights !== "none" && { "class weights": options.classWeights }),
  };
  const { schema, test } = prepared;
  const { target } = schema;
  if (target.kind === "number" && options.bestBy === "accuracy") {
    throw new TableError(`--best-by must be loss for a number such as ${shown(target.name)}, got accuracy`);
  }
  const built = await build(prepared, options, from);
  const { model, backend, sizes, named, loss } = built;
  const figure = target.kind === "number" ? errorFigure(target) : accuracyFigure;
  const reporter = openReporter(options.json, write, figure);
  const start = startOf(prepared, built, file);
  const use: ModelUse = {
    input: { shape: [sizes.inputs], range: [-1, 1] },
    classes: target.kind === "number" ? [target.name] : target.values,
    outputs: pick(losses, named.loss).outputs,
    loss: named.loss,
  };
  const facts = {
    ...{ table: JSON.stringify(schema), dataset: start.dataset, seed: String(options.seed), command: typed },
    // It takes a pass over the file, for a model that is kept.
    ...(out !== undefined && { trainedOn: await originsWith(file, options, from?.facts.trainedOn) }),
  };
  const save = await openSave({ out, model, use, facts }, onTrouble);
  try {
    if (!options.json) showReading(prepared, write);
    reporter.start(start);
    const metrics = target.kind === "number" ? { squaredError: mse } : { accuracy };
    const { train } = built;
    const run = {
      ...built,
      options: built.settled,
      begun,
      identity,
      loss,
      lossName: named.loss,
      metrics,
      save,
      reporter,
    };
    const trained = await runTraining(run);
    if ("exitCode" in trained) return trained.exitCode;
    const rows = test ? "test" : "train";
    const verdict = await judgeTable(test ?? train, { model, loss, target, backend, rows });
    const { figures, lines } = verdict;
    const formula = await formulaOf(model, schema);
    const saved = await save({ ...trained.facts, ...factsOf(figures) });
    if (options.svg !== undefined) await replaceFile(options.svg, await tablePicture(verdict, target));
    reporter.done(
      {
        ...figures,
        ...(formula && { formula }),
        trainLoss: trained.report?.loss ?? Number.NaN,
        parameters: start.parameters,
        epochs: trained.reports.length,
        ...(trained.best !== undefined && { bestEpoch: trained.best }),
        seconds: trained.seconds,
        backend: backend.name,
        dataset: start.dataset,
        model: start.model,
        out: saved ?? null,
        ...(options.svg !== undefined && { svg: options.svg }),
      },
      [
        ...lines,
        ...bestLine(trained, built.epochs),
        ...(options.svg === undefined ? [] : [`the picture is in ${printable(options.svg)}`]),
        ...(formula ? ["", ...formulaLines(formula, schema)] : []),
      ],
      adviceAfter({ verdict, trained, built, prepared, file, typed, saved }, target, figure),
    );
    return 0;
  } finally {
    reporter.close();
  }
}

/** A run that has ended. */
interface Ended {
  readonly verdict: Verdict;
  readonly trained: Trained;
  readonly built: Built;
  readonly prepared: Prepared;
  readonly file: string;
  readonly typed: string;
  readonly saved: string | undefined;
}

/** The figures of a verdict that the advice depends on. */
interface JudgedFigures {
  readonly classes?: readonly ClassFigures[];
  readonly testRmse?: number;
  readonly testAccuracy?: number;
}

/** What to try next. */
function adviceAfter(
  { verdict, trained, built, prepared, file, typed, saved }: Ended,
  target: Target,
  figure: Figure,
): string[] {
  const { settled: options } = built;
  const { report, reports, best } = trained;
  const reached = report ? figure.of(report.metrics) : Number.NaN;
  const trainScore = target.kind === "number" ? 1 - (reached / target.standardDeviation) ** 2 : reached;
  const { classes = [], testRmse, testAccuracy } = verdict.figures as JudgedFigures;
  const judged = testRmse ?? testAccuracy;
  const counts = target.kind === "category" ? target.counts : [];
  const all = counts.reduce((sum, count) => sum + count, 0);
  // Only of a class that is rarer than others: weights would make the others count even less.
  const found = classes.flatMap(({ name, recall }, i) =>
    recall === null || (counts[i] ?? 0) * counts.length >= all ? [] : [{ name, recall }],
  );
  const worst = found.reduce<(typeof found)[number] | undefined>(
    (least, one) => (least && least.recall <= one.recall ? least : one),
    undefined,
  );
  return adviceFor({
    ...{ typed, file, out: saved, isNumber: target.kind === "number", trainScore, worst },
    // Without rows for the test, the verdict is that of the training rows.
    ...(judged !== undefined && {
      reached: { name: figure.name, train: figure.show(reached), test: figure.show(judged) },
    }),
    ...(prepared.asRow && { asRow: prepared.asRow }),
    ...{ diverged: trained.diverged, lr: built.lr, usualLr: defaultRate(options) },
    ...{ score: verdict.score, baseline: verdict.baseline, hidden: options.hidden, weightDecay: options.weightDecay },
    isCut: best !== undefined && best === built.epochs && reports.length === built.epochs,
    epochs: built.epochs,
    unweighted: options.classWeights === "none" && built.named.loss === "cross-entropy" && target.kind === "category",
    isSaved: built.begun.whole !== undefined,
    isFrom: options.from !== undefined,
  });
}
