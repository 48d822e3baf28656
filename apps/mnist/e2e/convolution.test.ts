/** A network with a convolution: its question, its form, its picture, its kernels, and the run that a reload doesn't take away. */
import { readFile } from "node:fs/promises";
import { readModel } from "@dlcc/experiment";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { accuracyOf, type Site, startSite, stepOf, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** One epoch of a small network of images. */
const small = "#/train?layers=conv-4-5_pool-2&epochs=1&batchSize=200";

const networkOf = (page: Page) => page.getByRole("img", { name: /^The network: 784 pixels/ });

test("the preset asks whether it sees shapes, and its address is that of its layers", async () => {
  const { page } = await site.open();
  await page.getByRole("combobox", { name: "A question" }).selectOption("convolution");
  await expect.poll(() => page.url()).toContain("layers=conv-8-5_pool-2_conv-16-5_pool-2_dense-64");
  await page.getByText("Does it see shapes?", { exact: true }).waitFor();
  await page.getByText("1×28×28-8×24×24-16×8×8-64-10").first().waitFor();
  await expect
    .poll(() => networkOf(page).getAttribute("aria-label"))
    .toContain("8 maps of 24×24, 8 maps of 12×12, 16 maps of 8×8, 16 maps of 4×4, 64 units, 10 units");
  expect(await seriousFindings(page)).toEqual([]);
  await page.close();
});

test("the form makes a convolution of it, changes its kernels, and says what doesn't fit", async () => {
  const { page } = await site.open("#/train?hidden=16-relu");
  await page.getByRole("button", { name: "+ A convolution before them" }).click();
  await expect.poll(() => page.url()).toContain("layers=conv-8-5_pool-2_dense-16");
  const kernels = page.getByRole("spinbutton", { name: "Kernels of layer 1" });
  await kernels.fill("3");
  await kernels.press("Enter");
  await expect.poll(() => page.url()).toContain("layers=conv-3-5_pool-2_dense-16");
  // 24 pixels are halved to 12, 6, 3 and 1.
  for (let i = 0; i < 4; i++) await page.getByRole("button", { name: "+ Pooling" }).click();
  await page.getByRole("alert").getByText("pool must have an input of at least 2×2, got 3×1×1").waitFor();
  expect(page.url()).toContain("layers=conv-3-5_pool-2_pool-2_pool-2_pool-2_dense-16");
  for (let i = 0; i < 5; i++) await page.getByRole("button", { name: "Remove layer 1" }).click();
  await expect.poll(() => page.url()).toMatch(/hidden=16-relu/);
  await page.getByRole("spinbutton", { name: "Units of layer 1" }).waitFor();
  await page.close();
});

test("it trains, shows its kernels, reads a drawing map by map, and is saved as what it is", async () => {
  const { page, errors } = await site.open(small);
  await train(page);
  expect(await accuracyOf(page)).toBeGreaterThan(60);
  await page.getByRole("heading", { name: "The first layer’s kernels" }).waitFor();
  const sizes = await page
    .locator(".tiles canvas")
    .evaluateAll((all) => all.map((one) => (one as HTMLCanvasElement).width));
  expect(sizes).toEqual([5, 5, 5, 5]);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Save the model" }).click(),
  ]);
  const loaded = readModel("model.safetensors", new Uint8Array(await readFile(await download.path())));
  expect(loaded.input.shape).toEqual([1, 28, 28]);
  const shapes = loaded.model.parameters().map(({ value }) => value.shape);
  // 12 × 12 pixels of each of the four pooled maps.
  expect(shapes).toEqual([[4, 1, 5, 5], [4], [10, 4 * 144], [10]]);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  const sheet = page.getByTestId("sheet");
  const box = await sheet.boundingBox();
  if (!box) throw new Error("there is no sheet");
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.2);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width / 2, box.y + box.height * 0.8, { steps: 8 });
  await page.mouse.up();
  await page.getByRole("radio", { name: /^your network/ }).check();
  await page.getByRole("img", { name: /4 maps of 24×24, after ReLU/ }).waitFor();
  expect(await page.locator(".maps").first().locator("canvas").count()).toBe(4);
  await page.getByRole("button", { name: "It is a 1" }).click();
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("1");
  expect(await seriousFindings(page)).toEqual([]);
  expect(errors).toEqual([]);
  await page.close();
});

test("a reload goes on with it", async () => {
  const { page } = await site.open(small);
  for (let i = 0; i < 3; i++) {
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await expect.poll(() => stepOf(page)).toBe(i + 1);
  }
  await page.reload();
  await page.getByText(/The run goes on from step 3, where it was/).waitFor();
  await page.getByText("1×28×28-4×24×24-10").first().waitFor();
  await page.close();
});
