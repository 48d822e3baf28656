import type { LoadedModel } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { summary } from "@dlcc/layers";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import type { Column, Schema } from "../table/column.ts";
import { schemaOf } from "../table/model.ts";
import { listed, shown } from "../table/names.ts";
import { describeColumn } from "../table/report.ts";
import { label, percent, title, wrapped } from "../terminal/figures.ts";

interface SummaryOptions {
  readonly json?: boolean;
}

/** Adds `summary`. */
export function addSummary(program: Command, { write }: Context): void {
  program
    .command("summary")
    .argument("<model>", "a file that dlcc train --out wrote")
    .summary("show the layers of a saved model")
    .description("Shows the layers of a saved model, its parameters, and facts about its training.")
    .option("--json", "print one JSON object, and nothing else")
    .addHelpText("after", "\nExample:\n  dlcc summary model.safetensors")
    .action(async (file: string, { json }: SummaryOptions) => {
      const loaded = await loadModel(file);
      for (const line of json ? [asJson(loaded)] : asText(loaded)) write(line);
    });
}

/** The most characters of a fact, and the most values of a column, that are shown: --json has all. */
const [longest, mostValues] = [500, 200];

/** A line with its label, in 80 columns. */
const roomForColumns = 68;

const asJson = ({
  file,
  architecture,
  layers,
  parameters,
  input,
  classes,
  outputs,
  loss,
  facts,
}: LoadedModel): string =>
  JSON.stringify({
    event: "summary",
    file,
    model: architecture,
    layers,
    parameters,
    input,
    classes,
    outputs,
    loss,
    facts,
  });

function asText(loaded: LoadedModel): string[] {
  const { file, model, input, classes, outputs, loss, facts } = loaded;
  const { testAccuracy, dataset, epochs, seed, command, table: _, trainedOn: __, ...others } = facts;
  const schema = schemaOf(loaded);
  const known = (name: string, fact: string | undefined): string[] =>
    fact === undefined ? [] : [label(name, fact.slice(0, longest))];
  return [
    title(`dlcc: ${file}`),
    "",
    ...summary(model, input.shape)
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
    "",
    ...(schema
      ? schemaLines(schema)
      : [
          label("input", `[${input.shape.join(", ")}], from ${input.range[0]} to ${input.range[1]}`),
          label("outputs", `${outputs} for ${listed(classes)}`),
        ]),
    label("loss", loss),
    ...known("data", dataset),
    ...known("epochs", epochs),
    ...known("seed", seed),
    ...known(
      "accuracy",
      testAccuracy === undefined
        ? undefined
        : `${percent(Number(testAccuracy))} on the test ${schema ? "rows" : "digits"}`,
    ),
    ...known("made by", command),
    ...Object.entries(others).map(([name, fact]) => label(`${shown(name)} `, fact.slice(0, longest))),
  ];
}

/** The columns of a table that a model takes, one per line. */
function schemaLines({ columns, target }: Schema): string[] {
  const line = (name: string, column: Column): string[] =>
    wrapped(`${shown(column.name)}: ${describeColumn(column, mostValues)}`.split(" "), " ", roomForColumns).map(
      (text, i) => label(i === 0 ? name : "", text),
    );
  return [...columns.flatMap((column, i) => line(i === 0 ? "columns" : "", column)), ...line("target", target)];
}
