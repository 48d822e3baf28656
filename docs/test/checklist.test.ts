/** The checklist of the course's text: nothing is left out, and what it names is there. (Its links are checked with all others.) */
import { readFileSync } from "node:fs";
import path from "node:path";
import { chapters } from "@dlcc/course";
import { describe, expect, test } from "vitest";
import { filesBelow, root } from "./examples.ts";

const read = (file: string): string => readFileSync(path.join(root, file), "utf8");
const page = read("docs/guide/checklist.md");

/** The rows of the tables below a heading that come after the slips. */
const rows = page
  .slice(page.indexOf("## Introduction"))
  .split("\n")
  .filter((line) => /^\| \d/.test(line))
  .map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  .map(([text = "", what = "", guide = "", command = "", site = ""]) => ({ text, what, guide, command, site }));

/** What blank lines part in the text, from its title to the link to Part 2. */
const parts = 158;

const names = new Set<string>(chapters.map(({ name }) => name));
const code = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, words = ""]) => words);

test("each part of the text has one row, in order", () => {
  expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: parts }, (_, i) => String(i + 1)));
});

test.each(rows)("$text, $what: is in a guide, and its chapters exist", ({ guide, command, site }) => {
  expect(guide).toMatch(/\]\([\w-]+\.md/);
  for (const words of code(command)) {
    const [, chapter] = /^dlcc learn ([a-z-]+)/.exec(words) ?? [];
    if (chapter === undefined) expect(words).toMatch(/^dlcc (learn$|train mnist)/);
    else expect(names).toContain(chapter);
  }
  for (const address of code(site)) {
    const [, chapter = ""] = /^#\/understand\/([a-z-]+)$/.exec(address) ?? [];
    expect(names).toContain(chapter);
  }
});

test("the pages of the site are there", () => {
  const understand = filesBelow("apps/mnist/src/views/understand").map(read).join("\n");
  for (const address of new Set(rows.flatMap(({ site }) => code(site)))) {
    const chapter = address.replace("#/understand/", "");
    expect(understand).toMatch(new RegExp(`["']?\\b${chapter}\\b["']?\\s*:`));
  }
});

test("each chapter of the course that the text has is named", () => {
  const named = new Set(rows.flatMap(({ command }) => code(command)).map((words) => words.split(" ")[2]));
  for (const { name, beyond } of chapters) if (!beyond) expect(named).toContain(name);
});

describe("the slips", () => {
  const slips = [...page.matchAll(/^\| (\d+\. [^|]+) \| ([^|]+) \| ([^|]+) \| \[[^\]]+\]\((.+?)#(.+?)\) \|$/gm)];

  test("there are twelve, and the rows of the parts that have one say so", () => {
    expect(slips).toHaveLength(12);
    const parted = new Set(slips.flatMap(([, , places = ""]) => places.split(", ")));
    const noted = rows.filter(({ what }) => /slips? (is|are) noted/.test(what)).map(({ text }) => text);
    expect(noted).toEqual([...parted].sort((one, other) => Number(one) - Number(other)));
  });

  test.each(slips.map(([, chapter = "", , slip = "", file = "", heading = ""]) => ({ chapter, slip, file, heading })))(
    "$chapter: $slip: noted in that section",
    ({ file, heading }) => {
      const sections = read(`docs/guide/${file}`).split(/^(?=## )/m);
      const section = sections.find(
        (text) => /^## (.+)/.exec(text)?.[1]?.toLowerCase().replaceAll(" ", "-") === heading,
      );
      expect(section).toMatch(/^> \*\*(A slip|Slips) in the text\.\*\*/m);
    },
  );
});
