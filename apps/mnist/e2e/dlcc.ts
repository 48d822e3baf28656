/** Runs the real command, as its users do: the built one, in its own process. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../cli/bin/dlcc.js", import.meta.url));

/** The words of a command line, those in quotes without them. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

/** @returns The last of its lines, as `--json` gives them. */
export function dlcc(command: string): { readonly testAccuracy: number } {
  const lines = execFileSync(process.execPath, [bin, ...wordsOf(command), "--json"], { encoding: "utf8" });
  return JSON.parse(lines.trim().split("\n").at(-1) ?? "");
}
