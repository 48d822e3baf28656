/** The format of lines and numbers, for people. */
import { printable } from "@dlcc/tensor";
import pc from "picocolors";

/** A share from 0 to 1. */
export const percent = (share: number | undefined): string => `${(100 * (share ?? Number.NaN)).toFixed(2)} %`;

/** A number with separators between thousands. */
export const thousands = (n: number): string => n.toLocaleString("en-US");

/** A number of any size to four digits, such as `0.001234` or `1,234,000`. */
export function significant(value: number): string {
  const plain = Math.abs(value) >= 1e-6 && Math.abs(value) < 1e15;
  return plain || value === 0 ? value.toLocaleString("en-US", { maximumSignificantDigits: 4 }) : value.toPrecision(4);
}

/** The first line. */
export const title = (text: string): string => pc.bold(printable(text));

/** A line with a name at the front, and something less important at the end. */
export const label = (name: string, text: string, aside = ""): string =>
  `  ${pc.dim(printable(name).padEnd(9))}${printable(text)}${aside === "" ? "" : pc.dim(` (${printable(aside)})`)}`;

/** The outcome, in bold. */
export const outcome = (name: string, text: string): string =>
  `${pc.bold(name)}  ${pc.bold(pc.green(printable(text)))}`;

/** Texts one after the other, wrapped into lines. */
export function wrapped(texts: readonly string[], separator: string, columns: number): string[] {
  const lines: string[] = [];
  for (const text of texts) {
    const longer = `${lines.at(-1) ?? ""}${separator}${text}`;
    if (lines.length > 0 && longer.length <= columns) lines[lines.length - 1] = longer;
    else lines.push(text);
  }
  return lines;
}

/** From here on a number is shown with its power of ten. */
const huge = 1e6;
/** A loss and the like: four decimals. */
export const decimals = (value: number): string => (Math.abs(value) < huge ? value.toFixed(4) : value.toExponential(2));
