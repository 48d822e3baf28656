/** Small tables, as the tests write them. */
import { readFileSync, writeFileSync } from "node:fs";
import { newPath } from "./dlcc.ts";

/** A new file with this content. */
export function fileOf(content: string | Uint8Array): string {
  const file = newPath("table.csv");
  writeFileSync(file, content);
  return file;
}

/** So many lines, each by its number from 0. */
export const times = (n: number, of: (i: number) => string): string[] => Array.from({ length: n }, (_, i) => of(i));

/** The same rows as another file, of which a model that has learned from the first is judged by all. */
export const otherFile = (file: string): string => fileOf(readFileSync(file, "utf8").trimEnd());
