import type { LoadedModel } from "@dlcc/experiment";
import { printable } from "@dlcc/tensor";
import pc from "picocolors";
import { largest, longest } from "../largest.ts";
import type { Schema } from "../table/column.ts";
import { namedScores, predictRows, type RowPrediction } from "../table/model.ts";
import { shown } from "../table/names.ts";
import { percent, significant } from "../terminal/figures.ts";

/** Shows a model's prediction for each row of a file. */
export async function predictTable(
  loaded: LoadedModel,
  schema: Schema,
  file: string,
  json: boolean | undefined,
  write: (line: string) => void,
): Promise<void> {
  const predictions = await predictRows(loaded, schema, file);
  if (json) {
    predictions.forEach((prediction, i) => {
      const where = { file, row: i + 1, line: prediction.line };
      const said = { guess: prediction.guess, ...namedScores(loaded, schema, prediction) };
      write(JSON.stringify({ event: "prediction", ...where, ...said }));
    });
    return;
  }
  write(pc.bold(printable(file)));
  const width = String(predictions.length).length;
  const { target } = schema;
  const unit = target.kind === "number" && target.unit !== undefined ? ` in ${shown(target.unit)}` : "";
  write(`  ${pc.dim(`${"row".padStart(width)}  ${shown(target.name)}${unit}`)}`);
  const guesses = predictions.map(guessText);
  const guessWidth = longest(guesses);
  predictions.forEach((prediction, i) => {
    const row = String(i + 1).padStart(Math.max(width, "row".length));
    const guess = guesses[i] ?? "";
    const sure = sureness(prediction);
    write(`  ${pc.dim(row)}  ${pc.bold(sure === "" ? guess : guess.padEnd(guessWidth))}${sure}`);
  });
}

/** A guess, or why there is none. */
function guessText({ guess, lacks }: RowPrediction): string {
  if (guess === null) return `- (no value in ${shown(lacks ?? "")})`;
  return typeof guess === "number" ? significant(guess) : shown(guess);
}

/** The network's confidence in its guess. */
const sureness = ({ scores }: RowPrediction): string =>
  scores.length === 0 ? "" : `  ${percent(largest(scores)).padStart("100.00 %".length)}`;
