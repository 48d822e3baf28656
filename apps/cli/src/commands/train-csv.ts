import { stat } from "node:fs/promises";
import path from "node:path";
import {
  architecture,
  buildNetwork,
  buildOptimizer,
  type LoadedModel,
  losses,
  type ModelUse,
  optimizers,
  pick,
  valueFor,
} from "@dlcc/experiment";
import { countParameters } from "@dlcc/layers";
import { mse } from "@dlcc/losses";
import { printable } from "@dlcc/tensor";
import { accuracy } from "@dlcc/train";
import { type Command, InvalidArgumentError, Option } from "commander";
import { countExamples, setAside } from "../batches.ts";
import { optionsOfRun } from "../checkpoints.ts";
import { commandLine } from "../command-line.ts";
import type { Context } from "../context.ts";
import { open } from "../network/backends.ts";
import { addTransferOptions, type Beginning, begin, savedFor, type TransferOptions } from "../network/transfer.ts";
import { notNegative } from "../options.ts";
import { type Column, inputsOf, type NumberColumn, type Schema } from "../table/column.ts";
import { readCsv, TableError } from "../table/csv.ts";
import { judgeTable } from "../table/judge.ts";
import { formulaLines, formulaOf } from "../table/line.ts";
import { schemaOf } from "../table/model.ts";
import { listed, shown } from "../table/names.ts";
import { type Prepared, prepareTable, type TableOptions } from "../table/prepare.ts";
import { type StreamedTable, streamTable } from "../table/stream.ts";
import { significant, thousands } from "../terminal/figures.ts";
import { accuracyFigure, type Figure, openReporter, type Start } from "../terminal/reporter.ts";
import { checkFiles, openSave } from "./save.ts";
import { bestLine, runTraining } from "./training.ts";
import { addTrainingOptions, type SettledOptions } from "./training-options.ts";

/** The options, as the parser gives them. */
interface CsvOptions extends SettledOptions, TableOptions, TransferOptions {
  readonly seed: number;
  readonly activation: string;
  /** Whether the options choose a network. */
  readonly chosen: boolean;
}

/** The options before the target has been checked. */
type TypedOptions = Omit<CsvOptions, "target" | "chosen"> & { readonly target?: string };

/** Names of columns, separated by commas. */
const names = (text: string): string[] => text.split(",").map((name) => name.trim());

/** A number of rows, or a share of them. */
function aside(text: string): number {
  const value = notNegative(text);
  if (value >= 1 && !Number.isInteger(value))
    throw new InvalidArgumentError("It must be a share below 1, or a whole number.");
  return value;
}

/** Adds `train csv`. */
export function addTrainCsv(train: Command, { write, exit, complain, typed }: Context): void {
  const command = train
    .command("csv")
    .summary("learn from your own table")
    .description(
      "Trains a network to predict one column of a CSV file from the others: a number (regression) or a name (classification).\n\n" +
        "Numbers are standardized; each name becomes an input. The first line names the columns.",
    )
    .usage("<file> --target <column> [options]")
    .argument("[file]", "a CSV file in UTF-8; commas, semicolons, tabs or bars between the fields")
    .option("--target <column>", "the column to predict; required")
    .addOption(
      new Option("--task <task>", "the kind of target (default: inferred from its values)").choices([
        "regression",
        "classification",
      ]),
    )
    .addOption(
      new Option("--categories <columns>", "columns whose numbers are names").argParser(names).default([], "none"),
    )
    .addOption(new Option("--ignore <columns>", "columns to leave out").argParser(names).default([], "none"))
    .option("--test <n>", "rows to set aside for the test: a number, or a share below 1", aside, 0.2);
  addTrainingOptions(command, {
    hidden: 32,
    activation: "relu",
    optimizer: "adam",
    loss: { about: "cross-entropy for names, mse for numbers" },
    init: { about: "he for relu, else xavier; zero if none hidden" },
    epochs: "enough for 1,000 steps, from 5 to 300",
    examples: "training rows",
  });
  addTransferOptions(command);
  command
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  dlcc train csv iris.csv --target species --out iris.safetensors",
        "  dlcc train csv more.csv --target species --from iris.safetensors",
        "  dlcc train csv houses.csv --target price --hidden none   # linear regression",
      ].join("\n"),
    )
    .action(async (named: string | undefined, typedOptions: TypedOptions) => {
      const chosen = command.getOptionValueSource("hidden") === "cli";
      const run = await optionsOfRun(command, { ...typedOptions, chosen }, typed, named);
      const { file } = run;
      if (file === undefined) {
        command.error("error: missing required argument 'file'", { code: "commander.missingArgument" });
        return;
      }
      // Not checked by the parser, whose error would name neither a mistyped option nor the columns of the file.
      const { target, ...options } = run.options;
      if (target === undefined) throw new TableError(await withoutTarget(file));
      const onTrouble = (error: Error): void => {
        complain(error);
        exit(1);
      };
      exit(await trainCsv(file, { ...options, target }, write, run.typed, onTrouble));
    });
}

