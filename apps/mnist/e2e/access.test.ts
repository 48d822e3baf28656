import { afterAll, beforeAll, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

test.each([
  ["light", 1280],
  ["dark", 1280],
  ["light", 390],
] as const)("axe finds nothing serious, %s, %i wide", async (colorScheme, width) => {
  const { page } = await site.open("#/train?epochs=1", { colorScheme, viewport: { width, height: 844 } });
  await train(page);
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  await page.getByTestId("sheet").waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.close();
});

test("a phone shows the button and the curves first, and nothing is wider than the screen", async () => {
  const { page } = await site.open("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const top = async (name: string, role: "button" | "img" | "heading" | "group"): Promise<number> =>
    (await page.getByRole(role, { name }).first().boundingBox())?.y ?? Number.NaN;
  const order = [
    await top("A network learns to read", "heading"),
    await top("Start training", "button"),
    await top("Loss", "img"),
    (await page.getByText("More settings").boundingBox())?.y ?? Number.NaN,
    await top("What it confuses", "heading"),
  ];
  expect(order).toEqual([...order].sort((a, b) => a - b));
  expect(order[1]).toBeLessThan(500);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  await page.close();
});
