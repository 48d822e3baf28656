/** Runs the commands in the guides of the course, and in the checklist of its text. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { dlcc, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

const folder = path.resolve(import.meta.dirname, "../../../docs/guide");

/** The commands in the `sh` blocks of the guides, and in their pictures' comments. */
const commands = readdirSync(folder).flatMap((file) => {
  const text = readFileSync(path.join(folder, file), "utf8");
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, lines = ""]) => lines.split("\n"));
  const pictures = [...text.matchAll(/^<!-- picture: (.*) -->$/gm)].map(([, line = ""]) => line);
  return [...blocks, ...pictures].filter((line) => line.startsWith("dlcc learn")).map((line) => ({ file, line }));
});

/** The commands in the checklist of the text that no guide has run already. */
const checklist = [...readFileSync(path.join(folder, "checklist.md"), "utf8").matchAll(/`(dlcc learn [^`]+)`/g)]
  .map(([, line = ""]) => line)
  .filter((line, i, all) => all.indexOf(line) === i && !commands.some((command) => command.line === line))
  .map((line) => ({ file: "checklist.md", line }));

/** The words of a command line, with quotes. */
const words = (line: string): string[] =>
  [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? "");

test("each guide of the course names commands, and no other guide does", () => {
  const chapters = readdirSync(folder).filter((file) => /^\d\d-/.test(file));
  expect(chapters.length).toBeGreaterThan(0);
  expect([...new Set(commands.map(({ file }) => file))].sort()).toEqual(chapters.sort());
});

test.each([...commands, ...checklist])("$file: $line", async ({ line }) => {
  const { code, lines } = await dlcc(words(line).slice(1));
  expect(code).toBe(0);
  expect(lines.join("\n")).toContain("try next");
  expect(lines.join("\n")).not.toMatch(/NaN|undefined/);
});
