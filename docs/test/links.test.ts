/** A link in a guide or a README leads to a file that is there. */
import { existsSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { filesBelow, root } from "./examples.ts";

const texts = filesBelow("").filter((file) =>
  /^([A-Z]+\.md|docs\/(AGENTS|guide\/.+|examples\/.*README)\.md|(packages|apps)\/[^/]+\/README\.md)$/.test(file),
);

/** The relative targets of a text's links, outside of code. */
function targets(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```/gm, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target = ""]) => target).filter((t) => !/^[a-z]+:/.test(t));
}

/** What a heading is called in a link, as GitHub has it. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replaceAll(" ", "-");

const anchors = (text: string): string[] =>
  [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => anchor(heading));

describe("links lead somewhere", () => {
  test.each(texts)("%s", (file) => {
    const broken = targets(readFileSync(path.join(root, file), "utf8")).filter((target) => {
      const [place = "", heading] = target.split("#");
      const to = place === "" ? path.join(root, file) : path.join(root, path.dirname(file), place);
      if (!existsSync(to)) return true;
      // On the site, a folder will not do: TypeDoc takes links to files alone. Its README will.
      if (!statSync(to).isFile()) return !file.startsWith("apps/");
      return heading !== undefined && !anchors(readFileSync(to, "utf8")).includes(heading);
    });
    expect(broken).toEqual([]);
  });
});
