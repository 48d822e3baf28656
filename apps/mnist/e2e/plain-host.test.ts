import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, serve } from "./serve.ts";
import { accuracyOf, curveOf, open, startChromium, startSite, stepOf, train } from "./site.ts";

const root = path.join(import.meta.dirname, "..");
const vite = path.join(createRequire(import.meta.url).resolve("vite/package.json"), "../bin/vite.js");

let browser: Browser;
beforeAll(async () => {
  browser = await startChromium();
});
afterAll(() => browser.close());

test.each([
  ["built for its own path", ["--base", "/some/path/"]],
  ["built as it is", []],
])("%s, the site works on a plain static host: on one thread, and it says why", async (_, options) => {
  const folder = mkdtempSync(path.join(tmpdir(), "dlcc-site-"));
  execFileSync(process.execPath, [vite, "build", "--outDir", folder, ...options], { cwd: root, stdio: "pipe" });
  const host: Host = await serve(folder, "/some/path/");
  const { page, errors, requests } = await open(browser, `${host.address}#/train?epochs=1&hidden=16-relu`);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
  await page.getByText("More settings").click();
  expect(await page.getByRole("radio", { name: /^WebAssembly/ }).isEnabled()).toBe(true);
  expect(await page.getByText("on one thread: the page is not cross-origin isolated").count()).toBe(1);
  await train(page);
  expect(await page.getByText("WebAssembly, 1 thread;").count()).toBe(1);
  expect(await accuracyOf(page)).toBeGreaterThan(80);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  await page.getByTestId("sheet").click();
  await page
    .locator("[data-testid=guess][aria-busy=false]")
    .getByText(/^[\d?]$/)
    .waitFor();
  expect(errors).toEqual([]);
  expect(requests.filter((url) => !/^(blob:|data:)/.test(url) && !url.startsWith(host.address))).toEqual([]);
  await page.close();
  await host.close();
});

/** The built site on a plain static host. */
async function plainSite(): Promise<Host> {
  return serve(path.join(root, "dist"), "/plain/");
}

test.each(["hidden=64-relu&epochs=1&dropout=0.2", "layers=conv-4-5_pool-2&epochs=1&batchSize=200"])(
  "on one thread each step's loss is the same as with threads, to the last bit: %s",
  async (query) => {
    const hash = `#/train?${query}`;
    const [host, site] = [await plainSite(), await startSite()];
    const { page: threads } = await site.open(hash);
    await train(threads);
    const expected = await curveOf(threads);
    await site.close();
    const { page } = await open(browser, host.address + hash);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(false);
    await train(page);
    expect(await curveOf(page)).toEqual(expected);
    await page.close();
    await host.close();
  },
);

test("on one thread a run is paused, goes on after a reload, and is read from while it trains", async () => {
  const host = await plainSite();
  const { page, errors } = await open(browser, `${host.address}#/train?hidden=16-relu&epochs=60`);
  await page.getByRole("button", { name: "Start training" }).click();
  await expect.poll(() => stepOf(page)).toBeGreaterThan(100);
  await page.getByTestId("sheet").click();
  await page
    .getByTestId("said")
    .getByText(/^[\d?]$/)
    .waitFor();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  const paused = await stepOf(page);
  await page.reload();
  await page.getByText(`The run goes on from step ${paused}`).waitFor();
  expect(await stepOf(page)).toBe(paused);
  expect(errors).toEqual([]);
  await page.close();
  await host.close();
});
