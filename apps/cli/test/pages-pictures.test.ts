/** The figures of the guide on pictures are drawn from the committed results: `npm run pages` and `vitest -u` write them. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { sureFrom } from "../src/digits/doubt.ts";
import { easy, hard, more } from "./pictures/kinds.ts";
import { results } from "./pictures/results.ts";

const file = path.resolve(import.meta.dirname, "../../../docs/guide/pictures.md");

/** The guide with a part in place of what stands between its marks. */
function withPart(text: string, name: string, part: string): string {
  const [begin, end] = [`<!-- ${name} -->\n`, `\n<!-- /${name} -->`];
  expect(text).toContain(begin);
  return text.slice(0, text.indexOf(begin) + begin.length) + part + text.slice(text.indexOf(end));
}

/** The table of the kinds, before and now. */
function drawKinds(): string {
  const rows = Object.entries(results.kinds).map(
    ([kind, { before, after }]) => `| ${kind} | ${before ?? "–"} | ${after} |`,
  );
  const raw = `| MNIST's 10,000 test digits themselves | ${results.raw.before} | ${results.raw.after} |`;
  return ["| kind | before | now |", "|---|--:|--:|", ...rows, raw].join("\n");
}

/** What of which guesses is doubted. */
function drawDoubt(): string {
  const { pictures, digits, others, wrong, shares } = results.doubt;
  const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
  return [
    `Of ${pictures} pictures of the first six kinds and ${digits.toLocaleString("en")} test digits themselves, of which ${wrong} are read wrongly, and of ${others} letters, signs and scribbles, these shares are not sure:`,
    "",
    "| of the wrong guesses | of the right ones | of those about what is no digit |",
    "|--:|--:|--:|",
    `| ${percent(shares.wrong)} | ${percent(shares.right)} | ${percent(shares.others)} |`,
  ].join("\n");
}

test("the tables are drawn from the results", async () => {
  const parts: readonly [name: string, draw: () => string][] = [
    ["kinds", drawKinds],
    ["doubt", drawDoubt],
  ];
  const text = parts.reduce((text, [name, draw]) => withPart(text, name, draw()), readFileSync(file, "utf8"));
  await expect(text, "run `npm run pages`").toMatchFileSnapshot(file);
});

test("the results are of all kinds of pictures, in their order", () => {
  expect(Object.keys(results.kinds)).toEqual(Object.keys({ ...hard, ...easy, ...more }));
});

test("the threshold in use is the one that was calibrated, and the guide names it", () => {
  expect(sureFrom).toBe(results.doubt.calibrated);
  expect(readFileSync(file, "utf8")).toContain(`below ${sureFrom} the guess is not sure`);
});
