/** What one pass over a column's fields tells, in bounded memory: each field as a number, and what the column is. */
import type { Column } from "./column.ts";
import { TableError } from "./csv.ts";
import { numberIn } from "./fields.ts";
import { type ColumnSummary, categoryColumn, mostValues, numberColumn } from "./infer.ts";
import { Moments } from "./moments.ts";
import { shown } from "./names.ts";

/** The most different names that a column of categories may have. */
const mostNames = 10_000;

/**
 * Names are stored among the numbers as multiples of this. A column of numbers has none that large: their squares would overflow,
 * which is refused.
 */
const nameUnit = 2 ** 1000;

/** Looks at the fields of a column, one after the other. */
export class ColumnScan {
  readonly name: string;
  readonly #file: string;
  readonly #decimalComma: boolean;
  /** Whether it is a column of categories by option. */
  readonly #byOption: boolean;
  /** The different fields, with their number. */
  readonly #names: Map<string, number> = new Map();
  readonly #differentNumbers: Set<number> = new Set();
  /** The first field. */
  first = "";
  #rows = 0;
  #numbers = 0;
  #whole = true;
  #word: ColumnSummary["word"];
  /** Of the numbers in training rows. */
  readonly moments: Moments = new Moments();

  constructor(file: string, name: string, decimalComma: boolean, byOption: boolean) {
    this.#file = file;
    this.name = name;
    this.#decimalComma = decimalComma;
    this.#byOption = byOption;
  }

  /** Looks at a field. @param place Its row, for people. @returns What is stored of it. */
  cell(field: string, place: () => string): number {
    if (this.#rows++ === 0) this.first = field;
    const value = numberIn(field, this.#decimalComma);
    const isNumber = !Number.isNaN(value);
    if (isNumber) {
      this.#numbers++;
      this.#whole &&= Number.isInteger(value);
      if (this.#differentNumbers.size <= mostValues) this.#differentNumbers.add(value);
    } else this.#word ??= { field, place: place() };
    const asNumber = isNumber && !this.#word && !this.#byOption;
    const known = this.#names.get(field);
    if (known !== undefined) return asNumber ? value : (known + 1) * nameUnit;
    // More than these can't be categories but by option, and are then refused or numbers.
    if (this.#byOption || this.#names.size <= mostValues) this.#names.set(field, this.#names.size);
    if (this.#names.size > mostNames) {
      throw new TableError(
        `${this.#file}, ${place()}, column ${shown(this.name)}: a column of categories must have ${mostNames} different names at most in a table that is read in parts, got more`,
      );
    }
    return asNumber ? value : this.#names.size * nameUnit;
  }

  get summary(): ColumnSummary {
    return {
      file: this.#file,
      name: this.name,
      rows: this.#rows,
      numbers: this.#numbers,
      different: this.#names.size,
      differentNumbers: this.#differentNumbers.size,
      whole: this.#whole,
      word: this.#word,
    };
  }

  /** The column as a model stores it; undefined if it is constant. */
  measure(kind: Column["kind"]): Column | undefined {
    return kind === "category"
      ? categoryColumn(this.name, this.#names.keys())
      : numberColumn(this.#file, this.name, this.moments);
  }

  /** What the cells of a column of categories stand for: indices of its names. */
  codes(values: readonly string[]): ReadonlyMap<number, number> {
    const codes = new Map<number, number>();
    values.forEach((value, code) => {
      codes.set(((this.#names.get(value) ?? 0) + 1) * nameUnit, code);
      const number = numberIn(value, this.#decimalComma);
      // Fields that came before the first that was no number.
      if (!Number.isNaN(number) && !codes.has(number)) codes.set(number, code);
    });
    return codes;
  }
}
