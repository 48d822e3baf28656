/** What `--layers` and `--augment` are written in: steps, separated by commas, each a name and its numbers. */

/** A step of a text. */
export interface Words {
  /** The whole step, for messages. */
  readonly text: string;
  readonly name: string;
  readonly numbers: readonly number[];
  /** The words that are no numbers. */
  readonly marks: readonly string[];
}

/** A step as words. */
export function wordsOf(text: string): Words {
  const [name = "", ...rest] = text.split(/\s+/);
  const isNumber = (word: string): boolean => Number.isFinite(Number(word));
  return { text, name, numbers: rest.filter(isNumber).map(Number), marks: rest.filter((word) => !isNumber(word)) };
}

/** The steps of a text such as `conv 20 5 same, pool 2`. */
export const wordsIn = (text: string): Words[] => partsOf(text).map(wordsOf);

/** The parts of a text between commas, but for those in brackets. */
export function partsOf(text: string): string[] {
  let depth = 0;
  let part = "";
  const parts: string[] = [];
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) {
      parts.push(part);
      part = "";
    } else part += character;
  }
  return [...parts, part].map((found) => found.trim()).filter((found) => found !== "");
}
