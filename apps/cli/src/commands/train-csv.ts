import { type Command, InvalidArgumentError, Option } from "commander";
import { optionsOfRun } from "../checkpoints.ts";
import type { Context } from "../context.ts";
import { addTransferOptions, type TransferOptions } from "../network/transfer.ts";
import { notNegative } from "../options.ts";
import { usualHidden } from "../table/advice.ts";
import { TableError } from "../table/csv.ts";
import type { ColumnOptions } from "../table/kinds.ts";
import { lookAt } from "../table/look.ts";
import { listed, namesIn } from "../table/names.ts";
import type { TableOptions } from "../table/prepare.ts";
import { trainTable } from "./train-table.ts";
import { addTrainingOptions, type SettledOptions } from "./training-options.ts";

/** The options, as the parser gives them. */
export interface CsvOptions extends SettledOptions, Omit<TableOptions, "validation">, TransferOptions {
  readonly seed: number;
  readonly activation: string;
  readonly classWeights: "none" | "balanced";
  readonly svg?: string;
  /** Whether the options choose a network. */
  readonly chosen: boolean;
}

/** The options before the target has been checked. */
type TypedOptions = Omit<CsvOptions, "target" | "chosen"> & { readonly target?: string };

/** A number of rows, or a share of them. */
function aside(text: string): number {
  const value = notNegative(text);
  if (value >= 1 && !Number.isInteger(value))
    throw new InvalidArgumentError("It must be a share below 1, or a whole number.");
  return value;
}

/** Adds the options that say what columns are. */
export function addColumnOptions(command: Command): void {
  const columns = (flag: string, about: string): void =>
    void command.addOption(new Option(`${flag} <columns>`, about).argParser(namesIn).default([], "none"));
  columns("--categories", "columns of names, also where they are numbers or differ in every row");
  columns("--text", "columns of names that are taken as they are written, capitals and all");
  columns("--numbers", "columns of numbers, also where they have leading zeros or only number the rows");
  columns("--dates", "columns of dates, such as 20240305");
  command
    .option("--day-first", "3/4/2024 is the 3rd of April (default: the column tells; else the 4th of March)")
    .option("--no-header", "the first line is a row; the columns are called column 1, column 2, ...");
}

/** The options of {@link addColumnOptions}, as the parser gives them. */
export interface ColumnFlags extends ColumnOptions {
  readonly header: boolean;
}

/** Adds `train csv`. */
export function addTrainCsv(train: Command, { write, exit, complain, typed }: Context): void {
  const command = train
    .command("csv")
    .summary("learn from your own table")
    .description(
      "Trains a network to predict one column of a CSV file from the others: a number (regression) or a name (classification).\n\n" +
        "It says first what it makes of each column, what looks suspicious, and how to say otherwise; dlcc data look does that alone. " +
        "Columns are named by their names in the first line, or by their place, as in 'column 3'; several are separated by commas.",
    )
    .usage("<file> --target <column> [options]")
    .argument("[file]", "a CSV file in UTF-8; commas, semicolons, tabs or bars between the fields")
    .option("--target <column>", "the column to predict; required")
    .addOption(
      new Option("--task <task>", "the kind of target (default: inferred from its values)").choices([
        "regression",
        "classification",
      ]),
    );
  addColumnOptions(command);
  command
    .addOption(new Option("--ignore <columns>", "columns to leave out").argParser(namesIn).default([], "none"))
    .addOption(
      new Option(
        "--missing <way>",
        "rows with missing values: refuse them, drop them, or fill the gaps with --fill or the commonest name; an input for each column with gaps says where",
      )
        .choices(["refuse", "drop", "fill"])
        .default("refuse"),
    )
    .addOption(
      new Option("--fill <number>", "what fills missing numbers").choices(["median", "mean"]).default("median"),
    )
    .addOption(
      new Option("--class-weights <weights>", "how much classes count: all rows the same, or all classes the same")
        .choices(["none", "balanced"])
        .default("none"),
    )
    .option("--test <n>", "rows to set aside for the test: a number, or a share below 1", aside, 0.2)
    .option("--svg <file>", "save a picture: predictions against the truth, or the confusion");
  addTrainingOptions(command, {
    hidden: usualHidden,
    activation: "relu",
    optimizer: "adam",
    loss: { about: "cross-entropy for names, mse for numbers" },
    init: { about: "he for relu, else xavier; zero if none hidden" },
    schedule: { about: "constant where the validation ends the run; else linear" },
    epochs: "until the validation finds no better one; without, enough for 1,000 steps",
    examples: "training rows",
    validation: {
      about:
        "training rows to set aside, to validate each epoch: a number, or a share below 1 (default: a tenth, if that is 30 rows or more; none with --epochs or --hidden none)",
      parse: aside,
    },
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
        "  dlcc train csv houses.csv --target price --missing fill --ignore 'column 7'",
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
      if (target === undefined) throw new TableError(await withoutTarget(file, options.header));
      const onTrouble = (error: Error): void => {
        complain(error);
        exit(1);
      };
      exit(await trainTable(file, { ...options, target }, write, run.typed, onTrouble));
    });
}

/** The message if `--target` is missing. */
async function withoutTarget(file: string, hasHeader: boolean | undefined): Promise<string> {
  const { header } = await lookAt(file, { header: hasHeader ?? true });
  return `--target COLUMN must name the column to predict, got none. ${file} has ${listed(header)}`;
}
