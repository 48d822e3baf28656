/** The first page of the guides is for anyone: its blocks run as they stand, where types are a syntax error, too. */
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";
import { examplesIn, root } from "./examples.ts";

const file = "docs/guide/getting-started.md";
const blocks = examplesIn(file, readFileSync(path.join(root, file), "utf8"));

/** What the compiler says of text as a JavaScript file. */
const faultsOf = (code: string): string[] => {
  const { diagnostics = [] } = ts.transpileModule(code, { fileName: "first.js", reportDiagnostics: true });
  return diagnostics.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, " "));
};

test("a type is a fault", () => {
  expect(faultsOf("const f = (x: number) => x;")).not.toEqual([]);
});

test.each(blocks)("$where is plain JavaScript", ({ code }) => {
  expect(faultsOf(code)).toEqual([]);
});
