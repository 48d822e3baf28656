import { summary } from "@dlcc/layers";
import type { Command } from "commander";
import { type LoadedModel, loadModel } from "../model-file.ts";
import { label, percent, title } from "../terminal/figures.ts";

interface SummaryOptions {
  readonly json?: boolean;
}

/** Adds `summary`. */
export function addSummary(program: Command, write: (line: string) => void): void {
  program
    .command("summary")
    .argument("<model>", "a file that dlcc train mnist --out wrote")
    .summary("show what a saved model is made of")
    .description("Shows the layers of a saved model, its parameters, and how it came to be.")
    .option("--json", "one JSON object, and nothing else")
    .addHelpText("after", "\nExample:\n  dlcc summary model.safetensors")
    .action(async (file: string, { json }: SummaryOptions) => {
      const loaded = await loadModel(file);
      for (const line of json ? [asJson(loaded)] : asText(loaded)) write(line);
    });
}

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
  const { testAccuracy, dataset, epochs, seed, command, ...others } = facts;
  const known = (name: string, fact: string | undefined): string[] => (fact === undefined ? [] : [label(name, fact)]);
  return [
    title(`dlcc: ${file}`),
    "",
    ...summary(model, input.shape)
      .split("\n")
      .map((line) => `  ${line}`.trimEnd()),
    "",
    label("input", `[${input.shape.join(", ")}], from ${input.range[0]} to ${input.range[1]}`),
    label("outputs", `${outputs} for ${classes.join(", ")}`),
    label("loss", loss),
    ...known("data", dataset),
    ...known("epochs", epochs),
    ...known("seed", seed),
    ...known(
      "accuracy",
      testAccuracy === undefined ? undefined : `${percent(Number(testAccuracy))} on the test digits`,
    ),
    ...known("made by", command),
    ...Object.entries(others).map(([name, fact]) => label(`${name} `, fact)),
  ];
}
