/**
 * The examples of docs/examples, as somebody who copies them gets them: in an empty folder, installed by plain npm from the
 * packed packages, run. They print what their READMEs say.
 */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { isolated, Pages } from "../src/pages.ts";
import { Project } from "../src/project.ts";
import { root } from "../src/workspace.ts";

const folder = path.join(root, "docs/examples");
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== "node_modules")
  .map(({ name }) => name);

/** What an example's README says that comes out. */
function promised(name: string): string {
  const readme = readFileSync(path.join(folder, name, "README.md"), "utf8");
  const [, output = ""] = /^```text\n([\s\S]*?)^```$/m.exec(readme) ?? [];
  expect(output).not.toBe("");
  return output.trim();
}

const copied = (name: string): Project => Project.at(inject("stranger")).stranger(`docs/examples/${name}`);

describe.each(examples.filter((name) => name !== "digits-in-a-page"))("%s", (name) => {
  test("prints what its README says", () => {
    const { code, stdout, stderr } = copied(name).command("npm", "start", "--silent");
    expect(stderr).toBe("");
    expect(stdout.trim()).toBe(promised(name));
    expect(code).toBe(0);
  });
});

describe("digits-in-a-page", () => {
  let pages: Pages;
  beforeAll(async () => {
    pages = await Pages.open();
  });
  afterAll(() => pages.close());

  test("shows what its README says", async () => {
    const project = copied("digits-in-a-page");
    project.npm("run", "build");
    expect(await pages.inFolder(project.path("dist"), "index.html", isolated)).toBe(promised("digits-in-a-page"));
  });
});

test("each is in the list, with its own README", () => {
  const list = readFileSync(path.join(folder, "README.md"), "utf8");
  const listed = [...list.matchAll(/^\| \[.+?\]\(([\w-]+)\/README\.md\)/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...examples].sort());
});
