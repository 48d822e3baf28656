/** The numbers in the chapters agree with the formulas, which are computed here again. */
import { chapters } from "@dlcc/course";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { numbersIn, openChapter, rowsOf, sigmoid, slide, titleOf } from "./chapters.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.close());

describe("Understand, in Chromium", () => {
  test("is found from the start page, and its address is that of a chapter", async () => {
    const { page, errors } = await site.open();
    await page.getByRole("link", { name: "Understand" }).click();
    await page.getByRole("heading", { level: 1, name: "The derivative" }).waitFor();
    const list = page.getByRole("navigation", { name: "Chapters", exact: true });
    expect(await list.getByRole("link").allTextContents()).toEqual(chapters.map(({ title }) => title));
    await list.getByRole("link", { name: "Softmax" }).click();
    await page.getByRole("heading", { level: 1, name: "Softmax" }).waitFor();
    expect(page.url()).toContain("#/understand/softmax");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("goes from chapter to chapter by keyboard, and each ends in a question with an answer", async () => {
    const { page, errors } = await openChapter(site, "derivative");
    for (const [i, { title, name }] of chapters.entries()) {
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      const answer = page.locator(".ending details p");
      expect(await answer.isVisible(), name).toBe(false);
      await page.getByText("The answer", { exact: true }).press("Enter");
      await answer.waitFor();
      expect(((await answer.textContent()) ?? "").length, name).toBeGreaterThan(80);
      const next = page.getByRole("link", { name: /^Next/ });
      if (i === chapters.length - 1) expect(await next.count()).toBe(0);
      else await next.press("Enter");
    }
    await page.getByRole("link", { name: /^Previous/ }).press("Enter");
    await page.getByRole("heading", { level: 1, name: titleOf("convolution"), exact: true }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  test("leads to the guide: in the repository, or on the docs' site where that is served along with the page", async () => {
    const { page } = await openChapter(site, "derivative");
    const guide = page.getByRole("link", { name: "the guide", exact: true });
    expect(await guide.getAttribute("href")).toMatch(/\/blob\/main\/docs\/guide\/01-derivative-and-gradient\.md$/);
    await page.evaluate(() => {
      document.head.insertAdjacentHTML("beforeend", '<meta name="docs" content="docs/">');
    });
    await page.getByRole("link", { name: /^Next/ }).click();
    await page.getByRole("heading", { level: 1, name: titleOf("gradient"), exact: true }).waitFor();
    expect(await guide.getAttribute("href")).toBe("docs/guide/01-derivative-and-gradient.html");
    await page.close();
  });

  test("descends from where the ball is dragged to, by the rule that it states", async () => {
    const { page } = await openChapter(site, "gradient-descent");
    const ball = page.getByRole("slider", { name: "The starting point: x, y" });
    const box = await ball.boundingBox();
    const [x, y] = [(box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2];
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 150, y + 60, { steps: 5 });
    await page.mouse.up();
    await slide(page, "Steps", 0);
    await page.getByText("Step 0 of 60.").waitFor();
    const numbers = async (): Promise<number[]> => numbersIn(await page.getByTestId("numbers").textContent());
    const [x0 = 0, y0 = 0, height = 0, dx = 0, dy = 0] = await numbers();
    expect(x0).toBeLessThan(3);
    expect(height).toBeCloseTo((x0 ** 2 + 4 * y0 ** 2) / 2, 1);
    expect([dx, dy]).toEqual([expect.closeTo(x0, 2), expect.closeTo(4 * y0, 2)]);
    await page.getByRole("button", { name: "One step" }).click();
    await page.getByText("Step 1 of 60.").waitFor();
    const [x1, y1] = await numbers();
    expect([x1, y1]).toEqual([expect.closeTo(x0 - 0.3 * x0, 2), expect.closeTo(y0 - 0.3 * 4 * y0, 2)]);
    // A bowl that rises with 4 in y: from η = 2/4 on it gets away.
    await page.getByRole("button", { name: "One that is too large" }).click();
    await page.getByText("It got away").waitFor();
    await page.close();
  });

  test("fits the line of least squares, and follows when a point is moved by keyboard", async () => {
    const { page } = await openChapter(site, "linear-regression");
    const points = async (): Promise<number[][]> =>
      page
        .getByRole("slider", { name: /^Point/ })
        .evaluateAll((handles) =>
          handles.map((handle) => (handle.getAttribute("aria-valuetext") ?? "").split(", ").map(Number)),
        );
    const leastSquares = (pairs: readonly number[][]): [w: number, b: number] => {
      const n = pairs.length;
      const mean = (of: (pair: readonly number[]) => number): number =>
        pairs.reduce((sum, pair) => sum + of(pair), 0) / n;
      const [x, y] = [mean(([x = 0]) => x), mean(([, y = 0]) => y)];
      const w = mean(([px = 0, py = 0]) => (px - x) * (py - y)) / mean(([px = 0]) => (px - x) ** 2);
      return [w, y - w * x];
    };
    const shown = async (): Promise<number[][]> =>
      (await rowsOf(page, "lines")).map((row) => row.slice(1).map((cell) => numbersIn(cell)[0] ?? Number.NaN));
    const check = async (): Promise<number> => {
      const [w, b] = leastSquares(await points());
      // The points are read to two decimals.
      expect(await shown()).toEqual([
        [expect.closeTo(w, 1), expect.closeTo(w, 1)],
        [expect.closeTo(b, 1), expect.closeTo(b, 1)],
        [expect.any(Number), expect.any(Number)],
      ]);
      return w;
    };
    const before = await check();
    await page.getByRole("slider", { name: "Point 1", exact: true }).focus();
    const height = async (): Promise<number> => (await points())[0]?.[1] ?? Number.NaN;
    const start = await height();
    for (let i = 1; i <= 15; i++) {
      await page.keyboard.press("ArrowUp");
      await expect.poll(height).toBeCloseTo(start + i / 10, 1);
    }
    expect(await check()).not.toBeCloseTo(before, 2);
    const count = (await points()).length;
    await page.keyboard.press("Delete");
    await expect.poll(async () => (await points()).length).toBe(count - 1);
    await page.close();
  });

  test("shows values and slopes of the activations", async () => {
    const { page } = await openChapter(site, "activations");
    const point = page.getByRole("slider", { name: "The point: z" });
    const numbers = async (): Promise<number[]> => numbersIn(await page.getByTestId("numbers").textContent());
    await point.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await numbers())[0]).toBe(0.9);
    const [v = 0, value, slope] = await numbers();
    expect(value).toBeCloseTo(sigmoid(v), 3);
    expect(slope).toBeCloseTo(sigmoid(v) * (1 - sigmoid(v)), 3);
    await slide(page, "Sharpness s, in σ(s·z)", 20);
    await expect.poll(async () => (await numbers())[1]).toBeCloseTo(1, 3);
    await page.getByRole("button", { name: "A dead ReLU" }).click();
    await expect.poll(async () => (await numbers()).slice(1, 3)).toEqual([0, 0]);
    await page.close();
  });

  test("shows softmax, its cross-entropy, and what that passes back", async () => {
    const { page } = await openChapter(site, "softmax");
    for (const [j, z] of [1, 0.5, 0, -1].entries()) await slide(page, `z${"₁₂₃₄"[j]}`, z);
    await page.getByRole("radio", { name: "Class 2 is the right answer" }).check();
    const exponentials = [1, 0.5, 0, -1].map(Math.exp);
    const total = exponentials.reduce((sum, e) => sum + e, 0);
    const expected = exponentials.map((e, j) => [e, e / total, e / total - (j === 1 ? 1 : 0)]);
    const rows = async (): Promise<number[][]> =>
      (await rowsOf(page, "softmax")).map(([, e, a, , slope]) =>
        [e, a, slope].map((cell) => numbersIn(cell ?? "")[0] ?? 0),
      );
    await expect.poll(rows).toEqual(expected.map((row) => row.map((number) => expect.closeTo(number, 3))));
    expect(numbersIn(await page.getByTestId("loss").textContent()).at(-1)).toBeCloseTo(
      -Math.log((exponentials[1] ?? 0) / total),
      3,
    );
    await page.getByRole("button", { name: "Add 3 to all" }).click();
    await expect.poll(async () => (await rows())[0]?.[0]).toBeCloseTo(Math.exp(4), 2);
    expect((await rows()).map(([, a]) => a)).toEqual(expected.map(([, a = 0]) => expect.closeTo(a, 3)));
    const properties = page.locator(".properties");
    await properties.getByText("With 3.0 added to all, the largest change of a probability is 0.000.").waitFor();
    await properties.getByText(`The least is ${(expected[3]?.[1] ?? 0).toFixed(5)}.`).waitFor();
    // Twice as large: the probabilities are sharper, and where all are 0 times as large, alike.
    await slide(page, "Times all", 2);
    const sharper = [1, 0.5, 0, -1].map((z) => Math.exp(2 * z));
    const all = sharper.reduce((sum, e) => sum + e, 0);
    await expect
      .poll(async () => (await rows()).map(([, a]) => a))
      .toEqual(sharper.map((e) => expect.closeTo(e / all, 3)));
    const p = (sharper[1] ?? 0) / all;
    await properties.getByText(`a₂ changes by ${(p * (1 - p)).toFixed(3)} for each unit`).waitFor();
    await slide(page, "Times all", 0);
    await expect.poll(async () => (await rows()).map(([, a]) => a)).toEqual([0.25, 0.25, 0.25, 0.25]);
    await page.close();
  });

  test.each([
    { colorScheme: "light", width: 1280 },
    { colorScheme: "dark", width: 820 },
    { colorScheme: "light", width: 390 },
    { colorScheme: "dark", width: 320 },
  ] as const)("each chapter fits $width pixels and satisfies axe, $colorScheme", async ({ colorScheme, width }) => {
    const { page, errors } = await openChapter(site, "derivative", { colorScheme, viewport: { width, height: 844 } });
    for (const { name, title } of chapters) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `/understand/${name}`);
      await page.getByRole("heading", { level: 1, name: title, exact: true }).waitFor();
      expect(await overflowing(page), name).toEqual([]);
      expect(await seriousFindings(page), name).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.close();
  });
});

/** What is wider than the screen or its card; the list of chapters scrolls by itself. */
const overflowing = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("main *")].flatMap((element) => {
      if (element.closest(".chapters ol, svg, .hidden")) return [];
      const { right, width } = element.getBoundingClientRect();
      const card = element.parentElement?.closest(".card")?.getBoundingClientRect().right ?? innerWidth;
      return width > 2 && right > card + 1 ? [`${element.tagName}.${element.className}`] : [];
    }),
  );
