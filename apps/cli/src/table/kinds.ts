/** Decides what each column of a table is, from its fields and the options, and says what looks suspicious. */
import { quoted } from "@dlcc/tensor";
import { thousands } from "../terminal/figures.ts";
import type { CsvTop } from "./csv.ts";
import { placeText } from "./csv.ts";
import { type Evidence, keyOf, type Match, mostNames, type Place, type Plan } from "./evidence.ts";
import { listed, optionFor, placeNamed, shown } from "./names.ts";
import { type Decimal, readNumber } from "./numbers.ts";
import { strayRow } from "./stray.ts";

/** The options about columns. */
export interface ColumnOptions {
  /** Columns whose fields are names, also if they are numbers, such as zip codes. */
  readonly categories: readonly string[];
  /** Columns of names that are taken as they are written, case and all. */
  readonly text?: readonly string[];
  /** Columns of numbers, also if they look like the numbers of rows. */
  readonly numbers?: readonly string[];
  /** Columns of dates. */
  readonly dates?: readonly string[];
  /** Whether `3/4/2024` is the 3rd of April. Default: the fields tell; else the 4th of March. */
  readonly dayFirst?: boolean | undefined;
  /** The task. Default: inferred from the target. */
  readonly task?: "regression" | "classification" | undefined;
}

/** A column with more different names than this is not a category, but a name or an address, say. */
const mostValues = 100;
/** With more rows than this, names that differ in every row are not a category either. */
const enoughRows = 10;

/** What is made of a column. */
export interface Reading {
  readonly name: string;
  /** For people, such as `numbers in €`. */
  readonly kind: string;
  /** The first value. */
  readonly example: string;
  /** How many fields have no value. */
  readonly missing: number;
  /** How its fields become numbers; none if it is left out, or something is wrong with it. */
  readonly plan?: Plan;
  /** Why it is left out. */
  readonly leftOut?: string;
  /** What must be put right. */
  readonly problem?: string;
  /** What looks suspicious, and how to say otherwise. */
  readonly notes: readonly string[];
}

/** A table of which the fields have been looked at. */
export interface LookedAt extends CsvTop {
  readonly file: string;
  readonly columns: readonly Evidence[];
  readonly rows: number;
}

type Decision = Pick<Reading, "kind" | "plan" | "leftOut" | "problem"> & { readonly notes?: readonly string[] };

/**
 * What a column is: what the options say; else true or false, numbers, dates, or names that recur.
 *
 * @param isTarget The target is never left out.
 */
export function readColumn(column: Evidence, table: LookedAt, options: ColumnOptions, isTarget = false): Reading {
  const { name, first = "", missing, rows } = column;
  const { notes = [], ...found } = decide(new Asked(column, table, options, isTarget));
  const gaps =
    missing > rows / 2 && !found.leftOut && !found.problem
      ? [`${Math.round((100 * missing) / rows)} % of its values are missing`]
      : [];
  const same =
    column.isConstant && !found.leftOut && !found.problem
      ? [`${shown(first)} in every row: nothing to learn from`]
      : [];
  return { name, example: first, missing, ...found, notes: [...notes, ...gaps, ...same] };
}

/** A column, and what was said of it. */
class Asked {
  readonly column: Evidence;
  readonly table: LookedAt;
  readonly options: ColumnOptions;
  readonly isTarget: boolean;

  constructor(column: Evidence, table: LookedAt, options: ColumnOptions, isTarget: boolean) {
    this.column = column;
    this.table = table;
    this.options = options;
    this.isTarget = isTarget;
  }

  /** Whether an option names the column. */
  is(option: "categories" | "text" | "numbers" | "dates"): boolean {
    return this.options[option]?.includes(this.column.name) ?? false;
  }

  /** The option with this column. */
  flag(option: string): string {
    return optionFor(`--${option}`, [this.column.name], this.table.header);
  }

  /** A place, for an error. */
  at({ row, line }: Place): string {
    return `${this.table.file}, ${placeText(row, line)}, column ${shown(this.column.name)}`;
  }
}

