import type { LoadedModel } from "@dlcc/experiment";
import { printable } from "@dlcc/tensor";
import pc from "picocolors";
import { largest, longest } from "../largest.ts";
import type { Schema } from "../table/column.ts";
import { readCsv } from "../table/csv.ts";
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
  const csv = await readCsv(file);
  const predictions = await predictRows(loaded, schema, csv);
  if (json) {
    predictions.forEach((prediction, i) => {
      const where = { file, row: i + 1, line: csv.lines[i] };
      const said = { guess: prediction.guess, ...namedScores(loaded, schema, prediction) };
      write(JSON.stringify({ event: "prediction", ...where, ...said }));
    });
    return;
  }
  write(pc.bold(printable(file)));
  const width = String(predictions.length).length;
  write(`  ${pc.dim(`${"row".padStart(width)}  ${shown(schema.target.name)}`)}`);
  const guesses = predictions.map(({ guess }) => (typeof guess === "number" ? significant(guess) : shown(guess)));
  const guessWidth = longest(guesses);
  predictions.forEach((prediction, i) => {
    const row = String(i + 1).padStart(Math.max(width, "row".length));
    const guess = guesses[i] ?? "";
    const sure = sureness(prediction);
    write(`  ${pc.dim(row)}  ${pc.bold(sure === "" ? guess : guess.padEnd(guessWidth))}${sure}`);
  });
}

/** The network's confidence in its guess. */
const sureness = ({ scores }: RowPrediction): string =>
  scores.length === 0 ? "" : `  ${percent(largest(scores)).padStart("100.00 %".length)}`;
