/** A view's style sheet stays when the reader goes on to another view: it must style nothing there. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const source = new URL("../src/", import.meta.url);

/** The classes with which the selectors of a sheet begin. */
function classesOf(sheet: string): string[] {
  const text = readFileSync(new URL(sheet, source), "utf8").replace(/\/\*[\s\S]*?\*\//g, "");
  const selectors = [...text.matchAll(/([^{};]+)\{/g)].flatMap(([, list = ""]) => list.split(/,(?![^(]*\))/));
  return selectors.flatMap((selector) => /^\s*[a-z]*\.([\w-]+)/.exec(selector)?.[1] ?? []);
}

const sheets = (readdirSync(source, { recursive: true }) as string[]).filter((name) => name.endsWith(".css"));
/** The view that loads a sheet; those of Train and of what all views share are there from the start. */
const viewOf = (sheet: string): string => /understand|draw/.exec(sheet)?.[0] ?? "the start";

test("no class is styled by the sheets of two views", () => {
  expect(new Set(sheets.map(viewOf))).toEqual(new Set(["the start", "draw", "understand"]));
  const views = new Map<string, Set<string>>();
  for (const sheet of sheets) {
    for (const name of classesOf(sheet)) views.set(name, (views.get(name) ?? new Set()).add(viewOf(sheet)));
  }
  expect([...views].filter(([, of]) => of.size > 1).map(([name]) => name)).toEqual([]);
});