function decide(asked: Asked): Decision {
  const { column, table } = asked;
  const { present, dates } = column;
  if (present === 0) return withoutValues(asked);
  if (asked.is("text")) return names(asked, "exact");
  if (asked.is("categories")) return names(asked, "case");
  if (asked.is("dates")) return asDates(asked);
  const decimal = column.decimal(table.decimalComma);
  const word = column.words[decimal];
  const count = column.numbers[decimal];
  if (asked.is("numbers") || (asked.isTarget && asked.options.task === "regression")) {
    if (!word) return asNumbers(asked);
    return { kind: "numbers", problem: `${asked.at(word)}: must be a number, got ${quoted(word.field)}` };
  }
  if (column.isTruth) return names(asked, "truth");
  if (!word) {
    if (column.zeros > 0) return names(asked, "case", "leading zeros, so they are names");
    return isRowNumber(asked) ? rowNumber(asked) : asNumbers(asked);
  }
  const order = column.order(undefined);
  if (dates[order] === present) return asDates(asked);
  const stray = word.row === 0 && Math.max(count, dates[order]) === present - 1 ? strayRow(table) : undefined;
  if (count > present / 2) {
    return {
      kind: "numbers and words",
      problem:
        stray ??
        `${asked.at(word)}: must be a number as in ${count} of the ${present} rows, got ${quoted(word.field)}. Correct it, or leave the field empty; or, if the numbers are names, ${asked.flag("categories")}`,
    };
  }
  const odd = column.notDates[order];
  if (dates[order] > present / 2 && odd) {
    return {
      kind: "dates and words",
      problem:
        stray ??
        `${asked.at(odd)}: must be a date as in ${dates[order]} of the ${present} rows, got ${quoted(odd.field)}. Correct it, or leave the field empty; or, if the dates are names, ${asked.flag("categories")}`,
    };
  }
  return names(asked, "case");
}

function withoutValues(asked: Asked): Decision {
  const { column, table } = asked;
  if (column.name === placeNamed(column.index) && !asked.isTarget)
    return { kind: "empty", leftOut: "no name and no values" };
  return {
    kind: "empty",
    problem: `${table.file} must have values in column ${shown(column.name)}, got only missing ones. ${asked.flag("ignore")} leaves columns out`,
  };
}

