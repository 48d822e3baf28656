/** What one pass over a column's fields tells, in bounded memory. */
import type { Column } from "./column.ts";
import { TableError } from "./csv.ts";
import { type DateOrder, readDate } from "./dates.ts";
import { folded, shown, truthOf } from "./names.ts";
import { type Decimal, type NumberReading, readNumber } from "./numbers.ts";

/** The notations of a missing value, in capitals: an empty field, and those of R, pandas, SQL and old data sets. */
const missing: ReadonlySet<string> = new Set([
  "",
  "NA",
  "N/A",
  "N.A.",
  "#N/A",
  "<NA>",
  "NAN",
  "NULL",
  "?",
  "-",
  "--",
  "–",
  "—",
  ".",
]);
/** No notation is longer. */
const longestMissing = 4;

/** Whether a field stands for a missing value. */
export const isMissing = (field: string): boolean =>
  field === "" || (field.length <= longestMissing && missing.has(field.toUpperCase()));

/** The most different names that are counted: a column of categories must have fewer. */
export const mostNames = 10_000;
/** The most different numbers that are counted. */
const mostNumbers = 100;
/** So many digits a double has for certain. */
const mostDigits = 15;
/** The most places that are kept. */
const mostPlaces = 4;

/** A field, and where it is. */
export interface Place {
  readonly row: number;
  readonly line: number;
  readonly field: string;
}

/** How many fields are numbers with a decimal point or comma, or dates with the month or the day first. */
type Counts<Way extends string> = Record<Way, number>;

/** What is known of the fields of a column. */
export class Evidence {
  readonly name: string;
  readonly index: number;
  /** How many fields there are. */
  rows = 0;
  /** How many of them are missing, and where the first are. */
  missing = 0;
  readonly missingPlaces: Place[] = [];
  /** The first field with a value. */
  first: string | undefined;
  readonly numbers: Counts<Decimal> = { ".": 0, ",": 0 };
  readonly dates: Counts<DateOrder> = { mdy: 0, dmy: 0 };
  /** How many fields are a number in one way only. */
  readonly onlyNumbers: Counts<Decimal> = { ".": 0, ",": 0 };
  /** Whether `1,234` occurs, which may be both. */
  commas = false;
  /** Whether `1.234` occurs with a comma elsewhere meaning something, which may be both. */
  points = false;
  /** How many numbers have each unit. */
  readonly units: Map<string, number> = new Map();
  /** How many fields begin with a zero that a number would not have. */
  zeros = 0;
  /** Whether all numbers are whole. */
  whole = true;
  /** A whole number with more digits than a double has. */
  inexact: string | undefined;
  /** Whether each number is one more than that before it. */
  counting = true;
  /** How many different numbers there are; above {@link mostNumbers} it may be too low. */
  readonly differentNumbers: Set<number> = new Set();
  /** The different fields with values, and how often each occurs; not all of them if there are more than {@link mostNames}. */
  readonly names: Map<string, number> = new Map();
  /** Whether there are more names. */
  more = false;
  /** Whether a field occurs twice among the first {@link mostNames}. */
  recurs = false;
  /** The first fields that are no numbers. */
  readonly words: Partial<Record<Decimal, Place>> = {};
  /** The first fields that are no dates. */
  readonly notDates: Partial<Record<DateOrder, Place>> = {};
  #last = Number.NaN;

  readonly #text: boolean;

  /** @param text Whether only an empty field is a missing value. */
  constructor(name: string, index: number, text: boolean) {
    this.name = name;
    this.index = index;
    this.#text = text;
  }

  /** How many fields have a value. */
  get present(): number {
    return this.rows - this.missing;
  }

  /** Whether all fields are the same. */
  get isConstant(): boolean {
    return this.rows > 1 && this.missing === 0 && !this.more && this.names.size === 1;
  }

  /** Looks at a field. */
  see(field: string, line: number): void {
    const row = this.rows++;
    if (this.#text ? field === "" : isMissing(field)) {
      this.missing++;
      if (this.missingPlaces.length < mostPlaces) this.missingPlaces.push({ row, line, field });
      return;
    }
    this.first ??= field;
    // To look up each of a million numbers takes longer than to read them.
    if (!this.more) this.#name(field);
    if (!this.#seeNumber(field, row, line)) this.#seeDate(field, row, line);
  }

  #name(field: string): void {
    const known = this.names.get(field);
    if (known !== undefined) {
      this.names.set(field, known + 1);
      this.recurs = true;
    } else if (this.names.size <= mostNames) this.names.set(field, 1);
    else this.more = true;
  }

