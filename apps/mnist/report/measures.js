/** What is measured of the page, each in a browser profile of its own: nothing is cached. */
import { watch } from "./watch.js";

/** @typedef {import("playwright").Page} Page */
/** @typedef {Awaited<ReturnType<typeof import("./site.js").startSite>>} Site */

/**
 * Opens a page of the site, does something with it, and closes it.
 *
 * @template T
 * @param {Site} site
 * @param {string} hash
 * @param {(page: Page) => Promise<T>} fn
 */
async function onPage({ browser, address }, hash, fn) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(address + hash);
  await page.getByText("digits to learn from").waitFor({ timeout: 60_000 });
  try {
    return await fn(page);
  } finally {
    await context.close();
  }
}

/** @param {Page} page @returns {Promise<{ longTasks: number[], beats: number[], answers: number[], shift: number }>} */
const notesOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).notes);

const most = (/** @type {number[]} */ numbers) => Math.max(0, ...numbers);

const start = (/** @type {Page} */ page) => page.getByRole("button", { name: "Start training" }).click();

const end = (/** @type {Page} */ page) =>
  page.getByRole("button", { name: "Start over" }).waitFor({ timeout: 300_000 });

/** First paint, and how much the page moves by itself: while it loads, trains an epoch, and shows what came of it. */
export const opening = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=1", async (page) => {
    await start(page);
    await end(page);
    const paint = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    );
    return { "first paint, ms": paint, "layout shift": (await notesOf(page)).shift };
  });

/** The longest task of the page's own thread in ten epochs of training, charts and all. */
export const tasks = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=10", async (page) => {
    const before = await notesOf(page);
    await start(page);
    await end(page);
    const { longTasks, beats } = await notesOf(page);
    return {
      "tasks of 50 ms and more": longTasks.length - before.longTasks.length,
      "the longest of them, ms": most(longTasks.slice(before.longTasks.length)),
      "longest wait of a timer, ms": most(beats.slice(before.beats.length)),
    };
  });

/** How long the sheet takes to show what is drawn, while the network trains. */
export const drawing = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=200", async (page) => {
    await start(page);
    await page.getByRole("link", { name: "Draw", exact: true }).click();
    const box = await page.getByTestId("sheet").boundingBox();
    if (!box) throw new Error("the page has no sheet to draw on");
    const at = (/** @type {number} */ x, /** @type {number} */ y) =>
      /** @type {[number, number]} */ ([box.x + x * box.width, box.y + y * box.height]);
    const before = await notesOf(page);
    for (let stroke = 0; stroke < 4; stroke++) {
      await page.mouse.move(...at(0.3, 0.2));
      await page.mouse.down();
      for (let i = 0; i <= 30; i++) {
        await page.mouse.move(...at(0.3 + 0.4 * Math.sin(i / 9), 0.2 + (0.6 * i) / 30));
        await page.waitForTimeout(16); // As a hand does.
      }
      await page.mouse.up();
    }
    await page.waitForTimeout(200);
    const { answers, longTasks } = await notesOf(page);
    const drawn = answers.slice(before.answers.length);
    return {
      "longest answer of the sheet, ms": most(drawn),
      "answers that were measured": drawn.length,
      "tasks of 50 ms and more, drawing": longTasks.length - before.longTasks.length,
    };
  });

/** All memory of page and worker, after each epoch in which there is time to measure it; in 20 of them. */
export const memory = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=20", async (page) => {
    const bytes = () =>
      page.evaluate(async () => {
        const measured = await /** @type {any} */ (performance).measureUserAgentSpecificMemory();
        return /** @type {number} */ (measured.bytes);
      });
    const megabytes = [];
    await start(page);
    const over = end(page).then(() => true);
    const pause = () => page.waitForTimeout(250).then(() => false);
    do megabytes.push((await bytes()) / 1e6);
    while (!(await Promise.race([over, pause()])));
    const last = (await bytes()) / 1e6;
    const half = megabytes.slice(Math.floor(megabytes.length / 4), Math.ceil(megabytes.length / 2));
    return {
      "memory in the first half, MB": half.reduce((sum, size) => sum + size, 0) / half.length,
      "memory at most, MB": most(megabytes),
      "memory after 20 epochs, MB": last,
    };
  });

/** Examples a second, as the page shows them, for some seconds of training. Where there is no graphics card, by software. */
export const speed = (/** @type {Site} */ site, /** @type {string} */ backend) =>
  onPage(site, `?software-gpu#/train?epochs=500&backend=${backend}`, async (page) => {
    const words = await page.getByText("digits to learn from").textContent();
    await start(page);
    await page.waitForTimeout(backend === "gpu" ? 6000 : 1500); // Kernels are compiled, loops grow hot.
    const seen = [];
    for (let i = 0; i < 20; i++) {
      await page.waitForTimeout(150);
      const shown = await page.locator("dt:text-is('Examples a second') + dd").textContent();
      const value = Number.parseFloat((shown ?? "").replaceAll(",", ""));
      if (value > 0) seen.push(value);
    }
    seen.sort((a, b) => a - b);
    const title = words?.split(/[,;] [\d,]+ digits/)[0] ?? backend;
    if (backend === "gpu" && !title.startsWith("GPU")) return {}; // The next best took its place.
    return { [`examples a second: ${title}`]: seen[Math.floor(seen.length / 2)] ?? Number.NaN };
  });
