/**
 * Prepares a CSV file that need not fit into memory. It is read once: what its columns are is inferred on the way, the statistics are
 * those of the training rows, and the numbers go to a file of their own, from which each epoch reads them.
 *
 * Of a file of one block, all is as `prepareTable` has it, to the last bit.
 */
import { countOf, type ExampleBlock, type ExampleSource, partsOfSource } from "@dlcc/data";
import { Generator, permutation, type TypedArray } from "@dlcc/tensor";
import { Cells } from "./cells.ts";
import { type Column, inputsOf, widthOf } from "./column.ts";
import { ColumnScan } from "./column-scan.ts";
import { placeText, readRows, TableError } from "./csv.ts";
import { MissingValues, placeOf } from "./fields.ts";
import { kindFrom, targetKindFrom } from "./infer.ts";
import {
  detailsOf,
  inputNamesOf,
  nothingToLearn,
  type Prepared,
  sameEverywhere,
  type TableOptions,
} from "./prepare.ts";

/** How many rows are read, and shuffled apart, together. */
const blockRows = 1024;

/** A block of rows: how many are for training, and how many are set aside for the test. */
interface Counts {
  readonly train: number;
  readonly test: number;
}

/** Which of the blocks of cells has the rows of one kind: those for training come first. */
const placeInCells = (block: number, kind: keyof Counts): number => 2 * block + (kind === "train" ? 0 : 1);

/** Receives the rows of the file. */
class TableScan {
  readonly #file: string;
  readonly #options: TableOptions;
  readonly cells: Cells = new Cells();
  readonly blocks: Counts[] = [];
  missing: MissingValues | undefined;
  scans: ColumnScan[] = [];
  /** Where the columns are in a row. */
  #places: number[] = [];
  #rows = 0;
  /** The block that is being filled, row by row. */
  #filling: Float64Array = new Float64Array(0);

  constructor(file: string, options: TableOptions) {
    this.#file = file;
    this.#options = options;
  }