/** Names of columns that number or name the rows. */
const rowNames = /^(?:id|index|idx|row|nr|no\.?|#|key|uuid|guid|unnamed: ?\d+|column \d+|.*[ _-]id|.*[a-z]I[Dd])$/i;

/** Whether the numbers only tell the rows apart. */
const isRowNumber = ({ column, isTarget }: Asked): boolean =>
  !isTarget &&
  column.whole &&
  !column.recurs &&
  column.present > enoughRows &&
  (column.inexact !== undefined || rowNames.test(column.name));

const rowNumber = (asked: Asked): Decision => ({
  kind: "ids",
  leftOut: `a different number in every row, so an id; ${asked.flag("numbers")} keeps it`,
});

/** Names of columns of codes. */
const codes = /zip|postal|post ?code|plz|code$/i;
/** Numbers that often stand for a missing value. */
const stands = ["-999", "-9999", "-99999", "999", "9999", "99999", "-999.0", "-9999.0"];

function asNumbers(asked: Asked): Decision {
  const { column, table } = asked;
  const { units, name, present, names: values } = column;
  const decimal = column.decimal(table.decimalComma);
  const [unit, ...others] = [...units].sort(([, a], [, b]) => b - a).map(([text]) => text);
  if (others.length > 0 && !asked.is("numbers")) {
    const counts = [...units].map(([text, count]) => `${text} in ${count} rows`).join(" and ");
    return {
      kind: "numbers",
      problem: `${table.file}, column ${shown(name)}: must have one unit, got ${counts}: convert them; or ${asked.flag("numbers")} takes the numbers as they are`,
    };
  }
  const notes: string[] = [];
  if (column.isAmbiguous) {
    notes.push(openNote([...values.keys()], decimal));
  }
  const bare = present - (unit === undefined ? 0 : (units.get(unit) ?? 0));
  if (unit !== undefined && bare > 0) notes.push(`${thousands(bare)} of its numbers have no ${unit}`);
  if (column.inexact !== undefined)
    notes.push(`${column.inexact} has more digits than a number keeps; ${asked.flag("categories")} if it is a name`);
  const stand = stands.find((text) => (values.get(text) ?? 0) > 1);
  if (stand !== undefined) notes.push(`${stand} recurs: if it stands for a missing value, leave those fields empty`);
  if (!asked.isTarget && column.counting && column.whole && present > enoughRows)
    notes.push(`it counts the rows: if it means nothing else, ${asked.flag("ignore")}`);
  else if (codes.test(name) && column.whole) notes.push(`if its numbers are names, ${asked.flag("categories")}`);
  const kind = `numbers${unit === undefined ? "" : ` in ${unit}`}${decimal === "," && !column.whole ? ", decimal comma" : ""}`;
  return {
    kind,
    plan: { name, kind: "number", decimal, ...(unit !== undefined && others.length === 0 && { unit }) },
    notes,
  };
}

/** What is made of a number that may be read in two ways, and how to write it if it is the other. */
function openNote(fields: readonly string[], decimal: Decimal): string {
  const readings = fields.map((field) => ({ field, ...readNumber(field) }));
  const { field, point, comma } = readings.find((found) => Math.abs(found.point - found.comma) > 0) ?? {
    ...{ field: "", point: Number.NaN, comma: Number.NaN },
  };
  const [is, other] = decimal === "." ? [point, comma] : [comma, point];
  const mark = field.includes(",") ? "," : ".";
  const use = mark === decimal ? "is decimal" : "sets thousands apart";
  return `${shown(field)} is read as ${is}: the ${mark === "," ? "comma" : "point"} ${use}. The column leaves it open; if it is ${other}, write it so`;
}

function asDates(asked: Asked): Decision {
  const { column, options } = asked;
  const { mdy, dmy } = column.dates;
  const order = column.order(options.dayFirst === undefined ? undefined : options.dayFirst ? "dmy" : "mdy");
  const open = mdy === dmy && options.dayFirst === undefined && /^\d{1,2}[-/]\d{1,2}[-/]/.test(column.first ?? "");
  return {
    kind: "dates",
    plan: { name: column.name, kind: "date", order },
    notes: open ? [`${shown(column.first ?? "")} is read with the month first; --day-first if it isn't`] : [],
  };
}

const countedNames = ({ length }: readonly string[]): string => (length === 1 ? "1 name" : `${length} names`);

function names(asked: Asked, match: Match, why?: string): Decision {
  const { column, table, isTarget } = asked;
  const { name, present, more } = column;
  const values = column.valuesBy(keyOf[match]);
  const insists = asked.is("text") || asked.is("categories") || (isTarget && asked.options.task === "classification");
  if (insists && more) {
    return {
      kind: "names",
      problem: `${table.file}, column ${shown(name)}: a column of categories must have ${mostNames} different names at most, got more`,
    };
  }
  const differs = !column.recurs && present > enoughRows;
  if (!insists && (differs || values.length > mostValues)) {
    const found = `${more ? "more than " : ""}${thousands(values.length)} different names in ${thousands(present)} rows`;
    if (isTarget) {
      return {
        kind: "text",
        problem: `${table.file}, column ${shown(name)}: names must recur to be categories, got ${found}, such as ${quoted(column.first ?? "")}. If they are numbers, write them as 1234.5; or insist, ${asked.flag("categories")}`,
      };
    }
    const reason = differs ? "a different text in every row" : found;
    return {
      kind: why === undefined ? "text" : "ids",
      leftOut: `${reason}: nothing recurs that could be learned from; ${asked.flag("categories")} keeps it`,
    };
  }
  const notes: string[] = why === undefined ? [] : [`${why}; ${asked.flag("numbers")} if they are numbers`];
  if (match === "case") {
    const several = [...column.foldedNames.values()].filter((spellings) => spellings.length > 1);
    if (several.length > 0) {
      const [spellings = []] = several;
      const others = several.length > 1 ? `, and so are ${several.length - 1} more` : "";
      notes.push(`${listed(spellings, 4)} are one name${others}; ${asked.flag("text")} keeps them apart`);
    }
  }
  const kind = match === "truth" ? `${values[0]} or ${values[1]}` : countedNames(values);
  return { kind, plan: { name, kind: "category", match, values }, notes };
}

/** Whole numbers are classes if there are at most this many different ones, as there are digits, */
const mostClasses = 10;
/** and each occurs this many times, on average. */
const rowsPerClass = 5;

/** What the target is, and why. */
export interface TargetReading extends Reading {
  readonly reason: string;
}

/** The target: classes if they are names, or few whole numbers that recur; else numbers. */
export function readTarget(column: Evidence, table: LookedAt, options: ColumnOptions): TargetReading {
  const { name, differentNumbers, whole, present } = column;
  const byOption = options.categories.includes(name) || options.text?.includes(name) || options.task !== undefined;
  const insist =
    options.task === "classification" ? { ...options, categories: [...options.categories, name] } : options;
  const reading = readColumn(column, table, insist, true);
  const { plan } = reading;
  if (plan?.kind === "date") {
    return {
      ...reading,
      reason: "",
      problem: `${table.file}: the target must be numbers or names, got the dates of ${shown(name)}. ${optionFor("--categories", [name], table.header)} if they are names`,
    };
  }
  if (byOption) return { ...reading, reason: "by option" };
  if (plan?.kind === "category") return { ...reading, reason: `${shown(name)} has names` };
  const asClasses = differentNumbers.size <= mostClasses && present >= differentNumbers.size * rowsPerClass;
  if (!plan || !asClasses || !whole || options.numbers?.includes(name))
    return { ...reading, reason: `${shown(name)} has numbers` };
  const values = column.valuesBy(keyOf.number);
  return {
    ...reading,
    kind: countedNames(values),
    plan: { name, kind: "category", match: "number", values },
    reason: `${shown(name)} is one of ${differentNumbers.size} whole numbers; --task regression if they are counts`,
  };
}
