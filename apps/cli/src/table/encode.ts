/** Turns the fields of a table into cells, and cells into the inputs and targets of a network. A cell that is NaN is missing. */
import { quoted, type TypedArray } from "@dlcc/tensor";
import { type Column, inputsOf, type NumberColumn, type Target, widthOf } from "./column.ts";
import { TableError } from "./csv.ts";
import { dateFeature, readDate } from "./dates.ts";
import { isMissing, keyOf, type Plan } from "./evidence.ts";
import { listed, shown } from "./names.ts";
import { numberIn } from "./numbers.ts";

/** The most values that an error lists. */
const most = 10;

/** Reads a field. @param place Where it is, for people. */
export type ReadField = (field: string, place: () => string) => number;

/** How the fields of a column are read: numbers as they are, names as the index of their value, dates as days. */
export function fieldReader(plan: Plan, file: string): ReadField {
  const wrong = (field: string, place: () => string, wanted: string, wayOut = ""): TableError =>
    new TableError(`${file}, ${place()}, column ${shown(plan.name)}: must be ${wanted}, got ${quoted(field)}${wayOut}`);
  if (plan.kind === "number") {
    const { decimal } = plan;
    return (field, place) => {
      const value = numberIn(field, decimal);
      if (!Number.isNaN(value) || isMissing(field)) return value;
      throw wrong(field, place, "a number");
    };
  }
  if (plan.kind === "date") {
    const { order } = plan;
    return (field, place) => {
      const days = readDate(field, true)[order];
      if (!Number.isNaN(days) || isMissing(field)) return days;
      throw wrong(field, place, "a date");
    };
  }
  const { match, values } = plan;
  // Only a model that was trained with gaps has something in their place.
  const without = "fill" in plan && plan.fill ? "leave the field empty" : "remove the row";
  const wayOut = `. Correct it, or ${without}; to know it, the model must be trained on rows that have it`;
  const key = keyOf[match];
  const codes = new Map(values.map((value, i) => [key(value), i]));
  /** Fields as they are written, so that each spelling is looked into once. */
  const known = new Map(values.map((value, i) => [value, i]));
  return (field, place) => {
    const before = known.get(field);
    if (before !== undefined) return before;
    if (match === "exact" ? field === "" : isMissing(field)) return Number.NaN;
    const code = codes.get(key(field));
    if (code === undefined) throw wrong(field, place, `one of the model's values ${listed(values, most)}`, wayOut);
    known.set(field, code);
    return code;
  };
}

/** Writes the inputs of a column, which are 0 before. */
type Write = (cell: number, x: TypedArray, at: number) => void;

function writer(column: Column): Write {
  const { fill } = column;
  const own = ownWriter(column);
  if (!fill) return own;
  const instead = column.kind === "category" ? column.values.indexOf(String(fill.value)) : Number(fill.value);
  const flagAt = widthOf(column) - 1;
  return (cell, x, at) => {
    const missing = Number.isNaN(cell);
    own(missing ? instead : cell, x, at);
    if (missing && fill.flag) x[at + flagAt] = 1;
  };
}

function ownWriter(column: Column): Write {
  if (column.kind === "number") {
    const { mean, standardDeviation } = column;
    return (cell, x, at) => {
      x[at] = (cell - mean) / standardDeviation;
    };
  }
  if (column.kind === "category") {
    return (cell, x, at) => {
      x[at + cell] = 1;
    };
  }
  const { features } = column;
  return (cell, x, at) => {
    features.forEach(({ feature, mean, standardDeviation }, i) => {
      x[at + i] = (dateFeature(feature, cell) - mean) / standardDeviation;
    });
  };
}

/** Writes a row's inputs: its cells begin at a place, in the order of the columns. */
export function rowWriter(
  columns: readonly Column[],
): (cells: Float64Array, from: number, x: TypedArray, at: number) => void {
  let offset = 0;
  const writers = columns.map((column) => {
    const first = offset;
    offset += widthOf(column);
    return { write: writer(column), first };
  });
  const width = inputsOf(columns);
  const sparse = columns.some(({ kind, fill }) => kind === "category" || fill);
  return (cells, from, x, at) => {
    if (sparse) x.fill(0, at, at + width);
    writers.forEach(({ write, first }, i) => {
      write(cells[from + i] as number, x, at + first);
    });
  };
}

/** A cell of the target as a network learns it: a standardized number, or the index of a class. */
export const targetOf = (target: Target, cell: number): number =>
  target.kind === "number" ? (cell - target.mean) / target.standardDeviation : cell;

/** A standardized number, converted back to its own unit. */
export const inUnits = ({ mean, standardDeviation }: NumberColumn, value: number): number =>
  value * standardDeviation + mean;
