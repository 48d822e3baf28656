import { embeddedDigits } from "@dlcc/experiment/node";
import type { Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Site, startSite, train } from "./site.ts";
import { type Point, strokesOf } from "./strokes.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

/** Draws with the mouse. @param strokes Of points from 0 to 28. */
async function draw(page: Page, strokes: readonly (readonly Point[])[]): Promise<void> {
  const box = await page.getByTestId("sheet").boundingBox();
  if (!box) throw new Error("the page must have a sheet, got none");
  const place = ([x, y]: Point): Point => [box.x + (x / 28) * box.width, box.y + (y / 28) * box.height];
  for (const [first, ...others] of strokes) {
    if (!first) continue;
    await page.mouse.move(...place(first));
    await page.mouse.down();
    for (const point of others) await page.mouse.move(...place(point));
    await page.mouse.up();
  }
}

/** The digit that the page reads, when it has read all that was drawn. */
async function guessOf(page: Page): Promise<string> {
  const guess = (await page.getByTestId("guess").textContent()) ?? "";
  const why = (await page.getByTestId("why").textContent()) ?? "";
  return /^Not sure: (\d)/.exec(why)?.[1] ?? guess;
}

/** Lets the network of Train read. */
const letOwnRead = (page: Page): Promise<void> => page.getByRole("radio", { name: /^your network/ }).check();

test("unseen digits are read when their strokes are drawn with the mouse", async () => {
  const { images, labels } = embeddedDigits().test;
  const [pixels, truth] = [await images.data(), await labels.data()];
  // The first two of each digit.
  const rows = Array.from({ length: 10 }, (_, digit) =>
    [...truth.keys()].filter((row) => truth[row] === digit).slice(0, 2),
  ).flat();

  const { page, errors } = await site.open();
  await train(page);
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  const wrong: string[] = [];
  for (const row of rows) {
    await page.getByRole("button", { name: "Clear" }).click();
    await draw(page, strokesOf(pixels.subarray(row * 784, (row + 1) * 784) as Float32Array));
    await page.locator("[data-testid=guess][aria-busy=false]").waitFor();
    const guess = await guessOf(page);
    if (guess !== String(truth[row])) wrong.push(`${truth[row]} as ${guess}`);
  }
  // The picture of each layer has a label.
  const captions = await page.locator(".layers figcaption").allTextContents();
  expect(captions).toEqual(["28 × 28 pixels, centred by mass", "128 weighted sums", "128 units, after ReLU"]);
  // It reads 95 % as they come, and these have lost the pen's width and pressure.
  expect(wrong.length, wrong.join(", ")).toBeLessThanOrEqual(2);
  expect(errors).toEqual([]);
  await page.close();
});

test("a wrong guess can be put right on the spot, and is remembered", async () => {
  const { page } = await site.open("#/draw", {}, "Draw a digit");
  await letOwnRead(page);
  const answer = page.locator("[data-testid=guess][aria-busy=false]");
  const flash: Point[] = [
    [6, 4],
    [14, 12],
    [9, 14],
    [22, 25],
  ];
  await draw(page, [flash]);
  await answer.waitFor();
  const first = await answer.textContent();
  const other = first === "4" ? "5" : "4";
  await page.getByRole("button", { name: `It is a ${other}` }).click();
  await expect.poll(() => answer.textContent()).toBe(other);
  await page.getByRole("button", { name: "Clear" }).click();
  await expect.poll(() => guessOf(page)).toBe("–");
  await draw(page, [flash]);
  await expect.poll(() => answer.textContent()).toBe(other);
  await page.close();
});

test("a finger draws, too, and the output of each layer is shown", async () => {
  const { page } = await site.open("#/draw?hidden=25-relu_16-tanh", { hasTouch: true, isMobile: true }, "Draw a digit");
  await letOwnRead(page);
  await page.getByTestId("sheet").tap();
  await page.locator("[data-testid=guess][aria-busy=false]").waitFor();
  await expect.poll(() => guessOf(page)).toMatch(/^\d$/);
  expect(await page.getByText("25 units").count()).toBeGreaterThan(0);
  expect(await page.getByText("16 units").count()).toBeGreaterThan(0);
  await page.close();
});

test("while it trains, a drawing is read all the same", async () => {
  const { page } = await site.open("#/train?epochs=100&hidden=16-relu");
  await page.getByRole("button", { name: "Start training" }).click();
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  await draw(page, [
    [
      [14, 4],
      [14, 24],
    ],
  ]);
  await expect.poll(() => guessOf(page)).toMatch(/^\d$/);
  await page.getByRole("link", { name: "Train", exact: true }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("button", { name: "Continue" }).waitFor();
  await page.close();
});
