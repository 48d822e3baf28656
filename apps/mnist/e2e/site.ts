/** Serves the built site as `npm run site` does, and opens it in Chromium. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { type PreviewServer, preview } from "vite";

export const configFile = fileURLToPath(new URL("../vite.config.ts", import.meta.url));

const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", chromium.executablePath()];

const quiet = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** WebGPU on a software renderer, without a graphics card. WebGL2 on a software renderer needs only this browser. */
export const webgpu = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"];

export function startChromium(args: readonly string[] = []): Promise<Browser> {
  const executablePath = places.find((place) => place && existsSync(place));
  return chromium.launch({
    ...(executablePath && { executablePath }),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [...quiet, ...args],
  });
}

/** A page, with its errors and requests. */
export interface Opened {
  readonly page: Page;
  /** The errors that it threw. */
  readonly errors: string[];
  /** The addresses that it requested. */
  readonly requests: string[];
}

/** A text that Train shows as soon as it has a network. */
const networkIsThere = "training digits";

/** Opens a page, and waits for a text on it. */
export async function open(
  browser: Browser,
  address: string,
  options: BrowserContextOptions = {},
  text: string = networkIsThere,
): Promise<Opened> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const errors: string[] = [];
  const requests: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.addInitScript(recordCurve);
  await page.goto(address);
  await page.getByText(text).first().waitFor();
  return { page, errors, requests };
}

/** The name under which a page keeps each step's loss. */
interface Recorded {
  curve: number[];
}

/** Runs in the page before its own code, and notes each step's loss from the worker's messages. */
function recordCurve(): void {
  const recorded = globalThis as unknown as Recorded;
  recorded.curve = [];
  const { Worker: Original } = globalThis;
  globalThis.Worker = class extends Original {
    constructor(...parameters: ConstructorParameters<typeof Worker>) {
      super(...parameters);
      this.addEventListener("message", ({ data: reports }) => {
        for (const report of reports) {
          if (report.type === "ready") recorded.curve = [];
          if (report.type === "moved") recorded.curve.length = report.step;
          if (report.type === "progress") recorded.curve.push(...report.losses);
        }
      });
    }
  };
}

/** The loss of each step so far. */
export const curveOf = (page: Page): Promise<number[]> =>
  page.evaluate(() => (globalThis as unknown as Recorded).curve);

export interface Site {
  readonly address: string;
  /** The requests to the server, by pages and their workers. */
  readonly served: readonly string[];
  /** Opens the page at `#…`, and waits for a text on it. Default: the text of Train's network. */
  open(hash?: string, options?: BrowserContextOptions, text?: string): Promise<Opened>;
  close(): Promise<void>;
}

/** Serves the site, and starts a browser. */
export async function startSite(args: readonly string[] = []): Promise<Site> {
  const server: PreviewServer = await preview({ configFile, preview: { port: 0 } });
  const address = server.resolvedUrls?.local[0] ?? "";
  const served: string[] = [];
  server.httpServer.on("request", ({ url = "" }: { url?: string }) => served.push(url));
  const browser = await startChromium(args);
  return {
    address,
    served,
    open: (hash = "", options = {}, text = networkIsThere) => open(browser, address + hash, options, text),
    async close() {
      await browser.close();
      await new Promise((resolve) => server.httpServer.close(resolve));
    },
  };
}

/** Trains to the last epoch. */
export async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Start training" }).click();
  await trained(page);
}

/** Waits for the last epoch's end. */
export const trained = (page: Page): Promise<void> =>
  page.getByRole("button", { name: "Start over" }).waitFor({ timeout: 150_000 });

/** The validation accuracy that the page shows, in per cent. */
export const accuracyOf = async (page: Page): Promise<number> =>
  Number.parseFloat((await page.getByTestId("accuracy").textContent()) ?? "");

/** The number of steps that the page shows. */
export const stepOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole("progressbar", { name: "Training" }).getAttribute("value"));
