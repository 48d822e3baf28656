import pc from "picocolors";

/** The screen of stdout. */
export interface Screen {
  /** Whether it is a terminal, not a file or a pipe, so that pictures make sense. */
  readonly isTerminal: boolean;
  /** The characters that fit in a line. */
  readonly columns: number;
  readonly colour: boolean;
}

/** The default width of lines. */
const usualColumns = 80;

/** The screen of this program's stdout. */
export const standardScreen = (): Screen => ({
  isTerminal: process.stdout.isTTY ?? false,
  columns: process.stdout.columns || Number(process.env.COLUMNS) || usualColumns,
  colour: pc.isColorSupported,
});
