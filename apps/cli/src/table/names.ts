/** Names from tables as messages show them: on a line, whatever they hold. */
import { printable } from "@dlcc/tensor";

/** The most characters of a name that a message shows. */
const longest = 60;
/** The most names that a message lists. */
const most = 20;

/** A name, shortened. */
export const shown = (name: string): string => printable(name, longest);

/** A list of names: the first ones, and how many there are more. */
export const listed = (names: readonly string[], limit: number = most): string => {
  const first = names.slice(0, limit).map(shown).join(", ");
  return names.length > limit ? `${first} and ${names.length - limit} more` : first;
};
