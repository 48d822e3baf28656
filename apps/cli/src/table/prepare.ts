/**
 * Prepares a CSV file for training. It is read twice: what its columns are is found out first; then its fields become numbers,
 * rows are set aside, and the training rows are measured. A file that doesn't fit into memory has its numbers on disk.
 */
import { countOf, type ExampleSource } from "@dlcc/data";
import { type Cells, CellsInMemory, CellsOnDisk } from "./cells.ts";
import type { Column, Schema, Target } from "./column.ts";
import { placeText, readRows, TableError } from "./csv.ts";
import { Divider, type PartName, parts } from "./divide.ts";
import { fieldReader, type ReadField } from "./encode.ts";
import { type Plan, savedPlan } from "./evidence.ts";
import { type ColumnOptions, type LookedAt, type Reading, readColumn, readTarget } from "./kinds.ts";
import { Leaks } from "./leaks.ts";
import { asRow, lookAt, nameIn, namesOf, placeOf, refuseMissing, rowAbove, tableNotes } from "./look.ts";
import { type Filling, type Measure, measureOf } from "./measure.ts";
import { listed, shown, type Typed } from "./names.ts";
import { TableSource } from "./source.ts";

/** The options for a table. */
export interface TableOptions extends ColumnOptions {
  /** The column to predict. */
  readonly target: string;
  /** Columns to leave out. */
  readonly ignore: readonly string[];
  /** The rows to set aside for the test: a number, or a share below 1. */
  readonly test: number;
  /** The rows to set aside of the others, for validation. Default: none. */
  readonly validation?: number | undefined;
  /** With fewer rows than this for it, nothing is set aside for validation. Default: 0. */
  readonly fewestValidating?: number | undefined;
  readonly seed: number;
  /** What becomes of rows with missing values. Default: they are refused. */
  readonly missing?: Schema["missing"] | undefined;
  /** What fills missing numbers. Default: the median. */
  readonly fill?: Filling | undefined;
  /** Whether the first line names the columns. Default: true. */
  readonly header?: boolean | undefined;
  /** Whether the numbers are on disk, and not in memory. Default: false. */
  readonly onDisk?: boolean | undefined;
}

/** A prepared table. It must be closed. */
export interface Prepared {
  /** How many rows it has, without those that are left out. */
  readonly rows: number;
  /** How many rows are left out, as they have missing values. */
  readonly dropped: number;
  readonly schema: Schema;
  readonly train: ExampleSource;
  /** If rows were set aside. */
  readonly validation?: ExampleSource;
  readonly test?: ExampleSource;
  readonly columns: readonly Reading[];
  /** What seems to be wrong with the table as a whole. */
  readonly notes: readonly string[];
  /** If the first line looks like a row: the options that read it as one. */
  readonly asRow?: readonly Typed[];
  /** Columns that do not vary. */
  readonly constant: readonly string[];
  /** Why the target is what it is. */
  readonly reason: string;
  close(): Promise<void>;
}

/** How the table is read: its inputs, and the target last. */
interface Decided {
  readonly plans: readonly Plan[];
  readonly columns: readonly Reading[];
  readonly reason: string;
  readonly missing: Schema["missing"];
}

/**
 * Finds out what the columns are, sets rows aside, and turns all into numbers.
 *
 * @param saved The columns of a saved model, which then decide on kinds, names and means.
 * @throws {TableError} if a named column or a value is missing, or nothing can be learned.
 */
export async function prepareTable(file: string, options: TableOptions, saved?: Schema): Promise<Prepared> {
  const header = saved?.header ?? options.header ?? true;
  const text = saved ? textColumns([...saved.columns, saved.target]) : options.text;
  const table = await lookAt(file, { header, text });
  const decided = saved ? decideAs(saved, table) : decide(table, options);
  if (decided.missing === "refuse") {
    const used = decided.plans
      .map(({ name }) => table.columns[placeOf(table, name)])
      .filter((found) => found !== undefined);
    refuseMissing(table, [...used.slice(-1), ...used.slice(0, -1)], !saved);
  }
  const cells = options.onDisk ? new CellsOnDisk() : new CellsInMemory();
  try {
    const filled = new Filled(table, decided, options, cells, saved === undefined);
    await readRows(file, filled, { header });
    return finish(filled, table, decided, options, header, saved);
  } catch (error) {
    await cells.close();
    throw error;
  }
}

/** The columns in which a saved model takes names as they are written. */
export const textColumns = (columns: readonly Column[]): string[] =>
  columns.filter((column) => column.kind === "category" && column.match === "exact").map(({ name }) => name);

