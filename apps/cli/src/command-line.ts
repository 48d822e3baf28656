import { printable } from "@dlcc/tensor";

/** A word that a shell reads literally; other words need quotes. */
const plain = /^[\w@%+=:,./-]+$/;

/** A word that has characters which a terminal obeys. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
const obeyed = /[\u0000-\u001f\u007f-\u009f]/;

/** A word in the quotes in which a shell undoes escapes. */
const escaped = (word: string): string => `$'${printable(word.replace(/[\\']/g, "\\$&"))}'`;

const quote = (word: string): string => (obeyed.test(word) ? escaped(word) : `'${word.replaceAll("'", "'\\''")}'`);

/** Words as a shell command. */
export const commandLine = (words: readonly string[]): string =>
  words.map((word) => (plain.test(word) ? word : quote(word))).join(" ");

/** The words of a command that {@link commandLine} wrote. */
export function wordsOf(line: string): string[] {
  const words: string[] = [];
  for (const [word] of line.matchAll(/(?:\$'(?:[^'\\]|\\.)*'|'[^']*'|\\.|[^\s'\\])+/g)) {
    words.push(
      word.replace(/\$'((?:[^'\\]|\\.)*)'|'([^']*)'|\\(.)/g, (_, escapes?: string, literal?: string, one?: string) =>
        escapes === undefined ? (literal ?? one ?? "") : unescaped(escapes),
      ),
    );
  }
  return words;
}

/** Undoes the escapes of a shell. */
const unescaped = (text: string): string =>
  text.replace(/\\u([0-9a-f]{4})|\\(.)/g, (_, code?: string, one?: string) =>
    code === undefined ? (one ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
  );
