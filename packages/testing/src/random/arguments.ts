/** The arguments of a random case as values, and as text. */
import { ops, type Tensor } from "@dlcc/tensor";
import { Placed } from "./placed.ts";
import type { Argument, Word } from "./word.ts";

/** The arguments with something else for their tensors, also for those in lists. */
export function replaced(args: readonly Argument[], by: (x: Placed) => Placed | Tensor): Argument[] {
  const one = (arg: Argument): Argument => {
    if (arg instanceof Placed) return by(arg);
    return Array.isArray(arg) ? arg.map(one) : arg;
  };
  return args.map(one);
}

/** Calls a word. */
export function call(name: string, word: Word, args: readonly unknown[]): unknown {
  const own = (ops as unknown as Readonly<Record<string, Word["call"]>>)[name];
  const f = word.call ?? own;
  if (!f) throw new RangeError(`random: the word must be an op, got ${name}`);
  return f(...args);
}

/** The tensors of a result. */
export const tensorsOf = (word: Word, result: unknown): readonly Tensor[] =>
  word.resultsOf ? word.resultsOf(result) : [result as Tensor | readonly Tensor[]].flat();

/** An argument in words. */
export function describeArgument(arg: Argument): string {
  if (arg instanceof Placed) return arg.toString();
  if (Array.isArray(arg)) return `[${arg.map(describeArgument).join(", ")}]`;
  if (typeof arg === "function") return "f";
  if (typeof arg === "object" && arg !== null) {
    return `{ ${Object.entries(arg)
      .map(([key, value]) => `${key}: ${describeArgument(value as Argument)}`)
      .join(", ")} }`;
  }
  return typeof arg === "string" ? JSON.stringify(arg) : Object.is(arg, -0) ? "-0" : String(arg);
}
