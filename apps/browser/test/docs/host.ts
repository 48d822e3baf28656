/** Serves what `npm run deployable` has gathered, as a static host does: the demo site, and the docs below docs/. */
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { preview } from "vite";
import { findChromium } from "../../scripts/chromium.js";

/** The folder that is served. */
export const deploy = path.resolve(import.meta.dirname, "../../../../deploy");

export interface Host {
  /** The address of the docs, with a slash at its end. */
  readonly docs: string;
  /** A page in a window of its own. */
  open(options?: BrowserContextOptions): Promise<Page>;
  close(): Promise<void>;
}

export async function startHost(): Promise<Host> {
  const server = await preview({
    configFile: false,
    root: path.dirname(deploy),
    build: { outDir: deploy },
    appType: "mpa",
    preview: { port: 0, host: "localhost" },
    logLevel: "error",
  });
  const executablePath = findChromium();
  const browser: Browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
  });
  return {
    docs: `${server.resolvedUrls?.local[0]}docs/`,
    open: (options = {}) => browser.newPage(options),
    async close() {
      await browser.close();
      await new Promise((resolve) => server.httpServer.close(resolve));
    },
  };
}
