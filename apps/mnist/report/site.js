/** Builds the site, serves it as `npm run site` does, and starts Chromium. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright";
import { build, preview } from "vite";

const configFile = fileURLToPath(new URL("../vite.config.ts", import.meta.url));
const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", chromium.executablePath()];
const quiet = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
// WebGPU on a software renderer, without a graphics card.
const special = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

/** @returns The address, the browser, and what ends both. */
export async function startSite() {
  await build({ configFile, logLevel: "error", build: { outDir: "node_modules/.report", emptyOutDir: true } });
  const server = await preview({
    configFile,
    build: { outDir: "node_modules/.report" },
    preview: { port: 0, strictPort: false },
  });
  const executablePath = places.find((place) => place && existsSync(place));
  const browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...quiet, ...special],
  });
  return {
    address: server.resolvedUrls?.local[0] ?? "",
    browser,
    version: browser.version(),
    async close() {
      await browser.close();
      await new Promise((resolve) => server.httpServer.close(resolve));
    },
  };
}
