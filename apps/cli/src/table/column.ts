/** The columns of a table as a model stores them: enough to turn any row of such a table into numbers. */
import { type DateFeature, type DateOrder, dateFeatures } from "./dates.ts";
import type { Decimal } from "./numbers.ts";

/** What stands in for a missing value, and whether an input says that it was missing. */
interface Fill<Value> {
  readonly value: Value;
  /** 1 where the value is missing, 0 elsewhere. */
  readonly flag: boolean;
}

/** `(x − mean) / standardDeviation`, both measured on the training rows. */
export interface Standard {
  readonly mean: number;
  /** Above 0. */
  readonly standardDeviation: number;
}

/** Numbers, which are standardized. */
export interface NumberColumn extends Standard {
  readonly name: string;
  readonly kind: "number";
  readonly decimal: Decimal;
  /** Such as `%` or `€`. */
  readonly unit?: string;
  readonly fill?: Fill<number>;
}

/** Names, which are one-hot: an input for each name, 1 for the row's name and 0 for the others. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  readonly values: readonly string[];
  /** When two spellings are one name: never, but for the case, as true and false, or as numbers. */
  readonly match: "exact" | "case" | "truth" | "number";
  /** How many training rows have each value. */
  readonly counts: readonly number[];
  readonly fill?: Fill<string>;
}

/** Dates, of which a network is told how long ago they were and where they are in the year, the week and the day. */
export interface DateColumn {
  readonly name: string;
  readonly kind: "date";
  readonly order: DateOrder;
  /** Those that vary. */
  readonly features: readonly (Standard & { readonly feature: DateFeature })[];
  /** The middle of all dates, in days since 1970-01-01. */
  readonly fill?: Fill<number>;
}

export type Column = NumberColumn | CategoryColumn | DateColumn;
/** What a network predicts: numbers mean regression, names classification. */
export type Target = NumberColumn | CategoryColumn;

/** The columns of a model: the inputs in their order, and the target. */
export interface Schema {
  readonly columns: readonly Column[];
  readonly target: Target;
  /** What becomes of rows with missing values. */
  readonly missing: "refuse" | "drop" | "fill";
  /** Whether the first line of its files names the columns. */
  readonly header: boolean;
}

const ownWidth = (column: Column): number => {
  if (column.kind === "number") return 1;
  return column.kind === "category" ? column.values.length : column.features.length;
};

/** The number of inputs of a column. */
export const widthOf = (column: Column): number => ownWidth(column) + (column.fill?.flag ? 1 : 0);

/** The number of inputs of a network for these columns. */
export const inputsOf = (columns: readonly Column[]): number =>
  columns.reduce((sum, column) => sum + widthOf(column), 0);

/** Reads a schema from JSON; undefined if it is not a schema. */
export function parseSchema(json: string): Schema | undefined {
  try {
    const { columns, target, missing, header } = JSON.parse(json) as Partial<Schema>;
    const good = Array.isArray(columns) && columns.length > 0 && columns.every(isColumn);
    if (!good || !isTarget(target)) return undefined;
    if (typeof header !== "boolean" || !isOneOf(missing, ["refuse", "drop", "fill"])) return undefined;
    return { columns, target, missing, header };
  } catch {
    return undefined;
  }
}

const isTarget = (value: unknown): value is Target => isColumn(value) && value.kind !== "date";

const isOneOf = <T extends string>(value: unknown, names: readonly T[]): value is T => names.includes(value as T);

const isStandard = (value: unknown): boolean => {
  const { mean, standardDeviation } = (value ?? {}) as Partial<Standard>;
  return Number.isFinite(mean) && Number.isFinite(standardDeviation) && Number(standardDeviation) > 0;
};

const isFill = (fill: unknown, isValue: (value: unknown) => boolean): boolean => {
  if (fill === undefined) return true;
  const { value, flag } = (fill ?? {}) as Partial<Fill<unknown>>;
  return isValue(value) && typeof flag === "boolean";
};

/** Whether a value read from JSON is a column. */
function isColumn(value: unknown): value is Column {
  const { name, kind, fill, ...rest } = (value ?? {}) as Record<string, unknown>;
  if (typeof name !== "string") return false;
  const isText = (entry: unknown): boolean => typeof entry === "string";
  if (kind === "category") {
    const { values, match, counts } = rest;
    if (!Array.isArray(values) || !values.every(isText) || !Array.isArray(counts)) return false;
    if (counts.length !== values.length || !counts.every((count) => Number.isSafeInteger(count) && count >= 0))
      return false;
    return isOneOf(match, ["exact", "case", "truth", "number"]) && isFill(fill, (entry) => values.includes(entry));
  }
  if (!isFill(fill, Number.isFinite)) return false;
  if (kind === "date") {
    const { order, features } = rest;
    if (!Array.isArray(features) || features.length === 0 || !isOneOf(order, ["mdy", "dmy"])) return false;
    return features.every((entry) => isOneOf(entry?.feature, dateFeatures) && isStandard(entry));
  }
  const { decimal, unit } = rest;
  if (kind !== "number" || !isOneOf(decimal, [".", ","])) return false;
  return (unit === undefined || isText(unit)) && isStandard(rest);
}
