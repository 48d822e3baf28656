/** Narrow windows, no worker, no server, no network, no mouse. */
import path from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seriousFindings } from "./axe.ts";
import { accuracyOf, type Site, startChromium, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

describe("a window", () => {
  test.each(["#/train?epochs=1&hidden=16-relu", "#/draw"])(
    "of 320 pixels needs no scrolling sideways: %s",
    async (hash) => {
      const { page } = await site.open(
        hash,
        { viewport: { width: 320, height: 700 } },
        hash === "#/draw" ? "Draw a digit" : undefined,
      );
      if (hash !== "#/draw") await train(page);
      await page.waitForLoadState("networkidle");
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
      expect(await seriousFindings(page)).toEqual([]);
      await page.close();
    },
  );

  test("of 820 pixels has the sheet and the answer side by side", async () => {
    const { page } = await site.open("#/draw", { viewport: { width: 820, height: 900 } }, "Draw a digit");
    const [sheet, guess] = [
      await page.getByTestId("sheet").boundingBox(),
      await page.getByTestId("guess").boundingBox(),
    ];
    expect(guess?.x).toBeGreaterThan((sheet?.x ?? 0) + (sheet?.width ?? 0));
    expect(guess?.y).toBeLessThan((sheet?.y ?? 0) + (sheet?.height ?? 0));
    await page.close();
  });

  test("has the title of its view", async () => {
    const { page } = await site.open("");
    expect(await page.title()).toBe("dlcc: a network learns to read");
    await page.getByRole("link", { name: "Draw", exact: true }).click();
    await expect.poll(() => page.title()).toBe("Draw a digit · dlcc");
    await page.getByRole("link", { name: "Understand", exact: true }).click();
    await expect.poll(() => page.title()).toBe("Understand · dlcc");
    await page.close();
  });
});

test("a page that can start no worker says so", async () => {
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.addInitScript(() => {
    globalThis.Worker = class {
      constructor() {
        throw new Error("not here");
      }
    } as unknown as typeof Worker;
  });
  await page.goto(site.address);
  await page
    .getByText("This browser lets the page start no worker, and without one it can’t train: not here")
    .waitFor();
  await browser.close();
});

test("a page that is opened from a file says what it needs", async () => {
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.goto(pathToFileURL(path.join(import.meta.dirname, "../dist/index.html")).href);
  await page.getByText("a browser doesn't run it from a file").waitFor();
  await browser.close();
});

test("after the first load the site works without a network: charts, Draw and Understand, too", async () => {
  const { page, errors } = await site.open("#/train?epochs=1&hidden=16-relu");
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    if (active?.state !== "activated") await new Promise((resolve) => active?.addEventListener("statechange", resolve));
  });
  await page.context().setOffline(true);
  await page.reload();
  await page.getByText("training digits").first().waitFor();
  await train(page);
  expect(await accuracyOf(page)).toBeGreaterThan(80);
  await page.locator(".uplot canvas").first().waitFor();
  await page.getByRole("link", { name: "Draw", exact: true }).click();
  await page.getByTestId("sheet").click();
  await page
    .locator("[data-testid=guess][aria-busy=false]")
    .getByText(/^[\d?]$/)
    .waitFor();
  await page.getByRole("link", { name: "Understand", exact: true }).click();
  await page.locator(".understand svg, .understand canvas").first().waitFor();
  expect(errors).toEqual([]);
  await page.close();
});

test("it can be installed: the manifest has a name, an icon and a start", async () => {
  const manifest = await (await fetch(`${site.address}manifest.webmanifest`)).json();
  expect(manifest).toMatchObject({ display: "standalone", start_url: "./" });
  const icon = await fetch(new URL(manifest.icons[0].src, `${site.address}manifest.webmanifest`));
  expect(icon.headers.get("content-type")).toBe("image/svg+xml");
});

test("a slow network shows sizes, and how far they are", async () => {
  const { page, ...rest } = await site.open("#/draw", {}, "Draw a digit");
  await page.close();
  expect(rest.errors).toEqual([]);
  const browser = await startChromium();
  const slow = await browser.newPage();
  await slow.route("**/digits*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await route.continue();
  });
  await slow.goto(site.address);
  await slow.getByText(/^Loading the (program that trains, about \d+ KB|digits, [\d,]+ KB of 1,5\d\d)$/).waitFor();
  await slow.getByText("training digits").first().waitFor();
  await browser.close();
});

test("the footer leads to the course, the docs and the source", async () => {
  const { page } = await site.open("");
  for (const name of ["The course", "The docs", "The source"]) {
    expect(await page.getByRole("link", { name, exact: true }).getAttribute("href")).toMatch(
      /^https:\/\/github\.com\/[^/]+\/dlcc/,
    );
  }
  await page.close();
});

test("keyboard alone goes through a session: training, a digit drawn, and a chapter", async () => {
  const { page } = await site.open("#/train?epochs=1&hidden=16-relu");
  const focused = (): Promise<string> =>
    page.evaluate(
      () => document.activeElement?.getAttribute("aria-label") ?? document.activeElement?.textContent?.trim() ?? "",
    );
  const tabTo = async (name: RegExp): Promise<void> => {
    for (let presses = 0; presses < 60 && !name.test(await focused()); presses++) await page.keyboard.press("Tab");
    expect(await focused()).toMatch(name);
  };
  await tabTo(/^Start training$/);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Start over" }).waitFor();
  await page.keyboard.press("Home");
  await page.getByRole("link", { name: "Draw", exact: true }).focus();
  await page.keyboard.press("Enter");
  await page.getByTestId("sheet").waitFor();
  await tabTo(/^A sheet to draw/);
  // A 1: up, pen down, and down the sheet.
  for (let i = 0; i < 7; i++) await page.keyboard.press("ArrowUp");
  await page.keyboard.press(" ");
  for (let i = 0; i < 14; i++) await page.keyboard.press("ArrowDown");
  await page.keyboard.press(" ");
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("1");
  await page.keyboard.press("Delete");
  await expect.poll(() => page.getByTestId("guess").textContent()).toBe("–");
  await page.close();
});
