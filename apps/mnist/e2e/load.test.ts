import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accuracyOf, type Site, startChromium, startSite, stepOf } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** In KiB of gzip. */
const limit = 80;

/** The scripts that were asked for since a number of requests. */
const scriptsSince = (before: number): string[] => site.served.slice(before).filter((url) => url.endsWith(".js"));

/** The text of a script of the built site. */
const textOf = (url: string): Buffer => readFileSync(path.join(import.meta.dirname, "../dist", url));

test(`until training starts, at most ${limit} KB of script are loaded, gzipped: the worker's and its imports among them`, async () => {
  const before = site.served.length;
  // A service worker fetches all files, later.
  const { page } = await site.open("", { serviceWorkers: "block" });
  await expect.poll(() => accuracyOf(page)).toBeGreaterThan(0); // The network is there, and judged.
  // The model that greets, and what is below the first view, come when the network is there.
  const all = scriptsSince(before);
  const then = all.findIndex((url) => /later-|results-/.test(url));
  const scripts = then < 0 ? all : all.slice(0, then);
  await page.close();
  expect(scripts.some((url) => url.includes("worker"))).toBe(true);
  expect(scripts.filter((url) => /gpu|uPlot|view|draw-|files|augmentation/i.test(url))).toEqual([]);
  const sizes = scripts.map((url) => gzipSync(textOf(url)).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limit * 1024);
});

test("the kernels of WebAssembly come with the pointer, before the click", async () => {
  const { page } = await site.open("#/train", { serviceWorkers: "block", reducedMotion: "reduce" });
  await page.getByText("WebAssembly; 8,000 training digits").waitFor();
  const before = site.served.length;
  await page.getByRole("button", { name: "Start training" }).hover();
  await page.getByText(/WebAssembly, \d+ threads?; 8,000 training digits/).waitFor();
  expect(scriptsSince(before).some((url) => textOf(url).includes("WebAssembly.Memory"))).toBe(true);
  expect(await stepOf(page)).toBe(0);
  await page.close();
});

test("a network that is large for plain TypeScript doesn't wait for the pointer", async () => {
  const { page } = await site.open("#/train?hidden=400-relu");
  await page.getByText(/WebAssembly, \d+ threads?; 8,000 training digits/).waitFor();
  await page.close();
});

test.each([
  { what: "no network", answer: undefined, says: /^The digits could not be loaded: the site can't be reached \(/ },
  { what: "no such file", answer: { status: 404 }, says: /^The digits could not be loaded: the site answers 404\./ },
])("digits that can't be had ($what) are an error that says what to do", async ({ answer, says }) => {
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.route("**/digits*", (route) => (answer ? route.fulfill(answer) : route.abort()));
  await page.goto(site.address);
  await page.getByText(says).waitFor();
  await page.getByText(/Reload the page to try again, or drop IDX files of your own\.$/).waitFor();
  await browser.close();
});
