/** Saved models for tables: their schema, and their predictions. */
import { type LoadedModel, ModelFileError, scoreNames, scores } from "@dlcc/experiment";
import { tensor, tidy, unrecorded } from "@dlcc/tensor";
import { largest } from "../largest.ts";
import { type Column, inputsOf, parseSchema, type Schema, widthOf } from "./column.ts";
import { placeText, readRows } from "./csv.ts";
import { fieldReader, inUnits, rowWriter } from "./encode.ts";
import { savedPlan } from "./evidence.ts";
import { lookAt, placeOf, refuseMissing } from "./look.ts";
import { shown } from "./names.ts";
import { textColumns } from "./prepare.ts";

/**
 * The columns of a model for tables; undefined if the model is for something else.
 *
 * @throws {ModelFileError} if the metadata has a `table` that is malformed, or doesn't fit the network.
 */
export function schemaOf({ file, facts, input, classes }: LoadedModel): Schema | undefined {
  if (facts.table === undefined) return undefined;
  const schema = parseSchema(facts.table);
  if (!schema) throw new ModelFileError(`${file}: "table" in the metadata must describe the columns of a table`);
  const [takes, gives] = [inputsOf(schema.columns), widthOf(schema.target)];
  if (takes === input.shape.reduce((product, n) => product * n, 1) && gives === classes.length) return schema;
  throw new ModelFileError(
    `${file}: the network must have ${takes} inputs and ${gives} outputs for the "table" in the metadata, got [${input.shape}] and ${classes.length}`,
  );
}

/** A model's prediction for a row. */
export interface RowPrediction {
  /** The line of the file in which the row ends. */
  readonly line: number;
  /** A name, or a number in units of the target; null if the row lacks a value that the model needs. */
  readonly guess: string | number | null;
  /** One for each class; none for a number. */
  readonly scores: readonly number[];
  /** The column that has no value, if there is no guess. */
  readonly lacks?: string;
}

/** The batch size of predictions. */
const chunk = 1000;

/** The rows of a file as a saved model reads them. */
interface Rows {
  /** The cells of the rows, one after the other. */
  readonly cells: number[];
  readonly lines: number[];
  /** The column without a value that is needed, by row. */
  readonly lacking: ReadonlyMap<number, string>;
}

async function readFor({ columns, missing, header }: Schema, file: string): Promise<Rows> {
  const table = await lookAt(file, { header, text: textColumns(columns) });
  const places = columns.map(({ name }) => placeOf(table, name));
  const found = columns.map((column: Column, i) => ({ column, evidence: table.columns[places[i] ?? 0] }));
  if (missing === "refuse")
    refuseMissing(
      table,
      found.flatMap(({ evidence }) => (evidence ? [evidence] : [])),
      false,
    );
  const readers = found.map(({ column, evidence }) =>
    fieldReader(evidence ? savedPlan(column, evidence, table.decimalComma) : column, file),
  );
  const cells: number[] = [];
  const lines: number[] = [];
  const lacking = new Map<number, string>();
  await readRows(
    file,
    {
      header() {},
      row(fields, line) {
        const row = lines.length;
        lines.push(line);
        readers.forEach((read, i) => {
          const cell = read(fields[places[i] ?? 0] ?? "", () => placeText(row, line));
          cells.push(cell);
          if (Number.isNaN(cell) && missing === "drop" && !lacking.has(row)) lacking.set(row, columns[i]?.name ?? "");
        });
      },
    },
    { header },
  );
  return { cells, lines, lacking };
}

/** A model's predictions for the rows of a file. @throws {TableError} if a column or a value is missing or unknown. */
export async function predictRows(
  { model, outputs }: LoadedModel,
  schema: Schema,
  file: string,
): Promise<RowPrediction[]> {
  const { columns, target } = schema;
  const { cells, lines, lacking } = await readFor(schema, file);
  const all = Float64Array.from(cells);
  const width = inputsOf(columns);
  const write = rowWriter(columns);
  const predictions: RowPrediction[] = [];
  for (let start = 0; start < lines.length; start += chunk) {
    const count = Math.min(chunk, lines.length - start);
    const x = new Float32Array(count * width);
    for (let row = 0; row < count; row++) {
      if (!lacking.has(start + row)) write(all, (start + row) * columns.length, x, row * width);
    }
    const found = unrecorded(() => tidy(() => scores(model.forward(tensor(x, { shape: [count, width] })), outputs)));
    ((await found.array()) as number[][]).forEach((values, i) => {
      const line = lines[start + i] ?? 0;
      const lacks = lacking.get(start + i);
      const [value = Number.NaN] = values;
      if (lacks !== undefined) predictions.push({ line, guess: null, scores: [], lacks });
      else if (target.kind === "number") predictions.push({ line, guess: inUnits(target, value), scores: [] });
      else predictions.push({ line, guess: target.values[values.indexOf(largest(values))] ?? "?", scores: values });
    });
    found.dispose();
  }
  return predictions;
}

/** The name of a model's scores. */
export const namedScores = (
  { outputs }: LoadedModel,
  { target }: Schema,
  { scores: values, lacks }: RowPrediction,
): Record<string, unknown> => {
  if (lacks !== undefined) return { lacks: shown(lacks) };
  return target.kind === "number"
    ? {}
    : { [scoreNames[outputs]]: Object.fromEntries(target.values.map((name, i) => [name, values[i]])) };
};
