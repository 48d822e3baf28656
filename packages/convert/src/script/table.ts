/** What an exported file of a network for tables has besides the network, as text: from the columns of a row to its inputs. */
import type { Table, TableColumn } from "./use.ts";

/** Text from a file, as a literal of JavaScript's that HTML can hold, too. */
export const literal = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

/** How a value of a kind becomes inputs. Each is an expression of `column`, `value` and `wrong`. */
const inputs: Readonly<Record<TableColumn["kind"], string>> = {
  number: `if (column.kind === "number") {
    if (!Number.isFinite(value)) throw wrong("a number");
    return [(value - column.mean) / column.standardDeviation];
  }`,
  category: `if (column.kind === "category") {
    if (!column.values.includes(value)) throw wrong("one of " + column.values.join(", "));
    return column.values.map((name) => (name === value ? 1 : 0));
  }`,
  date: `if (column.kind === "date") {
    const days = typeof value === "number" ? value : daysOf(value);
    if (!Number.isFinite(days)) throw wrong("a date such as 2024-03-05 or 2024-03-05 14:30, or a time such as 14:30");
    return column.features.map(({ feature, mean, standardDeviation }) => (ofDate(feature, days) - mean) / standardDeviation);
  }`,
};

const dateCode = `
/** Days since 1970-01-01, by the clock on the wall; of a time alone, the share of the day. NaN if it is neither. */
function daysOf(text) {
  const found = /^(?:(\\d{4})-(\\d{1,2})-(\\d{1,2}))?(?:(^|[T ])(\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:?\\d{2})?)?$/.exec(text);
  if (!found || text === "") return NaN;
  const [, year, month, day, , hours = 0, minutes = 0, seconds = 0] = found;
  const midnight = new Date(0);
  if (year !== undefined) midnight.setUTCFullYear(year, month - 1, day);
  const isDay = year === undefined || (midnight.getUTCMonth() === month - 1 && midnight.getUTCDate() === Number(day));
  return isDay && hours < 24 && minutes < 60 && seconds < 61 ? midnight / 864e5 + (hours * 3600 + minutes * 60 + Number(seconds)) / 86400 : NaN;
}

/** A number of a date: its days, or the sine or cosine of its place in the year, in the week (1970 began on a Thursday), or in the day. */
function ofDate(feature, days) {
  if (feature === "days") return days;
  const whole = Math.floor(days);
  const turns = { year: whole / 365.2425, week: ((((whole + 4) % 7) + 7) % 7) / 7, day: days - whole };
  return (feature.endsWith("Sin") ? Math.sin : Math.cos)(2 * Math.PI * turns[feature.slice(0, -3)]);
}
`;

const filledEncode = `
/** The network's input for a row. What is left out, null, NaN or "" is missing: then another value stands there, and an input says so. */
export function encode(row) {
  return columns.flatMap((column) => {
    const { name, fill } = column;
    const given = Object.hasOwn(row, name) ? row[name] : undefined;
    const missing = fill !== undefined && (given === undefined || given === null || given === "" || Number.isNaN(given));
    const own = inputsOf(column, missing ? fill.value : given);
    return fill?.flag ? [...own, missing ? 1 : 0] : own;
  });
}
`;

const plainEncode = `
/** The network's input for a row. */
export function encode(row) {
  return columns.flatMap((column) => inputsOf(column, Object.hasOwn(row, column.name) ? row[column.name] : undefined));
}
`;

/** The columns, and the functions that take a row. A file gets those that its columns need. */
export function tableCode({ columns, target }: Table): string {
  const kinds = [...new Set(columns.map(({ kind }) => kind))];
  return `
/** The columns that the network takes, and the one that it predicts. */
export const columns = ${literal(columns)};
export const target = ${literal(target)};
${columns.some(({ fill }) => fill) ? filledEncode : plainEncode}
/** The inputs of a column: numbers are standardized, of a name there is 1 for the row's and 0 for the others. */
function inputsOf(column, value) {
  const wrong = (wanted) => new TypeError("predictRow: " + JSON.stringify(column.name) + " must be " + wanted + ", got " + value);
  ${kinds.map((kind) => inputs[kind]).join("\n  ")}
}
${kinds.includes("date") ? dateCode : ""}
/** The prediction for a row, an object with the columns: a number in the target's unit, or a name. */
export function predictRow(row) {
  const found = scores(encode(row));
  if (target.kind === "number") return found[0] * target.standardDeviation + target.mean;
  return target.values[found.indexOf(Math.max(...found))];
}
`;
}
