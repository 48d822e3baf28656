import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.close());

const train = async (page: Page): Promise<void> => {
  await page.getByRole("button", { name: "Start training" }).click();
  await page.getByRole("button", { name: "Start over" }).waitFor({ timeout: 120_000 });
};

const accuracy = async (page: Page): Promise<number> =>
  Number.parseFloat((await page.getByTestId("accuracy").textContent()) ?? "");

describe("the site, in Chromium", () => {
  it("trains with the defaults to 95 %, reads a drawn 7, and asks nobody else for anything", async () => {
    const { page, errors, requests } = await site.open();
    await train(page);
    expect(await accuracy(page)).toBeGreaterThanOrEqual(95);
    await page.getByRole("link", { name: "Draw", exact: true }).click();
    const box = await page.getByTestId("sheet").boundingBox();
    const at = (x: number, y: number): [number, number] => [
      (box?.x ?? 0) + x * (box?.width ?? 0),
      (box?.y ?? 0) + y * (box?.height ?? 0),
    ];
    await page.mouse.move(...at(0.3, 0.2));
    await page.mouse.down();
    await page.mouse.move(...at(0.7, 0.2), { steps: 8 });
    await page.mouse.move(...at(0.45, 0.85), { steps: 12 });
    await page.mouse.up();
    await expect.poll(() => page.getByTestId("guess").textContent()).toBe("7");
    expect(await page.getByRole("alert").count()).toBe(0);
    expect(errors).toEqual([]);
    expect(requests.filter((url) => !/^(blob:|data:)/.test(url) && !url.startsWith(site.address))).toEqual([]);
    await page.close();
  });

  it("gives the same figures on cpu and on wasm", async () => {
    const figures: number[] = [];
    for (const backend of ["cpu", "wasm"]) {
      const { page } = await site.open(`#/train?epochs=1&backend=${backend}`);
      await train(page);
      figures.push(await accuracy(page));
      await page.close();
    }
    expect(figures[0]).toBeGreaterThan(85);
    expect(Math.abs((figures[0] as number) - (figures[1] as number))).toBeLessThanOrEqual(0.1);
  });

  it("pauses, and goes on where it was", async () => {
    const { page } = await site.open("#/train?backend=cpu&epochs=2");
    await page.getByRole("button", { name: "Start training" }).click();
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Go on" }).waitFor();
    const step = page.getByRole("progressbar", { name: "Training" });
    const value = Number(await step.getAttribute("value"));
    await page.getByRole("button", { name: "Step", exact: true }).click();
    await expect.poll(async () => Number(await step.getAttribute("value"))).toBe(value + 1);
    await page.close();
  });

  it("comes back from its address", async () => {
    const { page } = await site.open();
    await page.getByRole("button", { name: "Add a layer" }).click();
    await page.getByLabel("Units of layer 2").fill("32");
    await page.getByLabel("Units of layer 2").press("Tab");
    await page.getByLabel("Optimizer").selectOption("adam");
    const address = await page.evaluate(() => location.href); // page.url() is told of a new address only later
    await page.close();
    const { page: again } = await site.open(address.slice(site.address.length));
    expect(await again.getByLabel("Units of layer 2").inputValue()).toBe("32");
    expect(await again.getByLabel("Optimizer").inputValue()).toBe("adam");
    expect(await again.getByLabel("Learning rate").inputValue()).toBe("0.003");
    await again.close();
  });

  it("saves a model that it can open again, and refuses a file that is none", async () => {
    const { page } = await site.open("#/train?hidden=16-relu&epochs=1");
    await train(page);
    const learned = await accuracy(page);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Save the model" }).click(),
    ]);
    const buffer = readFileSync(await download.path());
    await page.getByRole("button", { name: "Start over" }).click();
    await expect.poll(() => accuracy(page)).toBeLessThan(50);
    const input = page.locator("input[type=file]");
    await input.setInputFiles({ name: "mine.safetensors", mimeType: "application/octet-stream", buffer });
    await expect.poll(() => accuracy(page)).toBe(learned);
    await input.setInputFiles({
      name: "broken.safetensors",
      mimeType: "application/octet-stream",
      buffer: buffer.subarray(0, 99),
    });
    await expect.poll(() => page.getByRole("alert").textContent()).toMatch(/safetensors|header|bytes/i);
    await page.close();
  });

  it.each(["light", "dark"] as const)("has nothing serious for axe to find, %s", async (colorScheme) => {
    const { page } = await site.open("#/train?epochs=1", { colorScheme });
    await train(page);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole("link", { name: "Draw", exact: true }).click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.close();
  });

  it("loads at most 80 KB of script, gzipped, until training starts", async () => {
    const { page, requests } = await site.open();
    const folder = path.join(import.meta.dirname, "../dist/assets");
    const loaded = readdirSync(folder).filter(
      (name) => name.endsWith(".js") && requests.some((url) => url.endsWith(name)),
    );
    const bytes = loaded.map((name) => gzipSync(readFileSync(path.join(folder, name))).length);
    expect(loaded.length).toBeGreaterThan(1);
    expect(bytes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(80 * 1024);
    await page.close();
  });
});
