/** The measurements of the page, each in its own browser profile: nothing is cached. */
import { heapsOf } from "./heaps.js";
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
export async function onPage({ browser, address }, hash, fn) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.goto(address + hash);
  await page.getByText("training digits").waitFor({ timeout: 60_000 });
  try {
    return await fn(page);
  } finally {
    await context.close();
  }
}

/** @param {Page} page @returns {Promise<{ longTasks: number[], beats: number[], answers: number[], shift: number }>} */
const notesOf = (page) => page.evaluate(() => /** @type {any} */ (globalThis).notes);

const most = (/** @type {number[]} */ numbers) => Math.max(0, ...numbers);

export const start = (/** @type {Page} */ page) => page.getByRole("button", { name: "Start training" }).click();

const end = (/** @type {Page} */ page) =>
  page.getByRole("button", { name: "Start over" }).waitFor({ timeout: 300_000 });

/** The first paint, and the layout shifts of the page while it loads, trains an epoch, and shows the results. */
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

/** The time until the sheet shows a stroke, while the network trains. */
export const drawing = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=100", async (page) => {
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
    const drawn = answers.slice(before.answers.length).sort((a, b) => a - b);
    const share = (/** @type {number} */ part) => drawn[Math.floor(part * (drawn.length - 1))] ?? Number.NaN;
    return {
      "answer of the sheet, the middle one, ms": share(0.5),
      "19 of 20 answers are within, ms": share(0.95),
      "longest answer of the sheet, ms": most(drawn),
      "answers that were measured": drawn.length,
      "tasks of 50 ms and more, drawing": longTasks.length - before.longTasks.length,
    };
  });

/**
 * The sizes of the heaps of the page and of its workers, once in each of 20 epochs. (The browser's own
 * `measureUserAgentSpecificMemory` answers after a minute, and the epochs take seconds.)
 */
export const memory = (/** @type {Site} */ site) =>
  onPage(site, "#/train?epochs=20", async (page) => {
    const bytes = await heapsOf(page);
    /** @type {{ page: number, worker: number }[]} */
    const sizes = [];
    let last = "";
    await start(page);
    while (!(await page.getByRole("button", { name: "Start over" }).isVisible())) {
      const epoch = await page.locator("dt:has-text('Epoch') + dd").textContent();
      if (epoch !== last) sizes.push(await bytes());
      last = epoch ?? "";
    }
    const half = sizes.length >> 1;
    const middle = (/** @type {"page" | "worker"} */ of, /** @type {typeof sizes} */ part) =>
      part.map((size) => size[of] / 1e6).sort((a, b) => a - b)[part.length >> 1] ?? Number.NaN;
    return {
      "memory of the page in the first half of 20 epochs, MB": middle("page", sizes.slice(0, half)),
      "in the second half, MB": middle("page", sizes.slice(half)),
      "memory of the worker in the first half, MB": middle("worker", sizes.slice(0, half)),
      "of the worker in the second half, MB": middle("worker", sizes.slice(half)),
      "epochs in which it was measured": sizes.length,
    };
  });

/** Examples per second, as the page shows them, over some seconds of training. The gpu backend may use a software renderer. */
export const speed = (/** @type {Site} */ site, /** @type {string} */ backend) =>
  onPage(site, `?software-gpu#/train?epochs=100&backend=${backend}`, async (page) => {
    const words = await page.getByText("training digits").textContent();
    await start(page);
    await page.waitForTimeout(backend === "gpu" ? 6000 : 1500); // Kernels are compiled, loops grow hot.
    const seen = [];
    for (let i = 0; i < 20; i++) {
      await page.waitForTimeout(150);
      const shown = await page.locator("dt:text-is('Examples per second') + dd").textContent();
      const value = Number.parseFloat((shown ?? "").replaceAll(",", ""));
      if (value > 0) seen.push(value);
    }
    seen.sort((a, b) => a - b);
    const title = words?.split(/[,;] [\d,]+ digits/)[0] ?? backend;
    if (backend === "gpu" && !title.startsWith("GPU")) return {}; // The next best took its place.
    return { [`examples a second: ${title}`]: seen[Math.floor(seen.length / 2)] ?? Number.NaN };
  });
