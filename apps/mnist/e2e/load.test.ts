import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Site, startChromium, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/**
 * In KiB of gzip. The budget is what the page aims at; the limit is what it holds to meanwhile, as it is above the budget: the
 * kernels of convolutions, pooling and normalization, which WebAssembly brings whole, and the classes of these layers.
 */
const [budget, limit] = [80, 103];

test(`until training starts, at most ${limit} KB of script are loaded, gzipped (the budget is ${budget}): the worker's and its imports among them`, async () => {
  const before = site.served.length;
  const { page } = await site.open();
  const scripts = site.served.slice(before).filter((url) => url.endsWith(".js"));
  await page.close();
  expect(scripts.some((url) => url.includes("worker"))).toBe(true);
  expect(scripts.filter((url) => /gpu|uPlot|view/i.test(url))).toEqual([]);
  const sizes = scripts.map((url) => gzipSync(readFileSync(path.join(import.meta.dirname, "../dist", url))).length);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(limit * 1024);
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