/** What the columns are, by their fields and the options. */
function decide(table: LookedAt, options: TableOptions): Decided {
  const target = nameIn(table, options.target);
  const ignore = namesOf(table, options.ignore);
  if (ignore.includes(target)) throw new TableError(`--ignore must leave the target, got ${shown(target)}`);
  const asked: ColumnOptions = { ...options, ...resolved(table, options) };
  const { missing = "refuse" } = options;
  const readings = table.columns.map((column): Reading => {
    if (column.name === target) return readTarget(column, table, asked);
    const reading = readColumn(column, table, asked);
    if (ignore.includes(column.name)) return { ...withoutPlan(reading), leftOut: "by option" };
    const empty = column.present === 0 && missing !== "refuse";
    return empty ? { ...withoutPlan(reading), leftOut: "no values" } : reading;
  });
  const problem = readings.find((reading) => reading.problem !== undefined)?.problem;
  if (problem !== undefined) throw new TableError(problem);
  const inputs = readings.filter(({ name, plan }) => plan && name !== target);
  const last = readings.find(({ name }) => name === target);
  const plans = [...inputs, last].flatMap((reading) => (reading?.plan ? [reading.plan] : []));
  if (inputs.length === 0) throw nothingToLearn(table.file, readings, []);
  const { reason = "" } = (last ?? {}) as { readonly reason?: string };
  return { plans, columns: readings, reason, missing };
}

const withoutPlan = ({ plan: _, problem: __, ...reading }: Reading): Reading => ({ ...reading, notes: [] });

/** The columns that options name, by their names in the file. */
export const resolved = (table: LookedAt, options: ColumnOptions): ColumnOptions => ({
  categories: namesOf(table, options.categories),
  text: namesOf(table, options.text),
  numbers: namesOf(table, options.numbers),
  dates: namesOf(table, options.dates),
});

/** What the columns are in a saved model. */
function decideAs(saved: Schema, table: LookedAt): Decided {
  const plans = [...saved.columns, saved.target].map((column) => {
    const evidence = table.columns[placeOf(table, column.name)];
    return evidence ? savedPlan(column, evidence, table.decimalComma) : column;
  });
  return { plans, columns: [], reason: "as --from has it", missing: saved.missing };
}

/** How many rows are read, and divided, together. */
const blockRows = 1024;

/** Receives the rows of the file. */
class Filled {
  readonly cells: Cells;
  /** How many rows of each block are in each part. */
  readonly blocks: Record<PartName, number>[] = [];
  readonly measures: readonly Measure[];
  readonly leaks: Leaks;
  rows = 0;
  dropped = 0;
  readonly #readers: readonly ReadField[];
  /** Where the columns are in a row. */
  readonly #places: readonly number[];
  readonly #dropping: boolean;
  readonly #divider: Divider;
  readonly #byClass: boolean;
  readonly #block: Float64Array;
  readonly #measuring: boolean;
  #seen = 0;

  constructor(table: LookedAt, { plans, missing }: Decided, options: TableOptions, cells: Cells, measuring: boolean) {
    const { file, rows } = table;
    this.cells = cells;
    this.#places = plans.map(({ name }) => placeOf(table, name));
    this.#readers = plans.map((plan) => fieldReader(plan, file));
    this.#dropping = missing === "drop";
    this.#block = new Float64Array(blockRows * plans.length);
    this.#measuring = measuring;
    this.leaks = new Leaks(plans);
    this.measures = plans.map((plan, i) => {
      const isTarget = i === plans.length - 1;
      const gaps = table.columns[this.#places[i] ?? 0]?.missing ?? 0;
      const fill = missing === "fill" && !isTarget ? { filling: options.fill ?? "median", missing: gaps } : undefined;
      return measureOf(plan, file, fill);
    });
    // To judge a saved model, one row is enough.
    const { test, validation } = measuring || options.test > 0 ? sharesOf(file, rows, options) : options;
    const target = plans.at(-1);
    this.#byClass = target?.kind === "category";
    this.#divider = new Divider(
      test,
      validation ?? 0,
      target?.kind === "category" ? target.values.length : 1,
      options.seed,
    );
  }

  header(): void {}

