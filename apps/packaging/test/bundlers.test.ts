/** The packed packages behind bundlers: each builds the same program with no setting for dlcc, and it runs in Chromium. */
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { isolated, Pages } from "../src/pages.ts";
import { cells, expectSame, programFile, type Results } from "../src/program.ts";
import { Project } from "../src/project.ts";
import { expectRows } from "../src/table.ts";

let project: Project;
let pages: Pages;
let reference: Results;
const rows: string[][] = [];

beforeAll(async () => {
  project = Project.at(inject("stranger")).stranger("apps/packaging/hosts/bundlers", [programFile]);
  project.write("plain.js", 'import { program } from "./program.js";\nconsole.log(JSON.stringify(await program()));\n');
  reference = JSON.parse(project.node("plain.js").stdout) as Results;
  pages = await Pages.open();
});
afterAll(() => pages.close());

describe.each([
  ["Vite", "vite build --base ./ --outDir built/vite", "vite/index.html"],
  ["webpack", "webpack --mode production --entry ./main.js --output-path built/webpack", "webpack/main.js.html"],
  ["esbuild", "esbuild main.js --bundle --minify --format=esm --outfile=built/esbuild/main.js", "esbuild/main.js.html"],
  ["Rollup", "rollup main.js -p @rollup/plugin-node-resolve -d built/rollup", "rollup/main.js.html"],
])("%s", (name, command, page) => {
  test("builds the program without a warning of dlcc's, and it runs", async () => {
    const [bin = "", ...args] = command.split(" ");
    const { code, stdout, stderr } = project.bin(bin, ...args);
    expect(code, stdout + stderr).toBe(0);
    expect(stdout + stderr).not.toMatch(/circular|node:|externalized/i);
    const found = JSON.parse(await pages.inFolder(project.path("built"), page, isolated)) as Results;
    expectSame(found, reference);
    rows.push([name, "✓", ...cells(found)]);
  });
});

test("the guide's table says what was seen", async () => {
  expect(rows).toHaveLength(4);
  await expectRows(rows);
});
