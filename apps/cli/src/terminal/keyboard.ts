/** What is typed, or piped in: the lines of stdin. */
import { createInterface } from "node:readline";

/** The keyboard of a program. A test has its own. */
export interface Keyboard {
  /** Whether somebody sits at it; otherwise lines come from a file or a pipe. */
  readonly isTerminal: boolean;
  /** The lines, as they come; reading ends with the input, or when one stops asking for lines. */
  readonly lines: () => AsyncIterable<string>;
}

/** The keyboard of this program. */
export const standardKeyboard = (): Keyboard => ({
  isTerminal: process.stdin.isTTY ?? false,
  lines: () => createInterface({ input: process.stdin }),
});
