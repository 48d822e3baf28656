import { type LoadedModel, losses, valueFor } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { replaceFile } from "@dlcc/io/node";
import { cpu, printable } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import type { Command } from "commander";
import { countExamples } from "../batches.ts";
import type { Context } from "../context.ts";
import { findDigits } from "../digits/find.ts";
import { judge } from "../digits/judge.ts";
import type { Schema } from "../table/column.ts";
import { importanceLines, importances } from "../table/importance.ts";
import { judgeTable, type Verdict } from "../table/judge.ts";
import { schemaOf } from "../table/model.ts";
import { shown } from "../table/names.ts";
import { splitOf } from "../table/origin.ts";
import { tablePicture } from "../table/picture.ts";
import { prepareTable } from "../table/prepare.ts";
import { confusionTable } from "../terminal/confusion.ts";
import { label, percent, thousands, title } from "../terminal/figures.ts";

interface EvalOptions {
  readonly data?: string;
  readonly svg?: string;
  readonly json?: boolean;
}

/** Adds `eval`. */
export function addEval(program: Command, { write }: Context): void {
  program
    .command("eval")
    .argument("<model>", "a file that dlcc train --out wrote")
    .argument("[csv]", "for a model of a table: rows with the target, to test it on")
    .summary("test a saved model on digits or on rows of a table")
    .description(
      "Runs a saved model on examples with known answers, and shows its accuracy, its loss and a confusion table; for numbers, its errors. " +
        "For a table also what guessing would give, and which columns the model depends on. On the very table that it was trained on, it is judged by the rows that were set aside for the test.\n\n" +
        "The digits are the test digits of dlcc train mnist: from --data, else from DLCC_MNIST_DIR, else from the cache, else the 2,000 that come with dlcc. Rows come from a CSV file.",
    )
    .option("--data <dir>", "a folder with the four MNIST files, plain or .gz; or embedded")
    .option("--svg <file>", "save a picture, for a table: predictions against the truth, or the confusion")
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText("after", "\nExamples:\n  dlcc eval model.safetensors\n  dlcc eval iris.safetensors more-irises.csv")
    .action(async (file: string, csv: string | undefined, options: EvalOptions) => {
      const loaded = await loadModel(file);
      const loss = valueFor(losses, loaded.loss);
      const schema = schemaOf(loaded);
      const judged = schema
        ? await onTable(loaded, schema, loss, csv, options)
        : await onDigits(loaded, loss, options, csv);
      const { architecture: model, parameters } = loaded;
      if (options.json) {
        const examples = { [`${judged.kind ?? "test"}Examples`]: judged.examples };
        const found = { file, model, parameters, dataset: judged.dataset, ...examples };
        write(JSON.stringify({ event: "done", ...found, loss: loaded.loss, ...judged.figures }));
        return;
      }
      write(title(`dlcc: judging ${file}`));
      write(label("data", judged.dataset, judged.reason));
      write(label("network", `${model}, ${thousands(parameters)} parameters`));
      write("");
      for (const line of judged.lines) write(line === "" ? "" : `  ${line}`);
    });
}

/** The outcome, and the data. */
interface Judged extends Pick<Verdict, "figures" | "lines"> {
  readonly dataset: string;
  readonly reason: string;
  readonly examples: number;
  /** Whether the model has learned from them. Default: test, it hasn't. */
  readonly kind?: "test" | "train";
}

async function onTable(
  loaded: LoadedModel,
  schema: Schema,
  loss: Loss,
  file: string | undefined,
  { svg }: EvalOptions,
): Promise<Judged> {
  const { target } = schema;
  if (file === undefined) {
    throw new Error(
      `${loaded.file} predicts ${shown(target.name)} from a table and needs a CSV file with its columns and ${shown(target.name)}, as in dlcc eval ${loaded.file} rows.csv`,
    );
  }
  const none = { target: target.name, ignore: [], categories: [], test: 0, seed: 1 };
  const split = await splitOf(file, loaded.facts.trainedOn);
  const { train, test, rows, dropped } = await prepareTable(file, { ...none, ...split }, schema);
  const part = test ?? train;
  const kind = split && !test ? "train" : "test";
  const { model } = loaded;
  const verdict = await judgeTable(part, { model, loss, target, backend: cpu, rows: kind });
  const importance = await importances(part, model, schema);
  if (svg !== undefined) await replaceFile(svg, await tablePicture(verdict, target));
  const left = dropped > 0 ? `, ${thousands(dropped)} more left out: they lack values` : "";
  return {
    figures: { ...verdict.figures, ...(dropped > 0 && { dropped }), importance },
    lines: [
      ...verdict.lines,
      "",
      ...importanceLines(importance, schema),
      ...(svg === undefined ? [] : ["", `the picture is in ${printable(svg)}`]),
    ],
    dataset: file,
    reason: `${reasonFor(rows, split === undefined ? undefined : countExamples(part), kind)}${left}`,
    examples: countExamples(part),
    kind,
  };
}

/** Which rows are judged. @param judged How many, of a table that the model was trained on. */
function reasonFor(rows: number, judged: number | undefined, kind: "test" | "train"): string {
  if (judged === undefined) return `${thousands(rows)} rows`;
  return kind === "train"
    ? `${thousands(rows)} rows, which it was trained on`
    : `${thousands(judged)} of ${thousands(rows)} rows, those of its test: it was trained on the others`;
}

async function onDigits(
  loaded: LoadedModel,
  loss: Loss,
  { data, svg }: EvalOptions,
  csv: string | undefined,
): Promise<Judged> {
  if (svg !== undefined)
    throw new Error(`--svg must go with a model of a table, got ${loaded.file}, which reads digits`);
  if (csv !== undefined)
    throw new Error(`${loaded.file} reads digits and takes no CSV file: --data names a folder of digits`);
  const { name: dataset, reason, test, size, classes: names } = await findDigits(data);
  const { file, model, classes, input } = loaded;
  const pixels = input.shape.reduce((product, n) => product * n, 1);
  if (pixels !== size[0] * size[1] || classes.length < names.length) {
    throw new Error(
      `${file}: the model must read the images of ${dataset}, ${size.join("×")} of ${names.length} classes, got an input of [${input.shape}] and ${classes.length} classes: --data names other images`,
    );
  }
  const {
    accuracy,
    loss: testLoss,
    confusion,
  } = await judge(test, {
    model,
    loss,
    classes: classes.length,
    input,
  });
  const examples = test.images.shape[0] ?? 0;
  const right = `${thousands(Math.round(accuracy * examples))} of ${thousands(examples)}`;
  return {
    dataset,
    reason,
    examples,
    figures: { testAccuracy: accuracy, testLoss, confusion },
    lines: [
      label("accuracy", percent(accuracy), right).trimStart(),
      label("loss", testLoss.toFixed(4), loaded.loss).trimStart(),
      "",
      ...confusionTable(confusion, classes).split("\n"),
    ],
  };
}
