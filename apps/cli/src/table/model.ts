/** Saved models for tables: their schema, and their predictions. */
import { type LoadedModel, ModelFileError, scoreNames, scores } from "@dlcc/experiment";
import { slice, tidy, unrecorded } from "@dlcc/tensor";
import { largest } from "../largest.ts";
import { inputsOf, parseSchema, type Schema, widthOf } from "./column.ts";
import type { Csv } from "./csv.ts";
import { encodeInputs, inUnits } from "./encode.ts";
import { refuseMissing } from "./fields.ts";

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
  /** A name, or a number in units of the target. */
  readonly guess: string | number;
  /** One for each class; none for a number. */
  readonly scores: readonly number[];
}

/** The batch size of predictions. */
const chunk = 1000;

/** A model's predictions for the rows of a file. @throws {TableError} if a column or a value is missing or unknown. */
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
        const best = values.indexOf(largest(values));
        predictions.push({ guess: target.values[best] ?? "?", scores: values });
      }
    }
    rows.dispose();
  }
  inputs.dispose();
  return predictions;
}

/** The name of a model's scores. */
export const namedScores = (
  { outputs }: LoadedModel,
  { target }: Schema,
  { scores: values }: RowPrediction,
): Record<string, Record<string, number | undefined>> =>
  target.kind === "number"
    ? {}
    : { [scoreNames[outputs]]: Object.fromEntries(target.values.map((name, i) => [name, values[i]])) };
