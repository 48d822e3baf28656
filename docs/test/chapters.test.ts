/** The guides of the course follow the table of chapters in `@dlcc/course`. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { chapters } from "@dlcc/course";
import { expect, test } from "vitest";
import { root } from "./examples.ts";

const folder = path.join(root, "docs/guide");
const read = (guide: string): string => readFileSync(path.join(folder, `${guide}.md`), "utf8");

/** The guides in the order of the table; neighbours can share one. */
const guides = [...new Set(chapters.map(({ guide }) => guide))];
const chaptersOf = (guide: string) => chapters.filter((chapter) => chapter.guide === guide);

test("each chapter has a guide, and each guide of the course has chapters", () => {
  const files = readdirSync(folder).filter((file) => /^\d\d-/.test(file));
  expect(guides.map((guide) => `${guide}.md`)).toEqual(files.sort());
});

test("guides are numbered in the order of the course", () => {
  guides.forEach((guide, i) => {
    expect(guide).toMatch(new RegExp(`^${String(i + 1).padStart(2, "0")}-`));
    expect(read(guide)).toContain(`\ntitle: ${i + 1}. `);
  });
});

test.each(guides)("%s shows a command of each of its chapters", (guide) => {
  for (const { name } of chaptersOf(guide)) expect(read(guide)).toMatch(new RegExp(`dlcc learn ${name}(?![\\w-])`));
});

test("the-course.md lists the guides in that order, with the questions of their chapters", () => {
  const page = read("the-course");
  const children = [...page.matchAll(/^ {2}- \.\/(.+)\.md$/gm)].map(([, guide]) => guide);
  expect(children).toEqual(guides);
  const rows = [...page.matchAll(/^\| \[.+\]\((.+)\.md\) \| (.+) \|$/gm)].map(([, guide, question]) => [
    guide,
    question,
  ]);
  expect(rows).toEqual(
    guides.map((guide) => [
      guide,
      chaptersOf(guide)
        .map(({ question }) => question)
        .join(" "),
    ]),
  );
});
