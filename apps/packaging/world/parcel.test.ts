import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { isolated, Pages } from "../src/pages.ts";
import { cells, expectSame, programFile, type Results } from "../src/program.ts";
import { Project } from "../src/project.ts";
import { expectRows } from "../src/table.ts";

let project: Project;
let pages: Pages;

beforeAll(async () => {
  project = Project.at(inject("stranger")).stranger("apps/packaging/hosts/parcel", [programFile]);
  pages = await Pages.open();
});
afterAll(() => pages.close());

test("Parcel builds the program with no setting, and it runs; the guide's table says so", async () => {
  const { code, stdout, stderr } = project.bin("parcel", "build", "index.html", "--public-url", "./");
  expect(code, stdout + stderr).toBe(0);
  const found = JSON.parse(await pages.inFolder(project.path("dist"), "index.html", isolated)) as Results;
  expectSame(found, found);
  await expectRows([["Parcel", "✓", ...cells(found)]]);
});
