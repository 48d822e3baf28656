/** Pages in a browser, from a server of this process. */
import { existsSync, readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { type Browser, chromium } from "playwright";

/** With these headers a page may share memory, and so have threads. */
export const isolated = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** How long a page may take, in milliseconds. */
const patience = 30_000;

/** Where the browser is: Debian's, or the one that playwright keeps and `npm run test:browser` installs. */
const places = [process.env.CHROMIUM_PATH, "/usr/bin/chromium", chromium.executablePath()];

/** A browser. */
export class Pages {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async open(): Promise<Pages> {
    const executablePath = places.find((place) => place && existsSync(place));
    if (!executablePath) throw new Error("there is no Chromium: `npm run test:browser` installs one");
    return new Pages(await chromium.launch({ executablePath, args: ["--no-sandbox"] }));
  }

  close(): Promise<void> {
    return this.#browser.close();
  }

  /** Opens a file of a folder, and waits for the text of its `#out`. */
  async inFolder(folder: string, file: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const server = await serve(folder, headers);
    try {
      return await this.text(`http://localhost:${(server.address() as AddressInfo).port}/${file}`);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  }

  /** Opens an address, and waits for the text of its `#out`; what the page complains of is an error. */
  async text(address: string): Promise<string> {
    const page = await this.#browser.newPage();
    const complaints: string[] = [];
    page.on("pageerror", ({ message }) => void complaints.push(message));
    page.on("console", (message) => void (message.type() === "error" && complaints.push(message.text())));
    try {
      await page.goto(address);
      const out = page.locator("#out:not(:empty)");
      await out.waitFor({ timeout: patience });
      return await out.innerText();
    } catch (cause) {
      throw new Error(`${address}: ${complaints.join("; ") || "nothing came"}`, { cause });
    } finally {
      await page.close();
    }
  }
}

/** Serves a folder; the name of a script with `.html` behind it is a page that has the script alone. */
async function serve(folder: string, headers: Readonly<Record<string, string>>): Promise<Server> {
  const server = createServer(({ url = "" }, answer) => {
    const name = new URL(url, "http://localhost").pathname;
    const file = path.join(folder, name);
    const script = /([^/]+\.js)\.html$/.exec(name)?.[1];
    const found = script !== undefined || existsSync(file);
    const type = types[path.extname(name)] ?? "application/octet-stream";
    answer.writeHead(found ? 200 : name === "/favicon.ico" ? 204 : 404, { ...headers, "Content-Type": type });
    const html = `<!doctype html><pre id="out"></pre><script type="module" src="${script}"></script>`;
    answer.end(script !== undefined ? html : found ? readFileSync(file) : undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return server;
}
