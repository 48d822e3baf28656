import { execFileSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Browser } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Host, serve } from "./serve.ts";
import { accuracyOf, open, startChromium, train } from "./site.ts";

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
