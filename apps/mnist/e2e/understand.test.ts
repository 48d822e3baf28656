/** The numbers in the chapters agree with the formulas, which are computed here again. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { type Site, startSite } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
}, 120_000);
afterAll(() => site.close());

const chapters = {
  "gradient-descent": "Gradient descent",
  "linear-regression": "Linear regression",
  perceptron: "The perceptron",
  activations: "From the step to the sigmoid to ReLU",
  softmax: "Softmax and cross-entropy",
  backpropagation: "Backpropagation",
} as const;

const open = async (name: keyof typeof chapters, options = {}): Promise<{ page: Page; errors: string[] }> => {
  const opened = await site.open(`#/understand/${name}`, options, "In the terminal:");
  await opened.page.getByRole("heading", { level: 1, name: chapters[name] }).waitFor();
  return opened;
};

/** The numbers of a text, as the page writes them. */
const numbersIn = (text: string | null): number[] =>
  (text ?? "")
    .replaceAll("−", "-")
    .match(/-?\d+(\.\d+)?/g)
    ?.map(Number) ?? [];

const rowsOf = async (page: Page, table: string): Promise<string[][]> =>
  page
    .getByTestId(table)
    .locator("tbody tr")
    .evaluateAll((rows) => rows.map((row) => [...row.children].map((cell) => cell.textContent ?? "")));

const slide = (page: Page, label: string, value: number): Promise<void> =>
  page.getByRole("slider", { name: label, exact: true }).fill(String(value));

