/** The command of a run with other options, for what to try next. */
import { commandLine, wordsOf } from "./command-line.ts";

/** Options with a value that another run is not to have: it would overwrite files, or go on with this one. */
const ownFiles = ["--out", "--svg", "--profile", "--checkpoint", "--resume"];

/** The command with other options: those that it had are replaced. */
export function retyped(typed: string, ...options: readonly (readonly [flag: string, value?: string])[]): string {
  const alone = new Set(options.flatMap(([flag, value]) => (value === undefined ? [flag] : [])));
  const replaced = [...ownFiles, ...options.map(([flag]) => flag)];
  const words = wordsOf(typed);
  const kept: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    if (word === "--json") continue;
    if (replaced.includes(word)) i += alone.has(word) ? 0 : 1;
    else if (!replaced.some((flag) => word.startsWith(`${flag}=`))) kept.push(word);
  }
  return commandLine([...kept, ...options.flat().filter((word) => word !== undefined)]);
}

/** A learning rate to try where this one was too large: the usual one, if that is smaller. */
export const smallerRate = (lr: number, usual: number): string =>
  String(lr > usual ? usual : Number((lr / 10).toPrecision(3)));
