/** The columns of a table as a model stores them: enough to turn any row of such a table into numbers. */

/** Numbers, which are standardized: `(x − mean) / standardDeviation`, both measured on the training rows. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number";
  readonly mean: number;
  /** Above 0. */
  readonly standardDeviation: number;
}

/** Names, which are one-hot: an input for each name, 1 for the row's name and 0 for the others. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  readonly values: readonly string[];
}

export type Column = NumberColumn | CategoryColumn;

/** The columns of a model: the inputs in their order, and the target. */
export interface Schema {
  readonly columns: readonly Column[];
  /** A column of numbers means regression, one of categories classification. */
  readonly target: Column;
}

/** The number of inputs of a column. */
export const widthOf = (column: Column): number => (column.kind === "number" ? 1 : column.values.length);

/** The number of inputs of a network for these columns. */
export const inputsOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/** Reads a schema from JSON; undefined if it is not a schema. */
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
