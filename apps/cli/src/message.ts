/** Functions whose errors reach people who have never called them. */
const functions = /(^|: )(?:fit|fromConfig|prepareDigit|split): /g;

/** What went wrong, for people: without the names of the functions in dlcc's packages that say so. */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(functions, "$1");
