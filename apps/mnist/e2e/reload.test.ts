/** A run outlives the page: after a reload it is where it was, and ends as one that was never interrupted. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { database } from "../src/worker/was-kept.ts";
import { accuracyOf, curveOf, type Site, startSite, stepOf, train, trained } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** Of an epoch: 8,000 digits, 64 at a time. */
const steps = 125;
// So long that it can be interrupted on a fast machine; with dropout, so that a random stream matters.
const epochs = 30;
const address = `#/train?hidden=16-relu&epochs=${epochs}&dropout=0.2&optimizer=adam&lr=0.003`;

/** The model's file, as a digest. */
async function modelOf(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the model" }).click(),
  ]);
  return createHash("sha256")
    .update(await readFile(await download.path()))
    .digest("hex");
}

/** Closes the page as a reload does, and waits for the network. */
async function reload(page: Page): Promise<void> {
  await page.reload();
  await page.getByText("training digits").first().waitFor();
}

/** How many checkpoints the browser has. */
const checkpointsOf = (page: Page): Promise<number> =>
  page.evaluate(async (name) => {
    const there = await indexedDB.databases();
    if (!there.some((found) => found.name === name)) return 0; // To open it would make one.
    const answer = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const opened = await answer(indexedDB.open(name));
    const [table] = opened.objectStoreNames;
    const count = table === undefined ? 0 : await answer(opened.transaction(table).objectStore(table).count());
    opened.close();
    return count;
  }, database);

const goesOn = /The run goes on from step (\d+), where it was when the page was left/;

test("reloaded in the midst of an epoch, while it trains and while it is paused, it ends with the same weights", async () => {
  const { page: straight } = await site.open(address);
  await train(straight);
  const expected = {
    model: await modelOf(straight),
    curve: await curveOf(straight),
    accuracy: await accuracyOf(straight),
  };
  await straight.close();
  expect(expected.curve).toHaveLength(epochs * steps);

  const { page, errors } = await site.open(address);
  await page.getByRole("button", { name: "Start training" }).click();
  await expect.poll(() => stepOf(page)).toBeGreaterThan(steps + 1);
  await reload(page); // while it trains: what was done since it was kept last is done once more
  await page.getByText(goesOn).waitFor();
  const kept = await stepOf(page);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(epochs * steps);

  await page.getByRole("button", { name: "Continue" }).click();
  await expect.poll(() => stepOf(page)).toBeGreaterThan(kept);
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  // Into the midst of an epoch.
  if ((await stepOf(page)) % steps === 0) await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(async () => (await stepOf(page)) % steps).toBeGreaterThan(0);
  const paused = await stepOf(page);
  await reload(page);
  await page.getByText(goesOn).waitFor();
  expect(await stepOf(page)).toBe(paused);
  expect(Number(goesOn.exec((await page.getByText(goesOn).textContent()) ?? "")?.[1])).toBe(paused);

  await page.getByRole("button", { name: "Continue" }).click();
  await trained(page);
  expect(await curveOf(page)).toEqual(expected.curve.slice(paused));
  expect(await accuracyOf(page)).toBe(expected.accuracy);
  expect(await modelOf(page)).toBe(expected.model);
  expect(errors).toEqual([]);

  // And a run that is over stays so.
  await reload(page);
  await page.getByRole("button", { name: "Start over" }).waitFor();
  expect(await modelOf(page)).toBe(expected.model);
  await page.close();
});

test("reloaded in the midst of an epoch with augmentation, it sees the same images", async () => {
  const step = async (page: Page, to: number): Promise<void> => {
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await expect.poll(() => stepOf(page)).toBe(to);
  };
  const augmented = "#/train?hidden=16-relu&augment=strong";
  const { page: straight } = await site.open(augmented);
  for (let to = 1; to <= 4; to++) await step(straight, to);
  const expected = await curveOf(straight);
  await straight.close();

  const { page: plain } = await site.open("#/train?hidden=16-relu");
  await step(plain, 1);
  expect((await curveOf(plain))[0]).not.toBe(expected[0]);
  await plain.close();

  const { page } = await site.open(augmented);
  for (let to = 1; to <= 2; to++) await step(page, to);
  await reload(page);
  await page.getByText(goesOn).waitFor();
  for (let to = 3; to <= 4; to++) await step(page, to);
  expect(await curveOf(page)).toEqual(expected.slice(2));
  await page.close();
});

test("Reset begins anew, also after a reload; and another experiment's run is left alone", async () => {
  const { page } = await site.open("#/train?hidden=16-relu");
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(() => stepOf(page)).toBe(1);
  await expect.poll(() => checkpointsOf(page)).toBe(1);
  await page.goto("about:blank");
  await page.goto(`${site.address}#/train?hidden=17-relu`);
  await page.getByRole("button", { name: "Start training" }).waitFor();
  expect(await stepOf(page)).toBe(0);
  await page.goto("about:blank");
  await page.goto(`${site.address}#/train?hidden=16-relu`);
  await page.getByText(goesOn).waitFor();
  expect(await stepOf(page)).toBe(1);
  await page.getByRole("button", { name: "Reset" }).click();
  await page.getByRole("button", { name: "Start training" }).waitFor();
  await reload(page);
  expect(await stepOf(page)).toBe(0);
  expect(await page.getByText(goesOn).count()).toBe(0);
  await page.close();
});
