import pc from "picocolors";

/** What the lines on stdout are read on. */
export interface Screen {
  /** A terminal, that is, not a file or a pipe: pictures make sense. */
  readonly isTerminal: boolean;
  /** How many characters fit in a line. */
  readonly columns: number;
  readonly colour: boolean;
}

/** Where nobody says how wide lines may be. */
const usualColumns = 80;

/** What this program's stdout is. */
export const standardScreen = (): Screen => ({
  isTerminal: process.stdout.isTTY ?? false,
  columns: process.stdout.columns || Number(process.env.COLUMNS) || usualColumns,
  colour: pc.isColorSupported,
});
