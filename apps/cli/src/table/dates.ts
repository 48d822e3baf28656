/** Dates and times as people write them, and what a network is told of them. */

/** The order of the parts of a date such as `3/4/2024`: the month first, as in the United States, or the day. */
export type DateOrder = "mdy" | "dmy";

const time = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?: ?([ap])\.?m\.?)?(?: ?(?:Z|UTC|GMT|[+-]\d{2}:?\d{2}))?`;
const withTime = (date: string): RegExp => new RegExp(`^${date}(?:(?:[T ]|, ?)${time})?$`, "i");
const yearFirst = withTime(String.raw`(\d{4})([-/.])(\d{1,2})\2(\d{1,2})`);
const yearLast = withTime(String.raw`(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})`);
const dayMonth = withTime(String.raw`(\d{1,2})[. -]+([a-z]{3,9})\.?,?[ -]+(\d{4})`);
const monthDay = withTime(String.raw`([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})`);
const timeAlone = new RegExp(`^${time}$`, "i");
/** As `20240305`: only where an option says so. */
const compact = /^(\d{4})(\d{2})(\d{2})$/;

const months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const longMonths = [
  ...["january", "february", "march", "april", "may", "june"],
  ...["july", "august", "september", "october", "november", "december"],
];
const monthOf = (word: string): number => {
  const lower = word.toLowerCase().replace(/^sept$/, "sep");
  return 1 + (lower.length === 3 ? months.indexOf(lower) : longMonths.indexOf(lower));
};

/** Two digits of a year are of this century up to here, as in POSIX. */
const lastOfThisCentury = 68;
const msPerDay = 86_400_000;

/** Days since 1970-01-01, of a date by its parts; NaN if there is no such day or time. */
function daysOf(year: number, month: number, day: number, clock: readonly (string | undefined)[]): number {
  const midnight = new Date(0);
  midnight.setUTCFullYear(year, month - 1, day);
  if (!(month >= 1 && month <= 12 && midnight.getUTCDate() === day)) return Number.NaN;
  return midnight.getTime() / msPerDay + clockOf(clock);
}

/** The share of the day that has passed, by the clock on the wall: a zone is not taken into account. */
function clockOf([hours, minutes, seconds, half]: readonly (string | undefined)[]): number {
  if (hours === undefined) return 0;
  let hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return Number.NaN;
    hour = (hour % 12) + (half.toLowerCase() === "p" ? 12 : 0);
  }
  const [minute, second] = [Number(minutes), Number(seconds ?? 0)];
  return hour < 24 && minute < 60 && second < 61 ? (hour * 3600 + minute * 60 + second) / 86_400 : Number.NaN;
}

/** A longer field is no date. */
const longest = 40;

/** A field as days since 1970-01-01, in both orders; NaN if it is no date. A time without a date is a share of a day. */
export function readDate(field: string, byOption = false): Readonly<Record<DateOrder, number>> {
  const both = (days: number): Record<DateOrder, number> => ({ mdy: days, dmy: days });
  if (field.length > longest) return both(Number.NaN);
  let found = yearFirst.exec(field);
  if (found) return both(daysOf(Number(found[1]), Number(found[3]), Number(found[4]), found.slice(5)));
  found = yearLast.exec(field);
  if (found) {
    const [, a, separator, b, digits = "", ...clock] = found;
    // `1.2.03` may be the number of a version.
    if (digits.length === 2 && separator !== "/") return both(Number.NaN);
    const short = Number(digits);
    const year = digits.length === 4 ? short : short + (short <= lastOfThisCentury ? 2000 : 1900);
    return {
      mdy: daysOf(year, Number(a), Number(b), clock),
      dmy: daysOf(year, Number(b), Number(a), clock),
    };
  }
  found = dayMonth.exec(field);
  if (found) return both(daysOf(Number(found[3]), monthOf(found[2] ?? ""), Number(found[1]), found.slice(4)));
  found = monthDay.exec(field);
  if (found) return both(daysOf(Number(found[3]), monthOf(found[1] ?? ""), Number(found[2]), found.slice(4)));
  found = timeAlone.exec(field);
  if (found) return both(clockOf(found.slice(1)));
  found = byOption ? compact.exec(field) : null;
  return both(found ? daysOf(Number(found[1]), Number(found[2]), Number(found[3]), []) : Number.NaN);
}

/** What a network is told of a date: how long ago it was, and where in the year, the week and the day, each on a circle. */
export const dateFeatures = ["days", "yearSin", "yearCos", "weekSin", "weekCos", "daySin", "dayCos"] as const;
export type DateFeature = (typeof dateFeatures)[number];

/** The first day of 1970 was a Thursday. */
const firstWeekday = 4;
/** The days of a year, on average. */
const year = 365.2425;

/** A feature of a date, by its days since 1970-01-01. */
export function dateFeature(feature: DateFeature, days: number): number {
  if (feature === "days") return days;
  const whole = Math.floor(days);
  const turns = {
    year: whole / year,
    week: ((((whole + firstWeekday) % 7) + 7) % 7) / 7,
    day: days - whole,
  }[feature.slice(0, -3) as "year" | "week" | "day"];
  return (feature.endsWith("Sin") ? Math.sin : Math.cos)(2 * Math.PI * turns);
}