/** The message if `--target` is missing. */
async function withoutTarget(file: string): Promise<string> {
  const { header } = await readCsv(file);
  return `--target COLUMN must name the column to predict, got none. ${file} has ${listed(header)}`;
}

/**
 * Measured on Fisher's irises and on 100,000 rows of a noisy sum, over five seeds: after this many steps the test loss
 * falls no further, and a network with hidden layers begins to overfit small tables.
 */
const usualSteps = 1000;
const [fewestEpochs, mostEpochs] = [5, 300];

const defaultEpochs = (stepsPerEpoch: number): number =>
  Math.min(mostEpochs, Math.max(fewestEpochs, Math.ceil(usualSteps / stepsPerEpoch)));

/** Adam's learning rates for the steps above. The cost of a single layer is a smooth bowl, which allows larger steps. */
const [usualRate, linearRate] = [0.005, 0.03];

const defaultRate = ({ optimizer, hidden }: CsvOptions): number => {
  if (optimizer !== "adam") return pick(optimizers, optimizer).lr;
  return hidden.length === 0 ? linearRate : usualRate;
};

/** The loss that suits the target. @throws {TableError} if `--loss` is for classes and the target is a number. */
function lossFor(target: Column, named: string | undefined): string {
  if (target.kind === "category") return named ?? "cross-entropy";
  const forClasses = (name: string): boolean => {
    const { output, outputs } = pick(losses, name);
    return output !== undefined || outputs !== "activations";
  };
  if (named === undefined || !forClasses(named)) return named ?? "mse";
  const others = losses.map(({ name }) => name).filter((name) => !forClasses(name));
  throw new TableError(
    `--loss must be one of ${others.join(", ")} for a number such as ${shown(target.name)}, got ${named}`,
  );
}

const initFor = ({ hidden, activation }: CsvOptions): string => {
  if (hidden.length === 0) return "zero";
  return activation === "relu" ? "he" : "xavier";
};

/** The root mean square error, in the target's own unit. */
const errorFigure = ({ standardDeviation }: NumberColumn): Figure => ({
  name: "rmse",
  of: ({ squaredError }) => Math.sqrt(squaredError ?? Number.NaN) * standardDeviation,
  show: significant,
});

/** A network for a table, and everything that trains it. */
async function build({ schema, train }: Prepared, options: CsvOptions, from: LoadedModel | undefined) {
  const { target } = schema;
  const { backend, title } = await open(options.backend, options.threads);
  const outputs = target.kind === "number" ? 1 : target.values.length;
  const sizes = { inputs: inputsOf(schema.columns), hidden: options.hidden, outputs };
  const named = { loss: lossFor(target, options.loss ?? from?.loss), init: options.init ?? initFor(options) };
  const begun: Beginning = await begin(
    { ...options, ...named },
    from,
    () => buildNetwork({ ...options, ...named, ...sizes }),
    {
      chosen: options.chosen,
      inputs: sizes.inputs,
      classes: outputs,
    },
  );
  const model = await begun.model.to(backend);
  const lr = options.lr ?? defaultRate(options);
  const parts = setAside(train, options.validation, options.seed);
  const stepsPerEpoch = Math.ceil(countExamples(parts.train) / options.batchSize);
  const epochs = options.epochs ?? defaultEpochs(stepsPerEpoch);
  const optimizer = buildOptimizer(model, { ...options, lr, epochs, steps: epochs * stepsPerEpoch });
  return { backend, title, sizes, named, begun, model, lr, ...parts, stepsPerEpoch, epochs, optimizer };
}

/** The figures that the model file has. */
const factsOf = (figures: Readonly<Record<string, unknown>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(figures).flatMap(([name, value]) => (typeof value === "number" ? [[name, String(value)]] : [])),
  );

/** What to try next. */
function adviceFor(file: string, { target, out, hidden, test }: CsvOptions): string[] {
  const train = `dlcc train csv ${commandLine([file])} --target ${commandLine([target])}`;
  const next =
    out === undefined
      ? { typed: `${train} --out model.safetensors`, why: "keep the model" }
      : { typed: `dlcc predict ${commandLine([out, file])}`, why: "its prediction for each row" };
  const other =
    hidden.length > 0
      ? { typed: `${train} --hidden none`, why: "compare with a plain weighted sum" }
      : { typed: `${train} --hidden 32`, why: "curves, not only straight lines" };
  const rows = { typed: `${train} --seed 2`, why: "other test rows" };
  return [next, other, ...(test > 0 ? [rows] : [])].flatMap(({ typed, why }) => [typed, `  ${why}`]);
}

