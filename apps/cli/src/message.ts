import { printable } from "@dlcc/tensor";

/** Functions whose errors reach people who didn't call them. */
const functions =
  /(^|: )(?:buildNetwork|exportOnnx|fit|freeze|fromConfig|importOnnx|prepareDigit|readOnnxInfo|split): /g;

/** The system's messages about files, such as `ENOENT: no such file or directory, open 'a.csv'`, after the name of the file. */
const system = /(?<=: )(ENOENT|ENOTDIR|EISDIR|EACCES|EPERM): [^,\n]+, \w+(?: '[^']*')?/g;
const plain: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission is denied",
  EPERM: "permission is denied",
};

/**
 * An error's message for people: without the names of functions in dlcc's packages, with the system's messages about files
 * in plain words, and with nothing that a terminal obeys.
 */
export const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error))
    .replace(functions, "$1")
    .replace(system, (text, code: string) => plain[code] ?? text)
    .split("\n")
    .map((line) => printable(line))
    .join("\n");
