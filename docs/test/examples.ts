/**
 * Finds the code examples of the project: the `ts` blocks of its READMEs and guides, and those behind `@example` in doc
 * comments. What an example prints stands behind `// →`.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** One block of code. */
export interface Example {
  /** The file, relative to the root, and the line where the block begins. */
  readonly where: string;
  readonly code: string;
  /** What it says that it prints, one entry for each `console.log`. */
  readonly prints: readonly string[];
}

/** The root of the project. */
export const root: string = path.resolve(import.meta.dirname, "../..");

const sources =
  /^(README\.md|docs\/(AGENTS|guide\/[^/]+)\.md|apps\/cli\/README\.md|packages\/[^/]+\/(README\.md|src\/.+\.ts))$/;

/** The files below a folder, relative to the root. */
export function filesBelow(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.posix.join(folder, entry.name);
    if (!entry.isDirectory()) return [file];
    return entry.name === "node_modules" || entry.name.startsWith(".") ? [] : filesBelow(file);
  });
}

/** All examples of the project. */
export function allExamples(): Example[] {
  return filesBelow("")
    .filter((file) => sources.test(file))
    .sort()
    .flatMap((file) => examplesIn(file, readFileSync(path.join(root, file), "utf8")));
}

/** The examples in one file. A block that is not to run says `ts no-run`. */
export function examplesIn(file: string, text: string): Example[] {
  const isSource = file.endsWith(".ts");
  const examples: Example[] = [];
  let block: { line: number; code: string[] } | undefined;
  text.split("\n").forEach((raw, i) => {
    const line = isSource ? raw.replace(/^\s*\* ?/, "") : raw;
    if (!block && /^```ts\s*$/.test(line) && (!isSource || /^\s*\*/.test(raw))) block = { line: i + 1, code: [] };
    else if (block && line.startsWith("```")) {
      const code = block.code.join("\n");
      examples.push({ where: `${file}:${block.line}`, code, prints: expectations(block.code) });
      block = undefined;
    } else block?.code.push(line);
  });
  return examples;
}

/** The texts behind `// →`; a comment line right below, set in, goes on with the text. */
function expectations(code: readonly string[]): string[] {
  const texts: string[] = [];
  let open = false;
  for (const line of code) {
    const arrow = line.indexOf("// → ");
    const more: RegExpExecArray | null = open ? /^\s*\/\/ {2,}(\S.*)$/.exec(line) : null;
    if (arrow >= 0) texts.push(line.slice(arrow + "// → ".length));
    else if (more) texts.push(`${texts.pop() ?? ""}\n${more[1]}`);
    open = arrow >= 0 || more !== null;
  }
  return texts;
}
