/** What the eye would see at once: colours of the wrong scheme, labels that touch, buttons that a finger misses. */
import { type ChapterName, chapters } from "@dlcc/course";
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openChapter } from "./chapters.ts";
import { type Site, startSite, train } from "./site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite();
});
afterAll(() => site.close());

const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** Where something is, and how large. */
const boxOf = (page: Page, selector: string) => page.locator(selector).first().boundingBox();

test("the network is painted in the colours of the scheme, and again when the scheme changes", async () => {
  const { page } = await site.open("", { colorScheme: "light" });
  const corner = () =>
    page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>(".network canvas");
      return [...(canvas?.getContext("2d")?.getImageData(2, 2, 1, 1).data ?? [])].slice(0, 3);
    });
  const card = () =>
    page.evaluate(() =>
      (getComputedStyle(document.querySelector(".stage") as Element).backgroundColor.match(/\d+/g) ?? []).map(Number),
    );
  await expect.poll(corner).toEqual(await card());
  await page.emulateMedia({ colorScheme: "dark" });
  expect(await card()).not.toEqual([255, 255, 255]);
  await expect.poll(corner).toEqual(await card());
  await page.close();
});

test("a view looks the same whatever was looked at before", async () => {
  const [fresh, later] = [await site.open(""), await site.open("#/understand/backpropagation", {}, "In the terminal:")];
  const link = (name: string) => later.page.getByRole("link", { name, exact: true });
  await link("Shared weights").click();
  await later.page.getByText("What the kernel finds").waitFor();
  await link("Draw").click();
  await later.page.getByTestId("sheet").waitFor();
  await link("Train").click();
  await later.page.locator(".network canvas").waitFor();
  for (const selector of [".network canvas", ".stage", ".over-time", ".over-time input"]) {
    await expect.poll(() => boxOf(later.page, selector)).toEqual(await boxOf(fresh.page, selector));
  }
  await fresh.page.close();
  await later.page.close();
});

test("runs to compare have whole words on their buttons, and their shares below each other", async () => {
  const { page } = await site.open("#/train?hidden=16-relu&epochs=1");
  await train(page);
  const rate = page.getByRole("spinbutton", { name: "Learning rate" });
  await rate.fill("0.05");
  await rate.press("Tab");
  await page.getByRole("button", { name: "Pin", exact: true }).click();
  const pinned = await page.getByRole("button", { name: "Pinned" }).boundingBox();
  expect(pinned?.height).toBe(38);
  const ends = await page.locator(".runs b").evaluateAll((all) => all.map((b) => b.getBoundingClientRect().left));
  expect(new Set(ends).size).toBe(1);
  await page.close();
});

describe("on a phone", () => {
  /** Controls that are smaller than a fingertip, but for words in a text and cells of a table. */
  const small = (page: Page) =>
    page.locator("button, select, summary, nav a, input:not([type=radio]):not([type=file])").evaluateAll((all) =>
      all
        .filter(
          (one) =>
            one.checkVisibility() && !one.closest(".confusion, .term, .caption, .skip, .bottom, header .saves, p"),
        )
        .filter((one) => !one.matches(".save, .skip, .link"))
        .map((one) => ({
          name: one.getAttribute("aria-label") ?? one.textContent,
          ...one.getBoundingClientRect().toJSON(),
        }))
        .filter(({ height }) => height < 44)
        .map(({ name, height }) => `${name}: ${height}`),
    );

  test.each(["#/train", "#/draw"])("what can be pressed is as large as a fingertip: %s", async (hash) => {
    const { page } = await site.open(hash, phone, hash === "#/draw" ? "Draw a digit" : undefined);
    if (hash === "#/train") await page.getByText("More settings").click();
    await page.waitForLoadState("networkidle");
    expect(await small(page)).toEqual([]);
    await page.close();
  });

  test("a command breaks between its options alone", async () => {
    const { page } = await site.open("", phone);
    const command = page.getByTestId("command");
    await command.waitFor();
    const heights = await command
      .locator("span")
      .evaluateAll((parts) => parts.map((part) => part.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(5);
    expect(Math.max(...heights)).toBeLessThan(1.5 * Math.min(...heights));
    await page.close();
  });

  test.each(chapters.map(({ name }) => name))(
    "the letters of the pictures don't touch: %s",
    async (name: ChapterName) => {
      const { page } = await openChapter(site, name, phone);
      expect(await small(page)).toEqual([]);
      const touching = await page.locator("svg.figure").evaluateAll((figures) =>
        figures.flatMap((figure) => {
          const texts = [...figure.querySelectorAll(".axis text, .end, .gate rect")].filter(
            (text) => text.tagName === "rect" || text.textContent !== "",
          );
          const boxes = texts.map((text) => ({
            said: text.textContent || "a gate",
            ...text.getBoundingClientRect().toJSON(),
          }));
          return boxes.flatMap((a, i) =>
            boxes
              .slice(i + 1)
              .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom - 3 && b.top < a.bottom - 3)
              .map((b) => `${a.said} and ${b.said}`),
          );
        }),
      );
      expect(touching).toEqual([]);
      // The list of chapters shows the one that is open.
      const [list, open] = [await boxOf(page, ".chapters"), await boxOf(page, ".chapters [aria-current]")];
      expect(open?.x).toBeGreaterThanOrEqual(list?.x ?? 0);
      expect((open?.x ?? 0) + (open?.width ?? 0)).toBeLessThanOrEqual((list?.x ?? 0) + (list?.width ?? 0));
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
      await page.close();
    },
  );
});
