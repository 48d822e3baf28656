/** A first row that has no values: units below the names of the columns, or a second line of names. */
import { placeText } from "./csv.ts";
import type { Evidence, Place } from "./evidence.ts";
import type { LookedAt } from "./kinds.ts";
import { listed, optionFor, shown } from "./names.ts";

/** With fewer values than this, nothing tells which of them is the odd one. */
const fewestValues = 3;

/** The word in the first row of a column whose other rows are all numbers, or all dates. */
function oddFirst(column: Evidence, semicolons: boolean): Place | undefined {
  const { present, numbers, words, dates, notDates } = column;
  const [decimal, order] = [column.decimal(semicolons), column.order(undefined)];
  const odd = numbers[decimal] === present - 1 ? words[decimal] : undefined;
  const found = odd ?? (dates[order] === present - 1 ? notDates[order] : undefined);
  return present >= fewestValues && found?.row === 0 ? found : undefined;
}

/** What is wrong with the first row, if it has words where all others have numbers or dates, and the ways out. */
export function strayRow({ file, header, columns, decimalComma }: LookedAt): string | undefined {
  const odd = columns.flatMap((column) => {
    const place = oddFirst(column, decimalComma);
    return place ? [{ name: column.name, ...place }] : [];
  });
  const [first] = odd;
  if (!first) return undefined;
  const words = listed(
    odd.map(({ field, name }) => `${shown(field)} in ${shown(name)}`),
    4,
  );
  const names = optionFor(
    "--categories",
    odd.map(({ name }) => name),
    header,
  );
  return `${file}, ${placeText(0, first.line)}: must be a row of values, got words where all other rows have numbers or dates (${words}). If they are units, or more of the header, remove that line; if the columns are names, ${names}`;
}
