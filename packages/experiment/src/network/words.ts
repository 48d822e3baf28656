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

/** The steps of a text such as `conv 20 5 same, pool 2`. */
export const wordsIn = (text: string): Words[] =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "")
    .map((part) => {
      const [name = "", ...rest] = part.split(/\s+/);
      const isNumber = (word: string): boolean => Number.isFinite(Number(word));
      return {
        text: part,
        name,
        numbers: rest.filter(isNumber).map(Number),
        marks: rest.filter((word) => !isNumber(word)),
      };
    });
