/** Saved models for tables: their schema, and what they say of rows. */
import { type LoadedModel, ModelFileError, scoreNames, scores } from "@dlcc/experiment";
import { slice, tidy, unrecorded } from "@dlcc/tensor";
import { inputsOf, parseSchema, type Schema, widthOf } from "./column.ts";
import type { Csv } from "./csv.ts";
import { encodeInputs, inUnits } from "./encode.ts";
import { refuseMissing } from "./fields.ts";

/**
 * What a model makes of a table; undefined if it is for something else.
 *
 * @throws {ModelFileError} if the file says that it is for a table, but not, or wrongly, for which.
 */
export function schemaOf({ file, facts, input, classes }: LoadedModel): Schema | undefined {
  if (facts.table === undefined) return undefined;
  const schema = parseSchema(facts.table);
  if (!schema) throw new ModelFileError(`${file}: "table" in its metadata is no description of a table's columns`);
  const [takes, gives] = [inputsOf(schema.columns), widthOf(schema.target)];
  if (takes === input.shape.reduce((product, n) => product * n, 1) && gives === classes.length) return schema;
  throw new ModelFileError(
    `${file}: "table" in its metadata makes ${takes} inputs and ${gives} outputs, and the network has [${input.shape}] and ${classes.length}`,
  );
}

/** What a model says of a row. */
export interface RowPrediction {
  /** A name, or a number in the unit of the target. */
  readonly guess: string | number;
  /** One for each class; of a number none. */
  readonly scores: readonly number[];
}

/** Rows at a time. */
const chunk = 1000;

/** What a model says of each row of a file. @throws {TableError} if a column or a value is missing, or is not known. */
export async function predictRows({ model, outputs }: LoadedModel, schema: Schema, csv: Csv): Promise<RowPrediction[]> {
  const { columns, target } = schema;
  refuseMissing(
    csv,
    columns.map(({ name }) => name),
  );
  const inputs = encodeInputs(csv, columns);
  const predictions: RowPrediction[] = [];
  for (let start = 0; start < csv.rows.length; start += chunk) {
    const rows = unrecorded(() => tidy(() => scores(model.forward(slice(inputs, [start, start + chunk])), outputs)));
    for (const values of (await rows.array()) as number[][]) {
      const [value = Number.NaN] = values;
      if (target.kind === "number") predictions.push({ guess: inUnits(target, value), scores: [] });
      else {
        const best = values.indexOf(Math.max(...values));
        predictions.push({ guess: target.values[best] ?? "?", scores: values });
      }
    }
    rows.dispose();
  }
  inputs.dispose();
  return predictions;
}

/** What the scores of a model are called, by class. */
export const namedScores = (
  { outputs }: LoadedModel,
  { target }: Schema,
  { scores: values }: RowPrediction,
): Record<string, Record<string, number | undefined>> =>
  target.kind === "number"
    ? {}
    : { [scoreNames[outputs]]: Object.fromEntries(target.values.map((name, i) => [name, values[i]])) };
