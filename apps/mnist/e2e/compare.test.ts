/** Runs side by side, what a run has brought, and files of it. */
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { embeddedDigits } from "@dlcc/experiment/node";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

const small = "#/train?hidden=16-relu&epochs=1";
const names = (page: Page) => page.getByRole("textbox", { name: "Name of the run" });
const legend = (page: Page): Promise<string[]> =>
  page
    .locator(".card", { has: page.getByRole("heading", { name: "Loss", exact: true }) })
    .locator(".legend li")
    .allTextContents();

async function newRun(page: Page, rate: string): Promise<void> {
  const field = page.getByRole("spinbutton", { name: "Learning rate" });
  await field.fill(rate);
  await field.press("Tab");
  await page.getByRole("button", { name: "Start training" }).waitFor();
}

test("a run is pinned, named and removed, and the charts show what is there", async () => {
  const { page, errors } = await site.open(small);
  await train(page);
  await newRun(page, "0.05");
  await expect.poll(() => names(page).count()).toBe(1);
  await names(page).fill("the first one");
  await names(page).press("Tab");
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  await train(page);
  await newRun(page, "0.02");
  await expect.poll(() => names(page).count()).toBe(2);
  const both = ["the first one", "784-16-10, lr 0.05, epochs 1", "training", "validation"];
  await expect.poll(() => legend(page)).toEqual(both);
  await page.getByRole("button", { name: "Remove the first one" }).click();
  await expect.poll(() => legend(page)).toEqual(["784-16-10, lr 0.05, epochs 1", "training", "validation"]);
  expect(errors).toEqual([]);
  await page.close();
});

test("the run before a network that begins on another backend stays, too", async () => {
  const { page } = await site.open(small);
  await train(page);
  await page.getByLabel("Begin with a question").selectOption({ label: "800 units" });
  await expect.poll(() => names(page).count()).toBe(1);
  expect(await names(page).inputValue()).toBe("784-16-10, epochs 1");
  await page.close();
});

test("a loss far above guessing is drawn in powers of ten", async () => {
  const { page } = await site.open(`${small}&lr=60&schedule=constant`);
  await train(page);
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save Loss as SVG" }).click();
  const svg = await readFile(await (await download).path(), "utf8");
  const ticks = [...svg.matchAll(/text-anchor="end"[^>]*>([\d.·⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)</g)].map(([, tick]) => tick);
  expect(ticks).toEqual(expect.arrayContaining(["10", "100"]));
  await page.close();
});

test("a name that is typed while a run trains is kept", async () => {
  const { page } = await site.open("#/train?hidden=16-relu&epochs=20");
  await train(page);
  await newRun(page, "0.05");
  await page.getByRole("button", { name: "Start training" }).click();
  await names(page).fill("");
  await names(page).pressSequentially("the first one", { delay: 100 });
  await names(page).press("Tab");
  await expect.poll(() => legend(page)).toContain("the first one");
  await page.close();
});

test("a cell of the confusion matrix shows its digits, also by keyboard", async () => {
  const { page } = await site.open(small);
  await train(page);
  const cells = page.getByRole("table").getByRole("button");
  await cells.nth(0).focus();
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.getByText("1 read as 1:").waitFor();
  expect(await page.locator(".cell canvas").count()).toBe(24);
  await page.close();
});

test("the weights are shown as they were at an earlier step", async () => {
  const { page } = await site.open(small);
  await train(page);
  const slider = page.getByRole("slider", { name: "Step at which the weights are shown" });
  expect(await slider.getAttribute("aria-valuetext")).toBe("step 125");
  await slider.fill("0");
  expect(await slider.getAttribute("aria-valuetext")).toBe("step 0");
  await page.close();
});

test("charts, network and weights are saved as pictures, and the runs as CSV", async () => {
  const { page } = await site.open(small);
  await train(page);
  const saved = async (button: string, file: string): Promise<Buffer> => {
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: button, exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe(file);
    return readFile(await download.path());
  };
  for (const what of ["Network", "Loss", "Accuracy", "Weights"]) {
    const bytes = await saved(`Save ${what} as PNG`, `${what.toLowerCase()}.png`);
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    expect(bytes.length).toBeGreaterThan(2000);
  }
  for (const [what, file, lines] of [
    // Each minibatch, their mean, and the validation digits.
    ["Loss", "loss.svg", 3],
    ["How far the gradient reaches", "how-far-the-gradient-reaches.svg", 2],
  ] as const) {
    const svg = (await saved(`Save ${what} as SVG`, file)).toString();
    const read = await page.evaluate((text) => {
      const { documentElement: root } = new DOMParser().parseFromString(text, "image/svg+xml");
      return { name: root.localName, lines: root.querySelectorAll('path[fill="none"]').length };
    }, svg);
    expect(read).toEqual({ name: "svg", lines });
  }
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "CSV", exact: true }).click(),
  ]);
  const lines = (await readFile(await download.path(), "utf8")).trim().split("\r\n");
  // A line for each step, one for the judgement before the first, and the head.
  expect(lines).toHaveLength(125 + 2);
  await page.close();
});

/** An IDX file of bytes, compressed. */
function idx(shape: readonly number[], data: Uint8Array): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.writeUInt32BE(0x0800 + shape.length, 0);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return gzipSync(Buffer.concat([head, data]));
}

test("MNIST and Fashion-MNIST come from where the site is served, and where they don't, a line says so", async () => {
  const { page } = await site.open(small);
  await page.getByRole("button", { name: /^All of MNIST/ }).click();
  await page.getByText(/^MNIST is not served here: this site has no folder data\/mnist with train-images/).waitFor();
  const { images, labels } = embeddedDigits().test;
  const [pixels, truth] = [await images.data(), await labels.data()];
  const bytes = (count: number): Uint8Array =>
    Uint8Array.from(pixels.subarray(0, count * 784), (v) => Math.round(v * 255));
  await page.context().route("**/data/fashion-mnist/*", (route) => {
    const count = route.request().url().includes("train") ? 200 : 100;
    const body = route.request().url().includes("images")
      ? idx([count, 28, 28], bytes(count))
      : idx([count], Uint8Array.from(truth.subarray(0, count)));
    return route.fulfill({ body, contentType: "application/gzip" });
  });
  await page.getByRole("button", { name: /^Fashion-MNIST/ }).click();
  await page.getByText("200 training digits, 100 validation digits").waitFor();
  await page.getByRole("button", { name: /^Show Ankle boot, read as/ }).waitFor();
  await page.close();
});

test("a preset asks a question, and says what to look at", async () => {
  const { page } = await site.open("");
  await page.getByRole("combobox", { name: "A question" }).selectOption("deep-sigmoid");
  await page.getByText("784-30-30-30-30-30-10").first().waitFor();
  await page
    .getByText(/Where does the gradient go\?/)
    .last()
    .waitFor();
  await page.close();
});

test("a word is explained in a sentence that leads to its chapter", async () => {
  const { page } = await site.open("");
  await page.getByRole("button", { name: "What is a minibatch?" }).click();
  const note = page.getByRole("note");
  expect(await note.textContent()).toMatch(/^A few examples drawn at random/);
  expect(await note.getByRole("link").getAttribute("href")).toMatch(/^#\/understand\/stochastic-gradient-descent/);
  await page.keyboard.press("Escape");
  await expect.poll(() => note.count()).toBe(0);
  await page.close();
});
