/**
 * The door through which every line reaches the terminal. Names from files (columns, classes, notes in a model, the files'
 * own) may hold commands for it: to clear the screen, to set the title, to type. The functions that colour a line make such
 * names `printable`; what they forget stops here. Only line ends and our own colours pass.
 */
import { printable } from "@dlcc/tensor";

/** Bold, dim, the colours of text, and the grays of a picture, each with its end. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal's commands begin with one.
const allowed = /(\n|\x1b\[(?:[012]?|22|3[0-79]|38;5;\d{1,3};48;5;\d{1,3})m)/;

/** @param colour Whether our own lines have colours; where they don't, all escape sequences are strangers'. */
export const safe = (text: string, colour: boolean): string =>
  text
    .split(colour ? allowed : /(\n)/)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");
