import { readFileSync } from "node:fs";
import { chapters as course } from "@dlcc/course";
import { describe, expect, test } from "vitest";
import { dlcc, errors, json, newFolder, newPath, withoutSurroundings } from "./dlcc.ts";

withoutSurroundings();

describe("dlcc learn --svg", () => {
  const chapters = course.map(({ name }) => name);

  test.each(chapters)("%s: a picture for light and dark with a description", async (chapter) => {
    const file = newPath("picture.svg");
    const ran = await dlcc(["learn", chapter, "--svg", file]);
    expect(ran.code).toBe(0);
    expect(ran.lines.join("\n")).toContain(file);
    const svg = readFileSync(file, "utf8");
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const [root = ""] = /^<svg [^>]*>/.exec(svg) ?? [];
    expect(root).toContain('xmlns="http://www.w3.org/2000/svg"');
    const [, about] = /aria-label="([^"]+)"/.exec(root) ?? [];
    expect(svg).toContain(`<title>${about}</title>`);
    expect(svg).toContain("prefers-color-scheme:dark");
    // Every colour is a variable that has a value on both papers.
    for (const [, name] of svg.matchAll(/var\((--[a-z]+)\)/g)) expect(svg.split(`${name}:#`)).toHaveLength(5);
  });

  test("with --json, stdout is the numbers alone", async () => {
    const file = newPath("picture.svg");
    expect(await json("learn", "derivative", "--svg", file)).toHaveLength(1);
    expect(readFileSync(file, "utf8")).toMatch(/^<svg/);
  });

  test("a folder in place of the file: exit code 1, in plain words", async () => {
    const folder = newFolder();
    expect((await dlcc(["learn", "derivative", "--svg", folder])).code).toBe(1);
    expect(errors.text).toContain(`${folder} can't be written: it is a folder`);
  });

  test("a folder that does not exist: exit code 1, and its name", async () => {
    expect((await dlcc(["learn", "derivative", "--svg", "/no/such/folder/a.svg"])).code).toBe(1);
    expect(errors.text).toContain("/no/such/folder/a.svg can't be written: the folder /no/such/folder does not exist");
  });
});
