/** The rows of a table as examples for a network. */
import { type ExampleBlock, type ExampleSource, partsOfSource } from "@dlcc/data";
import type { TypedArray } from "@dlcc/tensor";
import type { Cells } from "./cells.ts";
import { inputsOf, type Schema } from "./column.ts";
import { type PartName, parts } from "./divide.ts";
import { rowWriter, targetOf } from "./encode.ts";

/** All rows: those of each part of each block lie together. */
export class TableSource implements ExampleSource {
  readonly x: ExampleSource["x"];
  readonly y: ExampleSource["y"];
  readonly blocks: readonly number[];
  readonly #cells: Cells;
  readonly #counts: readonly Readonly<Record<PartName, number>>[];
  readonly #encode: (cells: Float64Array, row: number, x: TypedArray, y: TypedArray, at: number) => void;

  /**
   * @param width How many cells a row has: the target's is the last.
   * @param used Which of them are those of the schema's columns.
   */
  constructor(
    cells: Cells,
    counts: readonly Readonly<Record<PartName, number>>[],
    { columns, target }: Schema,
    width: number,
    used: readonly number[],
  ) {
    const inputs = inputsOf(columns);
    this.#cells = cells;
    this.#counts = counts;
    this.blocks = counts.flatMap((count) => parts.map((part) => count[part]));
    this.x = { shape: [inputs], dtype: "float32" };
    this.y = target.kind === "number" ? { shape: [1], dtype: "float32" } : { shape: [], dtype: "int32" };
    const write = rowWriter(columns);
    const row = new Float64Array(used.length);
    const all = used.length === width - 1;
    this.#encode = (block, index, x, y, at) => {
      const start = index * width;
      if (all) write(block, start, x, at * inputs);
      else {
        used.forEach((place, i) => {
          row[i] = block[start + place] as number;
        });
        write(row, 0, x, at * inputs);
      }
      y[at] = targetOf(target, block[start + width - 1] as number);
    };
  }

  async read(block: number): Promise<ExampleBlock> {
    const cells = await this.#cells.read(block);
    return { write: (row, x, y, at) => this.#encode(cells, row, x, y, at) };
  }

  /** The rows of a part. */
  part(name: PartName): ExampleSource {
    return partsOfSource(
      this,
      this.#counts.map((counts, i) => ({
        block: parts.length * i + parts.indexOf(name),
        from: 0,
        count: counts[name],
      })),
    );
  }
}
