/** The tables of `docs/guide/runtimes.md`, whose rows are what the tests have seen. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { root } from "./workspace.ts";

const page = path.join(root, "docs/guide/runtimes.md");

/** Holds the rows of a table to what was seen; each is found by its first cell. With `--update`, vitest writes them. */
export async function expectRows(rows: readonly (readonly string[])[]): Promise<void> {
  let text = readFileSync(page, "utf8");
  for (const [name = "", ...others] of rows) {
    const row = new RegExp(`^\\| ${name.replace(/[.()]/g, "\\$&")} \\|.*$`, "m");
    expect(text, `docs/guide/runtimes.md has a row ${name}`).toMatch(row);
    text = text.replace(row, `| ${[name, ...others].join(" | ")} |`);
  }
  await expect(text, "run `npm run test:packages -- --update`").toMatchFileSnapshot(page);
}
