/** The chapters on derivatives, losses and deep networks: their numbers agree with the formulas. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { numbersIn, numbersOf, openChapter, rowsOf, slide } from "./chapters.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.close());

test("the derivative of v² predicts 2v·Δv, and misses Δv²", async () => {
  const { page } = await openChapter(site, "derivative");
  await page.getByRole("slider", { name: "The point: v" }).press("ArrowRight");
  await slide(page, "Step Δv", 0.8);
  const v = 1.1;
  const rows = async (): Promise<number[][]> =>
    (await rowsOf(page, "nudges")).map((row) => row.flatMap((cell) => numbersIn(cell)));
  await expect
    .poll(rows)
    .toEqual(
      [0.8, 0.4, 0.2, 0.1].map((step) =>
        [step, (v + step) ** 2 - v ** 2, 2 * v * step, step ** 2].map((number) => expect.closeTo(number, 3)),
      ),
    );
  await page.close();
});

test("a step along the gradient rises most, and across it the prediction is 0", async () => {
  const { page } = await openChapter(site, "gradient");
  await page.getByRole("button", { name: "A bowl" }).click();
  // The bowl ½(x² + 4y²) at (3, 1.6) has the gradient (3, 6.4).
  const [dx = 0, dy = 0, length = 0, step = 0] = await numbersOf(page, "numbers");
  expect([dx, dy, length]).toEqual([3, 6.4, expect.closeTo(Math.hypot(3, 6.4), 3)]);
  const predicted = async (): Promise<number> => (await numbersOf(page, "numbers")).at(-1) ?? Number.NaN;
  for (const [button, cosine] of [
    ["With the gradient", 1],
    ["Across", 0],
    ["Against it", -1],
  ] as const) {
    await page.getByRole("button", { name: button }).click();
    await expect.poll(predicted).toBeCloseTo(length * step * cosine, 2);
  }
  await page.close();
});

test("minibatches take n/m steps for each pass, and all examples at once one", async () => {
  const { page } = await openChapter(site, "stochastic-gradient-descent");
  await slide(page, "Minibatch size m", 6);
  await slide(page, "Passes over the data", 3);
  const table = async () => (await rowsOf(page, "paths")).map((row) => row.flatMap((cell) => numbersIn(cell)));
  await expect.poll(async () => (await table())[0]).toEqual([30, 3]);
  const cost = (await table())[3] ?? [];
  expect(cost[0]).toBeLessThan(cost[1] ?? 0);
  expect(cost[2]).toBeLessThanOrEqual(cost[0] ?? 0);
  await page.getByRole("button", { name: "All examples in each step" }).click();
  await expect.poll(async () => (await table())[0], { timeout: 20_000 }).toEqual([3, 3]);
  const [, [w, alsoW] = []] = await table();
  expect(w).toBe(alsoW);
  await page.close();
});

test("three losses of the same outputs, and their gradients", async () => {
  const { page } = await openChapter(site, "losses");
  const z = [1, 0, -2];
  for (const [j, value] of z.entries()) await slide(page, `z${"₁₂₃"[j]}`, value);
  await page.getByRole("radio", { name: "Class 1 is the right answer" }).check();
  const total = z.reduce((sum, v) => sum + Math.exp(v), 0);
  const o = z.map((v) => Math.exp(v) / total);
  const distance = o.map((v, j) => v - (j === 0 ? 1 : 0));
  const values = async (): Promise<number[]> =>
    (await page.getByTestId("losses").getByRole("heading").allTextContents()).map(
      (text) => numbersIn(text).at(-1) ?? 0,
    );
  await expect.poll(values).toEqual([
    expect.closeTo(
      distance.reduce((sum, v) => sum + Math.abs(v), 0),
      3,
    ),
    expect.closeTo(distance.reduce((sum, v) => sum + v * v, 0) / 2, 3),
    expect.closeTo(-Math.log(o[0] ?? 1), 3),
  ]);
  const slopes = await page.getByTestId("losses").locator("dd:last-child").allTextContents();
  expect(slopes.slice(6).flatMap((text) => numbersIn(text))).toEqual(distance.map((v) => expect.closeTo(v, 3)));
  // A signed bar begins in the middle: to the left for a negative number, to the right for a positive one.
  const bars = await page
    .getByTestId("losses")
    .locator(".bar i")
    .evaluateAll((all) => all.map((bar) => [bar.style.left, bar.style.width].map(Number.parseFloat)));
  const [left = 0, width = 0] = bars[6] ?? [];
  expect(left + width).toBeCloseTo(50, 3);
  expect(bars[7]?.[0]).toBe(50);
  await page.close();
});

test("the race of the losses is run where it is seen: cross-entropy wins", async () => {
  const { page } = await openChapter(site, "losses");
  const race = page.locator(".race");
  await race.scrollIntoViewIfNeeded();
  const said = race.getByText(/^After 6 epochs, right answers with L1: /);
  await said.waitFor({ timeout: 60_000, state: "attached" });
  const [l1 = 0, l2 = 0, crossEntropy = 0] = (await race.locator(".legend span").allTextContents()).map(
    (text) => numbersIn(text).at(-1) ?? 0,
  );
  // Who hears the page is told what is seen: L1, 20 %, L2, 20 %, ...
  const heard = [...((await said.textContent()) ?? "").matchAll(/: (\d+)\s?%/g)].map(([, share]) => Number(share));
  expect(heard).toEqual([l1, l2, crossEntropy]);
  expect(crossEntropy).toBeGreaterThan(Math.max(l1, l2));
  await page.close();
});

test("a network learns 30 examples by heart, and does worse on unseen ones", async () => {
  const { page } = await openChapter(site, "overfitting");
  await page.getByText("It overfits").waitFor({ timeout: 60_000 });
  const [parameters, train = 0, test = 0, most] = await numbersOf(page, "numbers");
  // 2 → 32 → 32 → 2
  expect(parameters).toBe(3 * 32 + 33 * 32 + 33 * 2);
  expect(train).toBeGreaterThan(test);
  expect(most).toBe(85);
  await page.close();
});

test("in twenty layers of sigmoids the gradient vanishes, in four it does less, with He's ReLUs it doesn't", async () => {
  const { page } = await openChapter(site, "unstable-gradients");
  const verdict = page.locator(".verdict");
  await verdict.getByText("It vanishes").waitFor();
  // A slope is ¼ at most.
  const slope = (await numbersOf(page, "numbers")).at(-1) ?? 1;
  expect(slope).toBeGreaterThan(0.2);
  expect(slope).toBeLessThanOrEqual(0.25);
  await page.getByRole("button", { name: "Deep ReLU, He's weights" }).click();
  await verdict.getByText("It arrives").waitFor();
  await page.getByRole("button", { name: "Weights that are too large" }).click();
  await verdict.getByText("It explodes").waitFor();
  await page.close();
});

test("a kernel gives the weighted sum of what is under it, and moves along with the figure", async () => {
  const { page } = await openChapter(site, "convolution");
  const sum = async (): Promise<number> => (await numbersOf(page, "sum")).at(-1) ?? Number.NaN;
  await page.getByRole("button", { name: "A blur" }).click();
  const before = await sum();
  const terms = await numbersOf(page, "sum");
  expect(before).toBeGreaterThan(0);
  const products = terms.slice(0, -1);
  const total = products.reduce((all, v, i) => (i % 2 === 0 ? all + v * (products[i + 1] ?? 0) : all), 0);
  expect(total).toBeCloseTo(before, 1);
  await slide(page, "Figure moved to the right", 2);
  await slide(page, "Column of the kernel", 12);
  await expect.poll(sum).toBe(before);
  await slide(page, "Pictures as wide as this", 224);
  const parameters = page.getByTestId("parameters").locator("dd");
  await expect
    .poll(async () => (await parameters.allTextContents()).flatMap(numbersIn))
    .toEqual([160, 16 * (224 * 224 + 1)]);
  await page.close();
});

test("without shortcuts twenty blocks don't learn, with them they do", async () => {
  const { page } = await openChapter(site, "residual");
  await page.getByText("All three have made their steps.").waitFor({ timeout: 120_000 });
  const costs = (await rowsOf(page, "blocks")).map(([, , cost]) => numbersIn(cost ?? "")[0] ?? 0);
  expect(costs[0]).toBeCloseTo(Math.log(2), 1);
  expect(costs[2]).toBeLessThan(0.6);
  await page.close();
});
