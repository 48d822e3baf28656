/**
 * The sizes in the README are those of the packages. `npm run sizes` brings them up to date: vitest then writes the
 * README as it should be.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, inject, test } from "vitest";
import { bundle, gzipSize } from "../src/bundle.ts";
import { Project } from "../src/project.ts";
import { publishable, root } from "../src/workspace.ts";

const project = Project.at(inject("stranger"));
const readme = path.join(root, "README.md");

/** The part of the README that is checked: the rows of the table between these. */
const [begin, end] = ["<!-- sizes -->", "<!-- /sizes -->"];

/** Sizes are given in tenths of a kilobyte, and compilers of different Nodes may round to either side. */
const tolerance = 0.1;

/** The whole of a package by itself, without its peers, minified: what it adds to an app that uses all of it. */
async function sizeOf(name: string, peers: readonly string[]): Promise<number> {
  const entry = `sizes/${name.replace("/", "-")}.js`;
  project.write(entry, `export * from "${name}";\n`);
  const others = [...publishable().map((other) => other.name), ...peers];
  return gzipSize(
    await bundle(
      project.path(entry),
      others.filter((other) => other !== name),
    ),
  );
}

/** A row with its last cell brought up to date. */
async function updated(row: string): Promise<string> {
  const [, before = "", name, between = "", written = ""] =
    /^(\| \[`(@dlcc\/[a-z]+)`\])(.*\| )([^|]*) \|$/.exec(row) ?? [];
  const known = publishable().find((candidate) => candidate.name === name);
  if (!known?.manifest.exports) return row;
  const size = await sizeOf(known.name, Object.keys(known.manifest.peerDependencies ?? {}));
  const isCurrent = Math.abs(Number.parseFloat(written) - size) <= tolerance;
  return `${before}${between}${isCurrent ? written : `${size.toFixed(1)} KB`} |`;
}

test("the README's sizes are those of the packages", async () => {
  const text = readFileSync(readme, "utf8");
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  expect(from, `README.md has ${begin}`).toBeGreaterThan(0);
  const rows = await Promise.all(text.slice(from, to).split("\n").map(updated));
  await expect(text.slice(0, from) + rows.join("\n") + text.slice(to)).toMatchFileSnapshot(readme);
});

/**
 * In kilobytes of gzip: the budget is what dlcc aims at, the limit what it holds to meanwhile. What is won is kept: the limit
 * follows the size down.
 */
test.each([{ name: "@dlcc/webgpu", budget: 20, limit: 20 }])(
  "$name is no more than $limit KB (the budget is $budget KB)",
  async ({ name, limit }) => {
    const size = await sizeOf(name, ["webgpu"]);
    expect(size).toBeLessThanOrEqual(limit);
    expect(limit - size, "the limit can come down").toBeLessThan(0.5);
  },
);

test("the README lists every package", () => {
  const text = readFileSync(readme, "utf8");
  const table = text.slice(text.indexOf(begin), text.indexOf(end));
  for (const { name } of publishable()) expect(table).toContain(`\`${name}\``);
});
