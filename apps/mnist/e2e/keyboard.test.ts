/** A whole session with the keyboard alone: train, pause, go on, draw, read, teach, save. */
import { readFile } from "node:fs/promises";
import { readModel } from "@dlcc/experiment";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Site, startSite, stepOf } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** What the element with the focus is called, or says. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const at = document.activeElement;
    const label = at instanceof HTMLInputElement ? at.labels?.[0]?.textContent : at?.textContent;
    return (at?.getAttribute("aria-label") ?? label ?? "").trim();
  });

/** Presses Tab until something has the focus; more presses than the page has places are too many. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab must lead to ${name}, got nowhere`);
}

async function press(page: Page, name: RegExp, key = "Enter"): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}

test("a whole session goes by keyboard alone", async () => {
  const { page, errors } = await site.open("#/train?epochs=40&hidden=16-relu");
  await press(page, /^Start training$/);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(300);
  // The button under the focus is another one now: the focus stays.
  await press(page, /^Pause$/);
  await page.getByRole("button", { name: "Continue" }).waitFor();
  const paused = await stepOf(page);
  await press(page, /^Step$/);
  await expect.poll(() => stepOf(page)).toBe(paused + 1);
  await press(page, /^Continue$/);
  await expect.poll(() => stepOf(page)).toBeGreaterThan(paused + 100);
  await press(page, /^Pause$/);
  await page.getByRole("button", { name: "Continue" }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  await press(page, /^Draw$/);
  await page.getByTestId("guess").waitFor();
  await tabTo(page, /^A sheet to draw a digit on/);
  for (let up = 0; up < 7; up++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Space");
  for (let down = 0; down < 14; down++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Space");
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("1");
  await tabTo(page, /^your network/);
  expect(await page.getByRole("radio", { name: /^your network/ }).isChecked()).toBe(true);
  await press(page, /^It is a 7$/, "Space");
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("7");
  expect(await seriousFindings(page)).toEqual([]);

  await press(page, /^Train$/);
  await page.getByRole("button", { name: "Save the model" }).waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, /^Save the model$/)]);
  const { model } = readModel("model.safetensors", new Uint8Array(await readFile(await download.path())));
  expect(model.parameters().map(({ value }) => value.shape)).toEqual([[16, 784], [16], [10, 16], [10]]);
  expect(errors).toEqual([]);
  await page.close();
});
