import { afterAll, beforeAll, expect, test } from "vitest";
import { accuracyOf, curveOf, type Site, startSite, stepOf, train, trained } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** Of an epoch: 8,000 digits, 64 at a time. */
const steps = 125;

test("trains with the defaults to 95 %, and asks nobody else for anything", async () => {
  const { page, errors, requests } = await site.open();
  await train(page);
  expect(await accuracyOf(page)).toBeGreaterThanOrEqual(95);
  expect(await page.getByRole("alert").count()).toBe(0);
  expect(errors).toEqual([]);
  expect(requests.filter((url) => !/^(blob:|data:)/.test(url) && !url.startsWith(site.address))).toEqual([]);
  await page.close();
});

test("switching from cpu to wasm leaves each step's loss of the first epoch the same, to 1e-4", async () => {
  const { page } = await site.open("#/train?backend=cpu");
  const firstEpoch = async (): Promise<number[]> => {
    await page.getByRole("button", { name: "Start training" }).click();
    await expect.poll(async () => (await curveOf(page)).length).toBeGreaterThanOrEqual(steps);
    return (await curveOf(page)).slice(0, steps);
  };
  const cpu = await firstEpoch();
  await page.getByRole("radio", { name: /^WebAssembly/ }).check();
  await page.getByText(/WebAssembly, \d+ threads?; 8,000/).waitFor();
  const wasm = await firstEpoch();
  expect(cpu.at(-1)).toBeLessThan((cpu[0] ?? 0) / 3);
  const apart = cpu.map((loss, step) => Math.abs(loss - (wasm[step] ?? Number.NaN)));
  expect(Math.max(...apart)).toBeLessThanOrEqual(1e-4);
  await page.close();
});

test("a run that was paused and stepped is the same as one that ran through, to the last bit", async () => {
  // Long enough to be paused on a fast machine.
  const address = "#/train?epochs=5&hidden=300-relu&dropout=0.2";
  const { page: straight } = await site.open(address);
  await train(straight);
  const expected = { curve: await curveOf(straight), accuracy: await accuracyOf(straight) };
  await straight.close();

  const { page } = await site.open(address);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  const paused = await stepOf(page);
  expect(paused).toBeLessThan(expected.curve.length);
  await page.getByRole("button", { name: "Step", exact: true }).click();
  await expect.poll(() => stepOf(page)).toBe(paused + 1);
  await page.getByRole("button", { name: "Continue" }).click();
  await trained(page);
  expect(await curveOf(page)).toEqual(expected.curve);
  expect(await accuracyOf(page)).toBe(expected.accuracy);
  await page.close();
});

test("steps that are too large are reported as such", async () => {
  const { page } = await site.open("#/train?lr=100&loss=l2&epochs=1");
  await page.getByRole("button", { name: "Start training" }).click();
  const alert = page.getByRole("alert");
  await alert.waitFor();
  expect(await alert.textContent()).toMatch(/The loss became .* Try a smaller learning rate/);
  await page.close();
});

test("a run's gradients, weights, table of guesses and worst mistakes are shown", async () => {
  const { page } = await site.open("#/train?epochs=1&hidden=16-sigmoid_16-sigmoid");
  await train(page);
  const gradients = await page.getByRole("img", { name: /^How far the gradient reaches/ }).getAttribute("aria-label");
  expect(gradients).toMatch(/layer 1 \S+, layer 2 \S+, layer 3 \S+/);
  expect(await page.getByRole("img", { name: /^The weights of 16 units/ }).count()).toBe(1);
  const cells = await page.getByRole("table").getByRole("cell").allTextContents();
  expect(cells.reduce((sum, text) => sum + Number(text), 0)).toBe(2000);
  expect(await page.getByText(/read as/).count()).toBe(12);
  await page.close();
});
