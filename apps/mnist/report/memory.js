/**
 * `npm run memory --prefix apps/mnist`: whether the memory of the page and of its worker stays flat over ten minutes of training
 * (`-- --minutes 10`). It measures the heaps with their buffers four times a minute, after a garbage collection, and whatever the
 * browser's own `measureUserAgentSpecificMemory` tells, WebAssembly's memory in it, as often as that answers: after some 20 seconds.
 */
import { parseArgs } from "node:util";
import { heapsOf } from "./heaps.js";
import { onPage, start } from "./measures.js";
import { startSite } from "./site.js";

const { values: options } = parseArgs({
  options: {
    minutes: { type: "string", default: "10" },
    // One digit at a time is slow enough for ten minutes.
    query: { type: "string", default: "batchSize=2&epochs=100&optimizer=sgd&lr=0.01" },
  },
});
const minutes = Number(options.minutes);
/** Between two measurements, in milliseconds. */
const every = 15_000;

const site = await startSite();
try {
  const rows = await onPage(site, `#/train?${options.query}`, async (page) => {
    const bytes = await heapsOf(page);
    /** @type {{ minute: number, page: number, worker: number }[]} */
    const heaps = [];
    /** @type {{ minute: number, all: number }[]} */
    const all = [];
    const begun = performance.now();
    const minute = () => (performance.now() - begun) / 60_000;
    let asked = false;
    const ask = async () => {
      asked = true;
      const found = await page.evaluate(() => /** @type {any} */ (performance).measureUserAgentSpecificMemory?.());
      if (found) all.push({ minute: minute(), all: found.bytes / 1e6 });
      asked = false;
    };
    await start(page);
    while (minute() < minutes) {
      await page.waitForTimeout(every);
      const over = page.getByRole("button", { name: "Start over" });
      if (await over.isVisible()) {
        await over.click();
        await start(page);
      }
      const { page: own, worker } = await bytes();
      heaps.push({ minute: minute(), page: own / 1e6, worker: worker / 1e6 });
      if (!asked) void ask().catch(() => {});
    }
    return { heaps, all, steps: await page.getByRole("progressbar", { name: "Training" }).getAttribute("value") };
  });
  /** The slope of the line that fits best, in MB a minute, after the first minute; and the ends. */
  const line = (/** @type {string} */ name, /** @type {readonly (readonly [number, number])[]} */ points) => {
    const later = points.filter(([at]) => at >= 1);
    const mean = (/** @type {number[]} */ of) => of.reduce((a, b) => a + b, 0) / of.length;
    const [x, y] = [mean(later.map(([at]) => at)), mean(later.map(([, value]) => value))];
    const slope = mean(later.map(([at, value]) => (at - x) * (value - y))) / mean(later.map(([at]) => (at - x) ** 2));
    const all = later.map(([, value]) => value);
    const ends = [later[0]?.[1], later.at(-1)?.[1], Math.min(...all), Math.max(...all)].map((n) => n?.toFixed(1));
    console.log(`| ${name} | ${ends.join(" | ")} | ${slope.toFixed(3)} | ${later.length} |`);
  };
  console.log(`${minutes} minutes, ${rows.steps} steps of the last run; from the first minute on\n`);
  console.log("| | at first, MB | at last | least | most | MB a minute | measured |\n|---|---|---|---|---|---|---|");
  line(
    "page",
    rows.heaps.map((row) => [row.minute, row.page]),
  );
  line(
    "worker",
    rows.heaps.map((row) => [row.minute, row.worker]),
  );
  line(
    "all that the browser counts",
    rows.all.map((row) => [row.minute, row.all]),
  );
} finally {
  await site.close();
}