/** Trains, and reports the outcome. @param typed The command, for the model file. @returns The exit code. */
async function trainCsv(
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
    await prepared.close?.();
  }
}

/** From this size on a file is read in parts: as text it takes ten times as much memory, and more. */
const largeFile = 64 * 2 ** 20;

/** The columns of a saved model. @throws {TableError} if it predicts something else than the target. */
function savedSchema(from: LoadedModel, target: string): Schema {
  const schema = schemaOf(from);
  if (!schema) throw new TableError(`--from must name a model of dlcc train csv, got ${from.file}, which reads images`);
  if (schema.target.name === target) return schema;
  throw new TableError(
    `--from must name a model that predicts ${shown(target)}, got ${from.file}, which predicts ${shown(schema.target.name)}`,
  );
}

/** A table in memory or, if it is large, on disk. @param saved The columns of a saved model, which then decide on all of them. */
async function prepareFile(
  file: string,
  options: CsvOptions,
  saved: Schema | undefined,
): Promise<Prepared & Partial<StreamedTable>> {
  const size = await stat(file).then(
    (found) => found.size,
    () => 0, // Reading it will say why.
  );
  if (saved && options.stream) {
    throw new TableError("--from must have the whole table in memory, got --stream: leave one of the two out");
  }
  if (saved || !(options.stream ?? size > largeFile)) return prepareTable(await readCsv(file), options, saved);
  if (!options.json && size > largeFile)
    console.error(`reading ${printable(file)} once, ${thousands(Math.round(size / 1e6))} MB`);
  return streamTable(file, options);
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
  const paths = options.from === undefined ? {} : { from: path.resolve(options.from) };
  const begun = { what: ["csv", path.resolve(file)], typed, paths };
  const identity = { frozen: options.freeze };
  const { schema, test, details } = prepared;
  const { target } = schema;
  if (target.kind === "number" && options.bestBy === "accuracy") {
    throw new TableError(`--best-by must be loss for a number such as ${shown(target.name)}, got accuracy`);
  }
  const built = await build(prepared, options, from);
  const { model, backend, sizes, named } = built;
  const { whole, facts: origin } = built.begun;
  const { outputs } = pick(losses, named.loss);
  const loss = valueFor(losses, named.loss);
  const figure = target.kind === "number" ? errorFigure(target) : accuracyFigure;
  const reporter = openReporter(options.json, write, figure);
  const start: Start = {
    dataset: path.basename(file),
    reason: `${thousands(prepared.rows)} rows`,
    details,
    model: whole?.architecture ?? architecture(sizes),
    parameters: countParameters(model),
    backend: built.title,
    trainExamples: countExamples(built.train),
    validationExamples: options.validation,
    testExamples: test ? countExamples(test) : 0,
    epochs: built.epochs,
    stepsPerEpoch: built.stepsPerEpoch,
    settings: {
      ...origin,
      ...(options.hidden.length > 0 && !whole && { activation: options.activation }),
      loss: named.loss,
      optimizer: options.optimizer,
      lr: built.lr,
      schedule: options.schedule,
      "batch size": options.batchSize,
      epochs: built.epochs,
      ...(options.weightDecay > 0 && { "weight decay": options.weightDecay }),
      ...(options.dropout > 0 && { dropout: options.dropout }),
      ...(!whole && { init: named.init }),
      seed: options.seed,
    },
  };
  const use: ModelUse = {
    input: { shape: [sizes.inputs], range: [-1, 1] },
    classes: target.kind === "number" ? [target.name] : target.values,
    outputs,
    loss: named.loss,
  };
  const facts = { table: JSON.stringify(schema), dataset: start.dataset, seed: String(options.seed), command: typed };
  const save = await openSave({ out, model, use, facts }, onTrouble);
  try {
    reporter.start(start);
    const metrics = target.kind === "number" ? { squaredError: mse } : { accuracy };
    const { train } = built;
    const run = { ...built, options, begun, identity, loss, lossName: named.loss, metrics, save, reporter };
    const trained = await runTraining(run);
    if ("exitCode" in trained) return trained.exitCode;
    const rows = test ? "test" : "train";
    const { figures, lines } = await judgeTable(test ?? train, { model, loss, target, backend, rows });
    const formula = await formulaOf(model, schema);
    const saved = await save({ ...trained.facts, ...factsOf(figures) });
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
      },
      [...lines, ...bestLine(trained, built.epochs), ...(formula ? ["", ...formulaLines(formula, target.name)] : [])],
      adviceFor(file, options),
    );
    return 0;
  } finally {
    reporter.close();
  }
}
