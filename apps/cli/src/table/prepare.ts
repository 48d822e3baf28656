/** Prepares a CSV file for training: infers the kinds of columns, sets rows aside, and turns all into numbers. */
import type { Examples } from "@dlcc/data";
import { Generator, gather, permutation, type Tensor, tensor, tidy } from "@dlcc/tensor";
import type { Part } from "../batches.ts";
import { significant, thousands } from "../terminal/figures.ts";
import { type Column, inputsOf, type Schema } from "./column.ts";
import { type Csv, TableError } from "./csv.ts";
import { encodeInputs, encodeTarget } from "./encode.ts";
import { fieldsOf, placeOf, refuseMissing } from "./fields.ts";
import { type ColumnOptions, kindOf, measure, targetKindOf } from "./infer.ts";
import { listed, shown } from "./names.ts";

/** The options for a table. */
export interface TableOptions extends ColumnOptions {
  /** The column to predict. */
  readonly target: string;
  /** Columns to leave out. */
  readonly ignore: readonly string[];
  /** The rows to set aside for the test: a number, or a share below 1. */
  readonly test: number;
  readonly seed: number;
}

/** A prepared table. */
export interface Prepared {
  /** How many rows it has. */
  readonly rows: number;
  readonly schema: Schema;
  readonly train: Part;
  /** If rows were set aside. */
  readonly test?: Part;
  /** For people. */
  readonly details: Readonly<Record<string, string>>;
}

/**
 * Infers the kinds of columns, sets rows aside, and turns all into numbers.
 *
 * @param saved The columns of a saved model, which then decide on kinds, names and means.
 * @throws {TableError} if a named column or a value is missing, or nothing can be learned.
 */
export function prepareTable(csv: Csv, options: TableOptions, saved?: Schema): Prepared {
  if (saved) return prepareAs(saved, csv, options);
  const { target: targetName } = options;
  const inputNames = inputNamesOf(csv, options);
  refuseMissing(csv, [targetName, ...inputNames], "--ignore");
  const { kind, reason } = targetKindOf(csv, targetName, options);
  const { learned, tested } = divide(csv, options);
  const target = measure(csv, targetName, kind, learned);
  if (!target) throw sameEverywhere(csv.file, targetName, fieldsOf(csv, targetName)[0]);

  const measured = inputNames.map((name) => measure(csv, name, kindOf(csv, name, options), learned));
  const columns = measured.filter((column) => column !== undefined);
  const constant = inputNames.filter((_, i) => !measured[i]);
  if (columns.length === 0) throw nothingToLearn(csv.file, constant);
  const schema = { columns, target };
  return { ...encoded(csv, schema, { learned, tested }), details: detailsOf(schema, reason, options, constant) };
}

/** A table as a saved model reads it. */
function prepareAs(saved: Schema, csv: Csv, options: TableOptions): Prepared {
  const { columns, target } = saved;
  refuseMissing(csv, [target.name, ...columns.map(({ name }) => name)]);
  return { ...encoded(csv, saved, divide(csv, options)), details: detailsOf(saved, "as --from has it", options, []) };
}

/** Rows as a network takes them. */
function encoded(
  csv: Csv,
  schema: Schema,
  { learned, tested }: { readonly learned: Int32Array; readonly tested: Int32Array },
): Omit<Prepared, "details"> {
  const [inputs, targets] = [encodeInputs(csv, schema.columns), encodeTarget(csv, schema.target)];
  const at = (rows: Int32Array): Examples => {
    const pick = (values: Tensor): Tensor => tidy(() => gather(values, tensor(rows)));
    return { images: pick(inputs), labels: pick(targets) };
  };
  return { rows: csv.rows.length, schema, train: at(learned), ...(tested.length > 0 && { test: at(tested) }) };
}

/** The names of the inputs. @throws {TableError} if a column that an option names is missing, or the target is left out. */
export function inputNamesOf(csv: Pick<Csv, "file" | "header">, options: TableOptions): string[] {
  const { target, ignore, categories } = options;
  for (const name of [target, ...ignore, ...categories]) placeOf(csv, name);
  if (ignore.includes(target)) throw new TableError(`--ignore must leave the target, got ${shown(target)}`);
  return csv.header.filter((name) => name !== target && !ignore.includes(name));
}

/** The error for a table without inputs. @param constant The columns that are left out. */
export function nothingToLearn(file: string, constant: readonly string[]): TableError {
  const found = constant.length > 0 ? `only constant ones: ${listed(constant)}` : "only the target";
  return new TableError(`${file} must have a column to learn from, got ${found}`);
}

/** For people: what was made of the columns, and why. */
export const detailsOf = (
  { columns, target }: Schema,
  reason: string,
  { ignore }: TableOptions,
  constant: readonly string[],
): Readonly<Record<string, string>> => ({
  target: `${shown(target.name)}: ${describeTarget(target)} (${reason})`,
  inputs: describeColumns(columns),
  ...((ignore.length > 0 || constant.length > 0) && {
    "left out": listed([...ignore, ...constant.map((name) => `${name} (constant)`)]),
  }),
});

/** Training and test rows, at random. */
function divide({ file, rows }: Csv, { test, seed }: TableOptions): { learned: Int32Array; tested: Int32Array } {
  const count = test < 1 ? Math.round(test * rows.length) : test;
  const left = rows.length - count;
  if (rows.length < 2) throw new TableError(`${file} must have at least 2 rows, got ${rows.length}`);
  if (left < 2) {
    throw new TableError(
      `--test must leave at least 2 of the ${rows.length} rows of ${file} for training, got --test ${test}, which leaves ${left}`,
    );
  }
  const order = permutation(new Generator(seed), rows.length);
  return { learned: order.subarray(count), tested: order.subarray(0, count) };
}

/** The error for a target that does not vary. */
export const sameEverywhere = (file: string, name: string, value: string | undefined): TableError =>
  new TableError(
    `${file}: the target ${shown(name)} must vary, got ${shown(value ?? "")} in all training rows. Is it the right --target?`,
  );

const describeTarget = (target: Column): string =>
  target.kind === "number"
    ? `a number, ${significant(target.mean)} ± ${significant(target.standardDeviation)}`
    : `${target.values.length} classes`;

function describeColumns(columns: readonly Column[]): string {
  const counted = (n: number, one: string, many: string): string => `${thousands(n)} ${n === 1 ? one : many}`;
  const numbers = columns.filter(({ kind }) => kind === "number").length;
  const others = columns.length - numbers;
  const kinds = [
    ...(numbers > 0 ? [counted(numbers, "column of numbers", "columns of numbers")] : []),
    ...(others > 0 ? [counted(others, "of categories", "of categories")] : []),
  ];
  return `${kinds.join(", ")}: ${counted(inputsOf(columns), "input", "inputs")}`;
}
