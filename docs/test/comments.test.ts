/** A comment that names a file names one that exists. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { filesBelow, root } from "./examples.ts";

/** Files that the repository does not have: programs by other people, and examples. */
const others = new Set([
  ...["TensorFlow.js", "brain.js", "gpu.js"],
  ...["a.csv", "model.json", "model.mjs", "model.html"],
]);

const built = /(^|\/)(dist|coverage)\/|^docs\/site\//;
const files = filesBelow("").filter((file) => !built.test(file));
const sources = files.filter((file) => /^(apps|docs|packages)\/.+\.(css|js|py|ts|tsx)$/.test(file));

/** The comments of a source, without the code of examples and without addresses. */
function commentsIn(file: string): string {
  const text = readFileSync(path.join(root, file), "utf8");
  const comment = file.endsWith(".py") ? /#.*|"""[\s\S]*?"""/g : /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*/gm;
  return (text.match(comment) ?? [])
    .join("\n")
    .replace(/```[\s\S]*?```/g, "")
    .replace(/https?:\S+/g, "");
}

/** A file's name, perhaps with folders before it; not a part of a package's name or of a pattern. */
const fileName =
  /(?<![\w@/.*<-])(?:[\w@.-]+\/)*[\w.-]+\.(?:csv|css|html|js|json|jsonl|md|mjs|py|svg|ts|tsx|yaml|yml)\b(?![\w(])/g;

/** Whether the repository has a file of that name: beside the source if the name is relative, otherwise in any folder. */
function exists(name: string, source: string): boolean {
  if (name.startsWith(".")) return files.includes(path.posix.join(path.posix.dirname(source), name));
  return files.some((file) => file === name || file.endsWith(`/${name}`));
}

/** The names of files that the comments of a source mention, and that the repository lacks. */
const goneIn = (source: string): string[] =>
  (commentsIn(source).match(fileName) ?? [])
    .filter((name) => !others.has(name) && !exists(name, source))
    .map((name) => `${source}: ${name}`);

test("a comment names only files that exist", () => expect(sources.flatMap(goneIn)).toEqual([]));

test("the comments of all languages are found", () => {
  expect(sources.filter((file) => commentsIn(file) === "" && file.endsWith(".py"))).toEqual([]);
  expect(sources.flatMap((file) => commentsIn(file).match(fileName) ?? []).length).toBeGreaterThan(50);
});
