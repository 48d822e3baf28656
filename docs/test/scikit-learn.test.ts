/** Draws the table of dlcc beside scikit-learn into the guide from the results of both, and checks that dlcc keeps up. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { root } from "./examples.ts";

const page = path.join(root, "docs/guide/tables.md");
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(root, "docs/results/tables", name), "utf8"));

interface Scores {
  readonly mlp: readonly number[];
  readonly linear: readonly number[];
}
interface Table extends Scores {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly score: "R2" | "accuracy";
  /** The rows set aside, of each split. */
  readonly tests: readonly (readonly number[])[];
}

const { tables, ...versions } = read("scikit-learn.json") as { readonly tables: readonly Table[] } & Record<
  string,
  string
>;
const ours = read("dlcc.json") as Readonly<Record<string, Scores>>;

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
const spread = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));
const cell = (values: readonly number[], score: Table["score"]): string =>
  score === "R2"
    ? `${mean(values).toFixed(3)} ± ${spread(values).toFixed(3)}`
    : `${(100 * mean(values)).toFixed(1)} ± ${(100 * spread(values)).toFixed(1)} %`;

/** The table, as Markdown. */
function drawn(): string {
  const rows = tables.map(({ name, rows: n, columns, score, mlp, linear }) => {
    const own = ours[name] ?? { mlp: [], linear: [] };
    const figures = [own.mlp, mlp, own.linear, linear].map((values) => cell(values, score));
    return `| \`${name}\` | ${n.toLocaleString("en-US")} × ${columns} | ${score === "R2" ? "R²" : score} | ${figures.join(" | ")} |`;
  });
  return [
    "",
    `| data | size | score | dlcc | scikit-learn ${versions["scikit-learn"]} | dlcc, linear | scikit-learn, linear |`,
    "|---|---|---|---|---|---|---|",
    ...rows,
    "",
  ].join("\n");
}

test("the guide's table is that of the results", async () => {
  const text = readFileSync(page, "utf8");
  const marks = /(?<=<!-- scikit-learn -->\n)[\s\S]*(?=<!-- \/scikit-learn -->)/;
  expect(text).toMatch(marks);
  await expect(text.replace(marks, `${drawn()}\n`)).toMatchFileSnapshot(page);
});

/** Level is: within two rows of the test part, or within the standard deviation over the splits. */
const fewRows = 2;

test.each(tables)("$name: dlcc is level with scikit-learn", ({ name, score, tests, ...theirs }) => {
  for (const kind of ["mlp", "linear"] as const) {
    const own = ours[name]?.[kind] ?? [];
    expect(own).toHaveLength(theirs[kind].length);
    const rows = score === "accuracy" ? fewRows / (tests[0]?.length ?? 1) : 0;
    const least = mean(theirs[kind]) - Math.max(rows, spread(own), spread(theirs[kind]));
    expect(mean(own), kind).toBeGreaterThanOrEqual(least);
  }
});
