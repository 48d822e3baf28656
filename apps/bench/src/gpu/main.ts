/**
 * `npm run bench:gpu`: dlcc's two GPU backends, TensorFlow.js and jax-js in one browser, and dlcc in Node, on this machine's
 * graphics card. It prints a table with the date, the adapter and the browser. `-- --software` tries the script where there is
 * no card; its figures mean nothing.
 */
import { existsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { provideVulkan } from "@dlcc/testing/node";
import { createWebGpu } from "@dlcc/webgpu";
import { chromium, type Page } from "playwright";
import { createServer } from "vite";
import { contender } from "../peers/dlcc.ts";
import { casesOf, type GpuCase } from "./cases.ts";
import { type Figure, measure } from "./measure.ts";
import type { bench } from "./page.ts";

const software = process.argv.includes("--software");
const cases = casesOf(software);

/** Chromium with WebGPU: headless, on the card that the system has, by Vulkan on Linux. */
const flags = [
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
  ...(software ? ["--use-webgpu-adapter=swiftshader", "--enable-dawn-features=disable_workgroup_init"] : []),
  ...(process.platform === "linux" && !software ? ["--enable-features=Vulkan", "--use-angle=vulkan"] : []),
];

type Column = ReadonlyMap<GpuCase, Figure | string>;

const reason = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";

async function inNode(): Promise<{ readonly column: Column; readonly adapter: string }> {
  const column = new Map<GpuCase, Figure | string>();
  try {
    if (process.platform === "linux") provideVulkan(software);
    const backend = await createWebGpu({ allowSoftware: software });
    for (const what of cases) {
      say(`Node, dlcc webgpu: ${what.title}`);
      column.set(what, await measure(contender(backend, ""), what).catch(reason));
    }
    await backend.dispose();
    return { column, adapter: backend.info.adapter };
  } catch (error) {
    return { column, adapter: reason(error) };
  }
}

async function inBrowser(): Promise<{ readonly columns: ReadonlyMap<string, Column>; readonly browser: string }> {
  const root = path.resolve(import.meta.dirname, "../..");
  const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
  const server = await createServer({ root, configFile: false, logLevel: "error", server: { port: 0, headers } });
  await server.listen();
  const executablePath = [process.env.CHROMIUM_PATH, "/usr/bin/chromium"].find((file) => file && existsSync(file));
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: flags,
  });
  try {
    const page = await browser.newPage();
    await page.goto(`${server.resolvedUrls?.local[0]}gpu/index.html`);
    await page.waitForFunction(() => "bench" in globalThis, undefined, { timeout: 120_000 });
    const names = await page.evaluate(() => (globalThis as unknown as { bench: typeof bench }).bench.names);
    const columns = new Map<string, Column>();
    for (const name of names) {
      const column = new Map<GpuCase, Figure | string>();
      columns.set(name, column);
      for (const what of cases) {
        say(`Chromium, ${name}: ${what.title}`);
        column.set(what, await runIn(page, name, what).catch(reason));
      }
    }
    return { columns, browser: `Chromium ${browser.version()}` };
  } finally {
    await browser.close();
    await server.close();
  }
}

const runIn = (page: Page, name: string, what: GpuCase): Promise<Figure> =>
  page.evaluate(
    ([name, what, software]) => (globalThis as unknown as { bench: typeof bench }).bench.run(name, what, software),
    [name, what, software] as const,
  );

/** A line on stderr that the next one overwrites; only in a terminal. */
function say(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

const node = await inNode();
const { columns, browser } = await inBrowser();
say("");
const all = new Map<string, Column>([["dlcc webgpu, Node", node.column], ...columns]);
const first = columns.get("dlcc webgpu");

function cell(what: GpuCase, found: Figure | string | undefined): string {
  if (found === undefined || typeof found === "string") return "–";
  const { milliseconds, result } = found;
  const figure = "n" in what ? (2 * what.n ** 3) / (milliseconds * 1e6) : milliseconds;
  const own = first?.get(what);
  const differs = typeof own === "object" && Math.abs(own.result - result) > 1e-2 * Math.max(1, Math.abs(own.result));
  return figure.toPrecision(3) + (differs ? " (another result)" : "");
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
console.log(
  [
    `${new Date().toISOString().slice(0, 10)}, ${os.cpus()[0]?.model}, ${os.platform()} ${os.release()}, Node ${process.versions.node}, ${browser}`,
    `Adapter in Node: ${node.adapter}${software ? " (software: these figures mean nothing)" : ""}`,
    "",
    row(["", ...all.keys()]),
    row(["---", ...[...all.keys()].map(() => "---:")]),
    ...cases.map((what) => row([what.title, ...[...all.values()].map((column) => cell(what, column.get(what)))])),
  ].join("\n"),
);
for (const [name, column] of all) {
  for (const [what, found] of column) if (typeof found === "string") console.log(`${name}, ${what.title}: ${found}`);
}
