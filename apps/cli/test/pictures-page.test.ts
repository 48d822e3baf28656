/** The tables of the guide on pictures have the committed results. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { easy, hard, more } from "./pictures/kinds.ts";
import { results } from "./pictures/results.ts";

const page = readFileSync(new URL("../../../docs/guide/pictures.md", import.meta.url), "utf8");

test("the results are of kinds of pictures: of all those with bars, and of others", () => {
  const all = Object.keys({ ...hard, ...easy, ...more });
  expect(all.filter((kind) => kind in results.kinds)).toEqual(Object.keys(results.kinds));
  expect(Object.keys(results.kinds)).toEqual(expect.arrayContaining(Object.keys({ ...hard, ...easy })));
});

test("the table of the kinds is drawn from the results", () => {
  const rows = Object.entries(results.kinds).map(
    ([kind, { before, after }]) => `| ${kind} | ${before ?? ""} | ${after} |`,
  );
  rows.push(`| MNIST's 10,000 test digits themselves | ${results.raw.before} | ${results.raw.after} |`);
  expect(page).toContain(`| kind | before | now |\n|---|--:|--:|\n${rows.join("\n")}\n`);
});

test("the table of doubts is drawn from the results", () => {
  const { wrong, right, others } = results.doubt.shares;
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  expect(page).toContain(
    `| of the wrong guesses | of the right ones | of those about what is no digit |\n|--:|--:|--:|\n| ${percent(wrong)} | ${percent(right)} | ${percent(others)} |\n`,
  );
});