  /** @returns Whether it is one. */
  #seeNumber(field: string, row: number, line: number): boolean {
    const { point, comma, unit } = readNumber(field);
    const [isPoint, isComma] = [!Number.isNaN(point), !Number.isNaN(comma)];
    if (!isPoint) this.words["."] ??= { row, line, field };
    if (!isComma) this.words[","] ??= { row, line, field };
    if (!isPoint && !isComma) {
      this.counting = false;
      return false;
    }
    this.#count({ point, comma, unit }, field);
    return true;
  }

  #count({ point, comma, unit }: NumberReading, field: string): void {
    const [isPoint, isComma] = [!Number.isNaN(point), !Number.isNaN(comma)];
    if (isPoint) this.numbers["."]++;
    if (isComma) this.numbers[","]++;
    if (!isComma) this.onlyNumbers["."]++;
    if (!isPoint) this.onlyNumbers[","]++;
    if (isPoint && isComma && point !== comma) {
      if (field.includes(",")) this.commas = true;
      else this.points = true;
    }
    if (unit !== "") this.units.set(unit, (this.units.get(unit) ?? 0) + 1);
    const value = isPoint ? point : comma;
    this.whole &&= Number.isInteger(value);
    if (field.length > mostDigits && /^\d+$/.test(field) && BigInt(field) !== BigInt(value)) this.inexact ??= field;
    if (this.whole && /^[+-]?0\d/.test(field)) this.zeros++;
    if (this.differentNumbers.size <= mostNumbers) this.differentNumbers.add(value);
    this.counting &&= Number.isNaN(this.#last) || value === this.#last + 1;
    this.#last = value;
  }

  #seeDate(field: string, row: number, line: number): void {
    const found = readDate(field);
    for (const order of ["mdy", "dmy"] as const) {
      if (Number.isNaN(found[order])) this.notDates[order] ??= { row, line, field };
      else this.dates[order]++;
    }
  }

  /** What stands before the decimals. @param usual If the fields don't tell. */
  decimal(semicolons: boolean, usual: Decimal = "."): Decimal {
    const only = this.onlyNumbers;
    if (only["."] !== only[","]) return only["."] > only[","] ? "." : ",";
    if (this.commas && !this.points) return semicolons ? "," : usual;
    return this.points ? "." : usual;
  }

  /** Whether that is a guess. */
  get isAmbiguous(): boolean {
    return (this.commas || this.points) && this.onlyNumbers["."] === this.onlyNumbers[","];
  }

  /** Whether the day or the month comes first. @param usual If the fields don't tell. */
  order(usual: DateOrder | undefined): DateOrder {
    const { mdy, dmy } = this.dates;
    if (mdy !== dmy) return mdy > dmy ? "mdy" : "dmy";
    return usual ?? (this.first?.includes(".") ? "dmy" : "mdy");
  }

  /** Whether the fields are true and false in words. */
  get isTruth(): boolean {
    if (this.more || this.names.size < 2 || this.names.size > 2 * mostPlaces + 4) return false;
    const truths = new Set([...this.names.keys()].map(truthOf));
    return truths.size === 2 && !truths.has(undefined) && [...this.names.keys()].some((name) => !/^[01]$/.test(name));
  }

  /** The names that differ by more than their case. */
  get foldedNames(): Map<string, string[]> {
    const groups = new Map<string, string[]>();
    for (const name of this.names.keys()) {
      const key = folded(name);
      groups.set(key, [...(groups.get(key) ?? []), name]);
    }
    return groups;
  }

  /** The names as a model stores them: of several spellings that mean the same the commonest, in order. */
  valuesBy(key: (name: string) => string): string[] {
    const best = new Map<string, { name: string; count: number }>();
    for (const [name, count] of this.names) {
      const before = best.get(key(name));
      if (!before || count > before.count) best.set(key(name), { name, count });
    }
    return [...best.values()].map(({ name }) => name).sort(byNumberOrName);
  }
}

/** `2` before `10`, and `ten` after both. */
const byNumberOrName = (a: string, b: string): number => {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y && !Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  if (Number.isNaN(x) !== Number.isNaN(y)) return Number.isNaN(x) ? 1 : -1;
  return a < b ? -1 : Number(a > b);
};

/** When two names are one. */
export type Match = "exact" | "case" | "truth" | "number";

/** Names with the same key are one. */
export const keyOf: Readonly<Record<Match, (name: string) => string>> = {
  exact: (name) => name,
  case: folded,
  truth: (name) => truthOf(name) ?? folded(name),
  number: (name) => {
    const { point, comma } = readNumber(name);
    return String(Number.isNaN(point) ? comma : point);
  },
};

/** How the fields of a column become numbers, before anything has been measured. */
export type Plan =
  | { readonly name: string; readonly kind: "number"; readonly decimal: Decimal; readonly unit?: string }
  | { readonly name: string; readonly kind: "category"; readonly match: Match; readonly values: readonly string[] }
  | { readonly name: string; readonly kind: "date"; readonly order: DateOrder };

/** How a file's fields become those of a saved model. @throws {TableError} if their unit is another. */
export function savedPlan(column: Column, evidence: Evidence, semicolons: boolean): Plan {
  if (column.kind !== "number") return column;
  const { name, unit } = column;
  const other = unit === undefined ? undefined : [...evidence.units.keys()].find((found) => found !== unit);
  if (other !== undefined)
    throw new TableError(`column ${shown(name)} must be in ${unit}, as the model has it, got ${other}: convert it`);
  return { ...column, decimal: evidence.decimal(semicolons, column.decimal) };
}