  header(header: readonly string[], decimalComma: boolean): void {
    const table = { file: this.#file, header };
    const names = [...inputNamesOf(table, this.#options), this.#options.target];
    this.#places = names.map((name) => placeOf(table, name));
    this.missing = new MissingValues(this.#file, [...names.slice(-1), ...names.slice(0, -1)]);
    const { categories, task, target } = this.#options;
    this.scans = names.map((name) => {
      const byOption = categories.includes(name) || (name === target && task === "classification");
      return new ColumnScan(this.#file, name, decimalComma, byOption);
    });
    this.#filling = new Float64Array(blockRows * names.length);
  }

  row(fields: readonly string[], line: number): void {
    const place = (): string => placeText(this.#rows, line);
    const start = (this.#rows % blockRows) * this.scans.length;
    for (const [i, scan] of this.scans.entries()) {
      const field = fields[this.#places[i] as number] ?? "";
      const isMissing = this.missing?.see(field, scan.name, place);
      this.#filling[start + i] = isMissing ? Number.NaN : scan.cell(field, place);
    }
    this.#rows++;
    if (this.#rows % blockRows === 0) this.#end(blockRows);
  }

  /** After the last row. */
  end(): void {
    if (this.#rows % blockRows > 0) this.#end(this.#rows % blockRows);
  }

  /** Chooses the test rows of a block, measures the others, and stores all. */
  #end(count: number): void {
    const { seed, test: share } = this.#options;
    const aside = (rows: number): number => Math.round(share * rows);
    const test = aside(this.#rows) - aside(this.#rows - count);
    const order = permutation(new Generator(seed, this.blocks.length), count);
    const rows = [...order.subarray(test), ...order.subarray(0, test)];
    const width = this.scans.length;
    const block = new Float64Array(count * width);
    rows.forEach((row, i) => void block.set(this.#filling.subarray(row * width, (row + 1) * width), i * width));
    for (const [i, { moments }] of this.scans.entries()) {
      moments.add(Float64Array.from({ length: count - test }, (_, row) => block[row * width + i] as number));
    }
    // Apart, so that one kind is read without the other.
    this.cells.add(block.subarray(0, (count - test) * width));
    this.cells.add(block.subarray((count - test) * width));
    this.blocks.push({ train: count - test, test });
  }
}

/** A table on disk. It must be closed. */
export interface StreamedTable extends Prepared {
  close(): Promise<void>;
}

/**
 * Prepares a CSV file as `prepareTable` does, for examples that are read in parts.
 *
 * @throws {TableError} as `readCsv` and `prepareTable` do, and if the rows to set aside are not given as a share.
 */
export async function streamTable(file: string, options: TableOptions): Promise<StreamedTable> {
  if (options.test >= 1) {
    throw new TableError(
      `--test must be a share below 1 for a table that is read in parts, got ${options.test}: how many rows there are is known at the end`,
    );
  }
  const scan = new TableScan(file, options);
  try {
    const rows = await readRows(file, scan);
    scan.end();
    return { ...(await prepare(file, rows, scan, options)), close: () => scan.cells.close() };
  } catch (error) {
    await scan.cells.close();
    throw error;
  }
}

async function prepare(file: string, rows: number, scan: TableScan, options: TableOptions): Promise<Prepared> {
  scan.missing?.refuse(rows, "--ignore");
  const inputs = scan.scans.slice(0, -1);
  const last = scan.scans.at(-1) as ColumnScan;
  const { kind, reason } = targetKindFrom(last.summary, options);
  const trainRows = scan.blocks.reduce((sum, { train }) => sum + train, 0);
  if (trainRows < 2)
    throw new TableError(`${file} must have at least 2 rows for training, got ${trainRows} of ${rows}`);
  const target = last.measure(kind);
  if (!target) throw sameEverywhere(file, last.name, last.first);

  const measured = inputs.map((column) => column.measure(kindFrom(column.summary, options)));
  const columns = measured.filter((column) => column !== undefined);
  const constant = inputs.flatMap(({ name }, i) => (measured[i] ? [] : [name]));
  if (columns.length === 0) throw nothingToLearn(file, constant);
  const source = new TableSource(scan, [...columns, target]);
  const part = (kind: keyof Counts): ExampleSource =>
    partsOfSource(
      source,
      scan.blocks.map((counts, i) => ({ block: placeInCells(i, kind), from: 0, count: counts[kind] })),
    );
  const test = part("test");
  return {
    rows,
    schema: { columns, target },
    train: part("train"),
    ...(countOf(test) > 0 && { test }),
    details: detailsOf({ columns, target }, reason, options, constant),
  };
}

/** Turns the numbers of a row into inputs and target. */
type Encode = (cells: Float64Array, row: number, x: TypedArray, y: TypedArray, at: number) => void;

/** All rows of the table as examples. */
class TableSource implements ExampleSource {
  readonly x: ExampleSource["x"];
  readonly y: ExampleSource["y"];
  readonly blocks: readonly number[];
  readonly #cells: Cells;
  readonly #encode: Encode;

  constructor({ scans, cells, blocks }: TableScan, columns: readonly Column[]) {
    const target = columns.at(-1) as Column;
    const inputs = inputsOf(columns.slice(0, -1));
    this.#cells = cells;
    this.blocks = blocks.flatMap(({ train, test }) => [train, test]);
    this.x = { shape: [inputs], dtype: "float32" };
    this.y = target.kind === "number" ? { shape: [1], dtype: "float32" } : { shape: [], dtype: "int32" };
    const width = scans.length;
    const places = new Map(scans.map(({ name }, i) => [name, i]));
    let offset = 0;
    const writers = columns.map((column) => {
      const place = places.get(column.name) as number;
      const isTarget = column === target;
      const first = isTarget ? 0 : offset;
      if (!isTarget) offset += widthOf(column);
      if (column.kind === "number") {
        const { mean, standardDeviation } = column;
        return (cells: Float64Array, start: number, to: TypedArray, at: number): void => {
          to[at + first] = ((cells[start + place] as number) - mean) / standardDeviation;
        };
      }
      const codes = (scans[place] as ColumnScan).codes(column.values);
      return (cells: Float64Array, start: number, to: TypedArray, at: number): void => {
        const code = codes.get(cells[start + place] as number) ?? 0;
        if (isTarget) to[at] = code;
        else to[at + first + code] = 1;
      };
    });
    const writeTarget = writers.pop();
    const oneHot = columns.slice(0, -1).some(({ kind }) => kind === "category");
    this.#encode = (cells, row, x, y, at) => {
      if (oneHot) x.fill(0, at * inputs, (at + 1) * inputs);
      for (const write of writers) write(cells, row * width, x, at * inputs);
      writeTarget?.(cells, row * width, y, at);
    };
  }

  async read(block: number): Promise<ExampleBlock> {
    const cells = await this.#cells.read(block);
    return { write: (row, x, y, at) => this.#encode(cells, row, x, y, at) };
  }
}