  row(fields: readonly string[], line: number): void {
    const row = this.#seen++;
    const place = (): string => placeText(row, line);
    const width = this.#readers.length;
    const start = (this.rows % blockRows) * width;
    let incomplete = false;
    for (let i = 0; i < width; i++) {
      const read = this.#readers[i] as ReadField;
      const cell = read(fields[this.#places[i] as number] ?? "", place);
      // A row without its target can't be learned from, whatever fills the others.
      if (Number.isNaN(cell) && (this.#dropping || i === width - 1)) incomplete = true;
      this.#block[start + i] = cell;
    }
    if (incomplete) {
      this.dropped++;
      return;
    }
    this.rows++;
    if (this.rows % blockRows === 0) this.#end(blockRows);
  }

  /** After the last row. */
  end(): void {
    if (this.rows % blockRows > 0) this.#end(this.rows % blockRows);
  }

  /** Divides a block, measures its training rows, and stores all: apart, so that one part is read without the others. */
  #end(count: number): void {
    const width = this.#readers.length;
    const block = this.#block;
    const classes = Int32Array.from({ length: count }, (_, row) =>
      this.#byClass ? (block[row * width + width - 1] as number) : 0,
    );
    const divided = this.#divider.divide(classes);
    for (const part of parts) {
      const cells = new Float64Array(divided[part].length * width);
      divided[part].forEach((row, i) => void cells.set(block.subarray(row * width, (row + 1) * width), i * width));
      this.cells.add(cells);
    }
    if (this.#measuring) {
      this.measures.forEach((measure, i) => {
        const column = Float64Array.from(divided.train, (row) => block[row * width + i] as number);
        measure.add(column.some(Number.isNaN) ? column.filter((cell) => !Number.isNaN(cell)) : column);
      });
      this.leaks.add(block, divided.train);
    }
    const [train, validation, test] = parts.map((part) => divided[part].length);
    this.blocks.push({ train: train ?? 0, validation: validation ?? 0, test: test ?? 0 });
  }
}

/** The shares of rows that are set aside. @throws {TableError} if too few are left. */
function sharesOf(
  file: string,
  rows: number,
  { test, validation: asked = 0, fewestValidating = 0 }: TableOptions,
): { readonly test: number; readonly validation: number } {
  if (rows < 2) throw new TableError(`${file} must have at least 2 rows, got ${rows}`);
  const count = (aside: number, of: number): number => (aside < 1 ? Math.round(aside * of) : aside);
  const tested = count(test, rows);
  const left = rows - tested;
  if (left < 2) {
    throw new TableError(
      `--test must leave at least 2 of the ${rows} rows of ${file} for training, got --test ${test}, which leaves ${left}`,
    );
  }
  const validation = count(asked, left) < fewestValidating ? 0 : asked;
  const validated = count(validation, left);
  if (left - validated < 2) {
    throw new TableError(
      `--validation must leave at least 2 of the ${left} rows of ${file} for training, got --validation ${validation}, which leaves ${left - validated}`,
    );
  }
  return { test: test < 1 ? test : test / rows, validation: validation < 1 ? validation : validation / left };
}

function finish(
  filled: Filled,
  table: LookedAt,
  decided: Decided,
  options: TableOptions,
  header: boolean,
  saved: Schema | undefined,
): Prepared {
  filled.end();
  const { file } = table;
  const { plans, columns: readings, reason, missing } = decided;
  const trained = filled.blocks.reduce((sum, { train }) => sum + train, 0);
  if (trained < 2 && filled.dropped > 0) {
    throw new TableError(
      `${file} must have at least 2 rows for training that have all values, got ${trained} of ${table.rows}: --missing fill keeps the others`,
    );
  }
  const names = plans.slice(0, -1).map(({ name }) => name);
  const measured = saved ? [...saved.columns] : filled.measures.slice(0, -1).map((measure) => measure.column());
  const target = saved?.target ?? filled.measures.at(-1)?.column();
  if (!target || target.kind === "date") throw sameEverywhere(table, options.target);
  const columns = measured.filter((column): column is Column => column !== undefined);
  const constant = names.filter((_, i) => !measured[i]);
  if (columns.length === 0) throw nothingToLearn(file, readings, constant);
  const schema: Schema = saved ?? { columns, target: target as Target, missing, header };
  // Constant columns have cells, too.
  const used = names.flatMap((_, i) => (measured[i] ? [i] : []));
  const source = new TableSource(filled.cells, filled.blocks, schema, plans.length, used);
  const [train, validation, test] = parts.map((part) => source.part(part)) as [
    ExampleSource,
    ExampleSource,
    ExampleSource,
  ];
  return {
    ...{ rows: filled.rows, dropped: filled.dropped, schema, columns: readings, constant, reason, train },
    notes: saved ? [] : [...tableNotes(table, header), ...filled.leaks.notes(table.header)],
    ...(!saved && header && rowAbove(table).length > 0 && { asRow: asRow(table, options) }),
    ...(countOf(validation) > 0 && { validation }),
    ...(countOf(test) > 0 && { test }),
    close: () => filled.cells.close(),
  };
}

/** The error for a table without inputs. @param constant The columns that are left out as they are. */
function nothingToLearn(file: string, readings: readonly Reading[], constant: readonly string[]): TableError {
  const out = readings.filter(({ leftOut }) => leftOut !== undefined && leftOut !== "by option");
  const found = [
    ...(constant.length > 0 ? [`only constant ones: ${listed(constant)}`] : []),
    ...out.slice(0, 3).map(({ name, leftOut }) => `${shown(name)}, which is left out (${leftOut})`),
  ];
  return new TableError(`${file} must have a column to learn from, got ${found.join("; ") || "only the target"}`);
}

/** The error for a target that does not vary. */
function sameEverywhere(table: LookedAt, name: string): TableError {
  const value = table.columns[placeOf(table, name)]?.first ?? "";
  return new TableError(
    `${table.file}: the target ${shown(name)} must vary, got ${shown(value)} in all training rows. Is it the right --target?`,
  );
}