describe("Understand, in Chromium", () => {
  test("is found from the start page, and its address is that of a chapter", async () => {
    const { page, errors } = await site.open();
    await page.getByRole("link", { name: "Understand" }).click();
    await page.getByRole("heading", { level: 1, name: "Gradient descent" }).waitFor();
    await page.getByRole("link", { name: "Softmax" }).click();
    await page.getByRole("heading", { level: 1, name: "Softmax and cross-entropy" }).waitFor();
    expect(page.url()).toContain("#/understand/softmax");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("descends from where the ball is dragged to, by the rule that it states", async () => {
    const { page } = await open("gradient-descent");
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
    const { page } = await open("linear-regression");
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

  test("makes a gate of a perceptron, learns NAND, and can't learn XOR", async () => {
    const { page } = await open("perceptron");
    const says = async (): Promise<string[]> => (await rowsOf(page, "gate")).map(([, , said = ""]) => said);
    await page.getByRole("button", { name: "The course's NAND" }).click();
    await expect.poll(says).toEqual(["1", "1", "1", "0"]);
    await slide(page, "Threshold b", -1);
    await expect.poll(says).toEqual(["1", "0", "0", "0"]);
    await page.getByRole("button", { name: "Let it learn" }).click();
    await expect.poll(says).toEqual(["1", "1", "1", "0"]);
    await page.getByRole("button", { name: "XOR", exact: true }).click();
    await page.getByRole("button", { name: "Let it learn" }).click();
    await page.getByText("No line has both ones on one side").waitFor();
    await page.close();
  });

  test("shows values and slopes of the activations", async () => {
    const { page } = await open("activations");
    const point = page.getByRole("slider", { name: "The point: v" });
    const numbers = async (): Promise<number[]> => numbersIn(await page.getByTestId("numbers").textContent());
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
    await point.focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await numbers())[0]).toBe(0.9);
    const [v = 0, value, slope] = await numbers();
    expect(value).toBeCloseTo(sigmoid(v), 3);
    expect(slope).toBeCloseTo(sigmoid(v) * (1 - sigmoid(v)), 3);
    await slide(page, "Sharpness s, in σ(s·v)", 20);
    await expect.poll(async () => (await numbers())[1]).toBeCloseTo(1, 3);
    await page.getByRole("button", { name: "A dead one" }).click();
    await expect.poll(async () => (await numbers()).slice(1, 3)).toEqual([0, 0]);
    await page.close();
  });

  test("shows softmax, its cross-entropy, and what that passes back", async () => {
    const { page } = await open("softmax");
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

  test("follows a gradient back to the terms of the chain rule", async () => {
    const { page } = await open("backpropagation");
    const explained = page.getByTestId("explained");
    await page
      .getByTestId("trace")
      .getByRole("button", { name: /^∂C\/∂w₁,₁,₁/ })
      .click();
    // C = ½(u₃ − y)², u₃ = w₃ · σ(W₁ x + b₁) + b₃
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
    const a = [sigmoid(0.6 * 1 + -0.4 * -0.5 + 0.1), sigmoid(-0.3 * 1 + 0.9 * -0.5 - 0.2)] as const;
    const error = 1.2 * a[0] - 0.7 * a[1] + 0.05 - 0.8;
    const gradient = error * 1.2 * a[0] * (1 - a[0]) * 1;
    expect(numbersIn(await explained.getByText("Checked:").textContent())).toEqual([
      expect.closeTo(gradient, 7),
      expect.closeTo(gradient, 7),
    ]);
    const sources = (): Promise<string[]> => page.locator(".trace .source span").allTextContents();
    await expect.poll(sources).toEqual(["u₀,₁", "∂C/∂u₁,₁"]);
    await explained.getByRole("button", { name: /^∂C\/∂u₁,₁/ }).click();
    await explained.getByRole("heading", { name: /^∂C\/∂u₁,₁/ }).waitFor();
    await expect.poll(sources).toEqual(["u₂,₁", "∂C/∂u₂,₁"]);
    await page.getByTestId("trace").getByRole("button", { name: /^u₁,₁/ }).click();
    await explained.getByText("w₁,₁,₁·u₀,₁ + w₁,₁,₂·u₀,₂ + b₁,₁").waitFor();
    // A step of descent lowers the cost.
    const cost = async (): Promise<number> =>
      numbersIn(await page.getByTestId("trace").getByRole("button", { name: /^C / }).textContent()).at(-1) ?? 0;
    const before = await cost();
    expect(before).toBeCloseTo(error ** 2 / 2, 4);
    await page.getByRole("button", { name: /^Descend/ }).click();
    await expect.poll(cost).toBeLessThan(before);
    await page.close();
  });

  test("goes back layer by layer, and with another input, weight or target every number follows", async () => {
    const { page } = await open("backpropagation");
    const trace = page.getByTestId("trace");
    const value = async (symbol: RegExp): Promise<number> =>
      numbersIn(await trace.getByRole("button", { name: symbol }).locator("b").textContent())[0] ?? Number.NaN;
    const derivatives = (): Promise<string[]> =>
      trace.getByRole("button", { name: /^∂C/ }).locator("span").allTextContents();
    const [back, undo] = ["One layer back", "Undo"].map((name) => page.getByRole("button", { name, exact: true }));
    await page.getByRole("button", { name: "From the start of the backward pass" }).click();
    await expect.poll(derivatives).toEqual(["∂C/∂u₃,₁"]);
    await back?.click();
    // The output layer: two weights and a bias, and the buffer for its two inputs.
    const second = ["∂C/∂u₂,₁", "∂C/∂u₂,₂", "∂C/∂w₃,₁,₁", "∂C/∂w₃,₁,₂", "∂C/∂b₃,₁", "∂C/∂u₃,₁"];
    await expect.poll(derivatives).toEqual(second);
    await back?.click();
    await expect.poll(derivatives).toEqual(["∂C/∂u₁,₁", "∂C/∂u₁,₂", ...second]);
    await undo?.click();
    await expect.poll(derivatives).toEqual(second);

    const change = async (symbol: RegExp, to: number): Promise<void> => {
      await trace.getByRole("button", { name: symbol }).click();
      await page.getByRole("slider", { name: /^Change/ }).fill(String(to));
    };
    await change(/^w₃,₁,₂/, 0.5);
    await change(/^u₀,₁/, -1);
    await change(/^y₁/, 2);
    const sigmoid = (v: number): number => 1 / (1 + Math.exp(-v));
    const a = [sigmoid(0.6 * -1 + -0.4 * -0.5 + 0.1), sigmoid(-0.3 * -1 + 0.9 * -0.5 - 0.2)] as const;
    const error = 1.2 * a[0] + 0.5 * a[1] + 0.05 - 2;
    await expect.poll(() => value(/^∂C\/∂u₃,₁/)).toBeCloseTo(error, 4);
    expect(await value(/^C /)).toBeCloseTo(error ** 2 / 2, 4);
    expect(await value(/^∂C\/∂w₃,₁,₁/)).toBeCloseTo(error * a[0], 4);
    await page.close();
  });

  test.each([
    { colorScheme: "light", width: 1280 },
    { colorScheme: "dark", width: 1280 },
    { colorScheme: "light", width: 390 },
    { colorScheme: "dark", width: 390 },
  ] as const)("each chapter fits $width pixels and satisfies axe, $colorScheme", async ({ colorScheme, width }) => {
    const { page, errors } = await open("gradient-descent", { colorScheme, viewport: { width, height: 844 } });
    for (const [name, title] of Object.entries(chapters)) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `/understand/${name}`);
      await page.getByRole("heading", { level: 1, name: title }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), name).toBe(0);
      expect(await seriousFindings(page), name).toEqual([]);
    }
    expect(errors).toEqual([]);
    await page.close();
  });
});
