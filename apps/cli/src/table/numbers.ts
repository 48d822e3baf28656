/** Numbers as people write them: `7.9%`, `$1,234.50`, `1.234,5 €`, `(12)`, `80 kg`. */

/** What stands before the decimals. */
export type Decimal = "." | ",";

/**
 * A decimal number as programs write it; not `0x1f` or `Infinity`, which may mean something else.
 * No two of its parts can match the same digits: with `\d+\.?\d*` a long number with a slip would take for ever.
 */
const plain = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** The same with a decimal comma or point, and with thousands set apart by one sign throughout. */
const grouped = (decimal: string, other: string): RegExp =>
  new RegExp(
    `^[+-]?(?:\\d+|[1-9]\\d{0,2}([${other} '’\u00a0\u2009\u202f])\\d{3}(?:\\1\\d{3})*)(?:[${decimal}]\\d*)?(?:e[+-]?\\d+)?$|^[+-]?[${decimal}]\\d+(?:e[+-]?\\d+)?$`,
    "i",
  );
const patterns: Readonly<Record<Decimal, RegExp>> = { ".": grouped(".", ","), ",": grouped(",", ".") };

const currencies =
  "USD|EUR|GBP|JPY|CHF|CNY|INR|CAD|AUD|NZD|SEK|NOK|DKK|PLN|CZK|HUF|BRL|MXN|ZAR|KRW|RUB|TRY|ILS|SGD|HKD";
const before = new RegExp(`^(US\\$|\\p{Sc}|(?:${currencies})(?![A-Z]))\\s*`, "u");
const measures =
  "[kcmµn]m[²³23]?|m[²³23]|sq ?(?:m|ft)|in|ft[²³23]?|yd|mi|km/h|m/s|mph|[kmµ]g|lbs?|oz|ha|[cm]l|kcal|k[JWV]|[kM]Wh|[kMG]?Hz|hPa|kPa|bar|ms|sec|min|hrs?|hours?|days?|years?|yrs?|°[CF]?|ppm|dB|[KMGT]i?B";
/** A letter alone is a unit only behind a space: `12A` may be a seat. */
const after = new RegExp(`\\s*(%|\\p{Sc}|${currencies}|${measures})$|\\s([mgtlshVAWJKN])$`, "u");

/** The unit behind a number. */
function unitAfter(digits: string): string {
  const [, unit, letter] = after.exec(digits) ?? [];
  return unit ?? letter ?? "";
}

/** A longer field is a number only if a program wrote it. */
const longest = 60;

/** The parts of a field: its digits, and its unit, such as `%` or `€`; none if there is no sign of one. */
function partsOf(field: string): { readonly digits: string; readonly unit: string } {
  if (field.length > longest) return { digits: field, unit: "" };
  let digits = field.replace(/^[−–]/, "-");
  const negative = /^\(.*\)$/.test(digits);
  if (negative) digits = digits.slice(1, -1).trim();
  const [sign = ""] = /^[+-](?=\D)/.exec(digits) ?? [];
  digits = digits.slice(sign.length);
  const unit = before.exec(digits)?.[1] ?? unitAfter(digits);
  digits = digits.replace(before.test(digits) ? before : after, "");
  if (negative) return { digits: /^\d/.test(digits) ? `-${digits}` : "", unit };
  return { digits: /^[+-]/.test(digits) && sign !== "" ? "" : sign + digits, unit };
}

const finite = (value: number): number => (Number.isFinite(value) ? value : Number.NaN);

function valueIn(digits: string, decimal: Decimal): number {
  if (digits.length > longest || !patterns[decimal].test(digits)) return Number.NaN;
  const ungrouped = digits.replace(decimal === "." ? /[, '’\u00a0\u2009\u202f]/g : /[. '’\u00a0\u2009\u202f]/g, "");
  return finite(Number(ungrouped.replace(",", ".")));
}

/** The number in a field; NaN if it is not a number. */
export function numberIn(field: string, decimal: Decimal): number {
  if (decimal === "." && plain.test(field)) return finite(Number(field));
  return valueIn(partsOf(field).digits, decimal);
}

/** A field read in every way. */
export interface NumberReading {
  /** With a decimal point; NaN if it is no such number. */
  readonly point: number;
  /** With a decimal comma. */
  readonly comma: number;
  /** Such as `%` or `€`; empty without. */
  readonly unit: string;
}

const withoutMarks = /^[+-]?\d+$/;

/** Reads a field in every way. */
export function readNumber(field: string): NumberReading {
  if (withoutMarks.test(field)) {
    const value = finite(Number(field));
    return { point: value, comma: value, unit: "" };
  }
  if (plain.test(field)) return { point: finite(Number(field)), comma: valueIn(field, ","), unit: "" };
  const { digits, unit } = partsOf(field);
  return { point: valueIn(digits, "."), comma: valueIn(digits, ","), unit };
}
