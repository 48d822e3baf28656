/** Turns rows of a table into numbers for a network, and back. */
import { quoted, type Tensor, tensor } from "@dlcc/tensor";
import { type CategoryColumn, type Column, inputsOf, type NumberColumn, widthOf } from "./column.ts";
import { type Csv, rowText, TableError } from "./csv.ts";
import { fieldsOf, numbersOf } from "./fields.ts";
import { listed, shown } from "./names.ts";

/** The inputs, `float32 [rows, inputs]`: numbers standardized, categories one-hot. @throws {TableError} if a field does not fit. */
export function encodeInputs(csv: Csv, columns: readonly Column[]): Tensor {
  const width = inputsOf(columns);
  const inputs = new Float32Array(csv.rows.length * width);
  let offset = 0;
  for (const column of columns) {
    if (column.kind === "number") {
      standardized(csv, column).forEach((value, row) => {
        inputs[row * width + offset] = value;
      });
    } else {
      codes(csv, column).forEach((code, row) => {
        inputs[row * width + offset + code] = 1;
      });
    }
    offset += widthOf(column);
  }
  return tensor(inputs, { shape: [csv.rows.length, width] });
}

/** The target: standardized numbers `float32 [rows, 1]`, or categories `int32 [rows]`. @throws {TableError} if a field does not fit. */
export const encodeTarget = (csv: Csv, target: Column): Tensor =>
  target.kind === "number"
    ? tensor(Float32Array.from(standardized(csv, target)), { shape: [csv.rows.length, 1] })
    : tensor(codes(csv, target));

/** A standardized number, converted back to its own unit. */
export const inUnits = ({ mean, standardDeviation }: NumberColumn, value: number): number =>
  value * standardDeviation + mean;

function standardized(csv: Csv, { name, mean, standardDeviation }: NumberColumn): Float64Array {
  return numbersOf(csv, name).map((value) => (value - mean) / standardDeviation);
}

/** The index of each field among the column's values. */
function codes(csv: Csv, { name, values }: CategoryColumn): Int32Array {
  const places = new Map(values.map((value, i) => [value, i]));
  return Int32Array.from(fieldsOf(csv, name), (field, row) => {
    const place = places.get(field);
    if (place !== undefined) return place;
    throw new TableError(
      `${csv.file}, ${rowText(csv, row)}, column ${shown(name)}: must be one of the model's values ${listed(values, most)}, got ${quoted(field)}`,
    );
  });
}

/** The most values that an error lists. */
const most = 10;
