/** Functions whose errors reach people who have never called them. */
const functions = /(^|: )(?:fit|fromConfig|prepareDigit|split): /g;

/** What the system says of files, such as `ENOENT: no such file or directory, open 'a.csv'`, behind the name of the file. */
const system = /(?<=: )(ENOENT|ENOTDIR|EISDIR|EACCES|EPERM): [^,\n]+, \w+(?: '[^']*')?/g;
const plain: Readonly<Record<string, string>> = {
  ENOENT: "it is not there",
  ENOTDIR: "it is no folder",
  EISDIR: "it is a folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
};

/**
 * What went wrong, for people: without the names of the functions in dlcc's packages that say so, and with what the system
 * says of files in plain words.
 */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(functions, "$1")
    .replace(system, (text, code: string) => plain[code] ?? text);
