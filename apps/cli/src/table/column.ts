/** What a table's columns are, as a model remembers them: enough to make any row of such a table into numbers. */

/** Numbers, which are standardized: `(x − mean) / standardDeviation`, the two measured on the rows that were learned from. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number";
  readonly mean: number;
  /** Above 0. */
  readonly standardDeviation: number;
}

/** Names, which are one-hot: an input for each, 1 where it is the row's and 0 elsewhere. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  readonly values: readonly string[];
}

export type Column = NumberColumn | CategoryColumn;

/** What a model makes of a table: the columns that it takes, in their order, and the one that it tells. */
export interface Schema {
  readonly columns: readonly Column[];
  /** Of numbers: regression. Of categories: classification. */
  readonly target: Column;
}

/** How many numbers a column becomes. */
export const widthOf = (column: Column): number => (column.kind === "number" ? 1 : column.values.length);

/** How many inputs a network for these columns has. */
export const inputsOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/** Reads what `JSON.stringify` made of a schema; undefined if it is none. */
export function parseSchema(json: string): Schema | undefined {
  try {
    const { columns, target } = JSON.parse(json) as Partial<Schema>;
    const good = Array.isArray(columns) && columns.length > 0 && [...columns, target].every(isColumn);
    return good && target ? { columns, target } : undefined;
  } catch {
    return undefined;
  }
}

function isColumn(value: unknown): value is Column {
  const { name, kind, mean, standardDeviation, values } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string") return false;
  if (kind === "category") return Array.isArray(values) && values.every((entry) => typeof entry === "string");
  return (
    kind === "number" && Number.isFinite(mean) && Number.isFinite(standardDeviation) && Number(standardDeviation) > 0
  );
}
