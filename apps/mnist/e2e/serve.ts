/** A plain static host: files below a path, and no header that threads would need. */
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".gz": "application/gzip",
  ".svg": "image/svg+xml",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

export interface Host {
  /** With the path, such as `http://localhost:1234/some/path/`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Serves a folder below a path, which begins and ends with a slash. */
export async function serve(folder: string, base: string): Promise<Host> {
  const server: Server = createServer(async ({ url = "" }, response) => {
    const { pathname } = new URL(url, "http://host");
    const name = pathname.slice(base.length) || "index.html";
    try {
      if (!pathname.startsWith(base)) throw new Error("outside");
      const body = await readFile(path.join(folder, name));
      response.writeHead(200, { "Content-Type": types[path.extname(name)] ?? "application/octet-stream" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}${base}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
