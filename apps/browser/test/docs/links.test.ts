/** The ways through the docs: from chapter to chapter, from guide to guide, to the demo site and back. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { deploy, type Host, startHost } from "./host.ts";

let host: Host;
beforeAll(async () => {
  host = await startHost();
});
afterAll(() => host.close());

const folder = path.join(deploy, "docs/guide");
const guides = readdirSync(folder);
const chapters = guides.filter((file) => /^\d\d-/.test(file));
const ofCourse = [...chapters, "the-course.html", "checklist.html"];

const pages = new Map<string, string>();
/** The text of a file, or none where there is no file. */
function read(file: string): string {
  if (!pages.has(file)) pages.set(file, existsSync(file) ? readFileSync(file, "utf8") : "");
  return pages.get(file) ?? "";
}

/** The guides that a link of each leads through, from a first one on. */
function through(first: string, link: RegExp): string[] {
  const passed: string[] = [];
  for (
    let at: string | undefined = first;
    at && !passed.includes(at);
    at = link.exec(read(path.join(folder, at)))?.[1]
  ) {
    passed.push(at);
  }
  return passed;
}

test("the chapters lead from the first to the last, and back", () => {
  const [first = "", last = ""] = [chapters[0], chapters.at(-1)];
  expect(through(first, /Next: <a href="(?:\.\.\/guide\/)?([\w-]+\.html)"/)).toEqual(chapters);
  expect(through(last, /Previous: <a href="(?:\.\.\/guide\/)?([\w-]+\.html)"/)).toEqual(chapters.toReversed());
});

test("the other guides lead from the first to the last, and back", () => {
  const forth = through("getting-started.html", /<a href="(?:\.\.\/guide\/)?([\w-]+\.html)" rel="next"/);
  expect(forth.toSorted()).toEqual(guides.filter((file) => !ofCourse.includes(file)));
  const last = forth.at(-1) ?? "";
  expect(through(last, /<a href="(?:\.\.\/guide\/)?([\w-]+\.html)" rel="previous"/)).toEqual(forth.toReversed());
});

test("from the front page into the course, and on to the next chapter", async () => {
  const page = await host.open();
  await page.goto(`${host.docs}index.html`);
  await page.getByRole("link", { name: "Take the course" }).click();
  await page.getByRole("cell").getByRole("link", { name: "1. Derivative and gradient" }).click();
  await page.getByRole("heading", { level: 1, name: "1. Derivative and gradient" }).waitFor();
  await page.getByRole("paragraph").getByRole("link", { name: "2. Gradient descent" }).last().click();
  await page.getByRole("heading", { level: 1, name: "2. Gradient descent" }).waitFor();
  await page.close();
});

test("a chapter leads to the demo site's, and that leads back", async () => {
  const page = await host.open();
  const chapter = `${host.docs}guide/10-backpropagation.html`;
  await page.goto(chapter);
  await page.getByRole("complementary").getByRole("link", { name: "Backpropagation" }).click();
  await page.getByRole("heading", { level: 1, name: "Backpropagation" }).waitFor();
  await page.getByRole("link", { name: "the guide" }).click();
  await page.getByRole("heading", { level: 1, name: "10. Backpropagation" }).waitFor();
  expect(page.url()).toBe(chapter);
  await page.close();
});

test("every link of a guide leads to a file, and to a place in it that is there", () => {
  const broken: string[] = [];
  for (const guide of guides) {
    for (const [, href = ""] of read(path.join(folder, guide)).matchAll(/<a [^>]*?href="([^"]+)"/g)) {
      if (/^[a-z]+:/.test(href)) continue;
      const [to = "", place] = href.split("#");
      const file = to === "" ? path.join(folder, guide) : path.join(folder, to);
      const text = read(file.endsWith(path.sep) ? path.join(file, "index.html") : file);
      // A place that begins with a slash is a view of the demo site, which the site itself looks up.
      const isThere = !place || place.startsWith("/") || text.includes(`id="${decodeURIComponent(place)}"`);
      if (text === "" || !isThere) broken.push(`${guide}: ${href}`);
    }
  }
  expect(broken).toEqual([]);
});
