/** Builds the site, serves it as `npm run site` does, and opens it in Chromium. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { build, type PreviewServer, preview } from "vite";

const configFile = fileURLToPath(new URL("../vite.config.ts", import.meta.url));

export interface Site {
  readonly address: string;
  /** Opens a page, and waits for a text on it; what it logs as an error fails the test that asks for it. */
  open(
    hash?: string,
    options?: BrowserContextOptions,
    text?: string,
  ): Promise<{ page: Page; errors: string[]; requests: string[] }>;
  close(): Promise<void>;
}

const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", chromium.executablePath()];

export async function startSite(): Promise<Site> {
  await build({ configFile, logLevel: "error" });
  const server: PreviewServer = await preview({ configFile, preview: { port: 0 } });
  const address = server.resolvedUrls?.local[0] ?? "";
  const executablePath = places.find((place) => place && existsSync(place));
  const browser: Browser = await chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
  return {
    address,
    async open(hash = "", options = {}, text = "digits to learn from") {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
      const errors: string[] = [];
      const requests: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(address + hash);
      await page.getByText(text).first().waitFor();
      return { page, errors, requests };
    },
    async close() {
      await browser.close();
      await new Promise((resolve) => server.httpServer.close(resolve));
    },
  };
}
