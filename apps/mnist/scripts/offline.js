/**
 * Makes the built site work without a network after the first load: a service worker keeps its files. What only some machines
 * need, the program for graphics cards, is kept when it is asked for.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const publicFolder = fileURLToPath(new URL("../public/", import.meta.url));
const onDemand = /gpu/i;

/** Runs in the service worker. @param {string} version @param {string[]} files */
function serve(version, files) {
  const scope = /** @type {any} */ (globalThis);
  scope.addEventListener("install", (/** @type {any} */ event) => {
    event.waitUntil(caches.open(version).then((cache) => cache.addAll(files)));
  });
  scope.addEventListener("activate", (/** @type {any} */ event) => {
    const others = caches.keys().then((names) => names.filter((name) => name.startsWith("dlcc-") && name !== version));
    event.waitUntil(others.then((names) => Promise.all(names.map((name) => caches.delete(name)))));
  });
  scope.addEventListener("fetch", (/** @type {any} */ event) => {
    const { request } = event;
    if (request.method !== "GET" || !request.url.startsWith(scope.registration.scope)) return;
    const kept = async () => {
      const cache = await caches.open(version);
      // The page itself is asked for anew, so that the next version of the site is found.
      if (request.mode === "navigate") {
        const answer = await fetch(request).catch(() => undefined);
        return answer ?? (await cache.match("./", { ignoreVary: true })) ?? Response.error();
      }
      // Some servers say that an answer varies with the Origin, which a module is asked for with and the list is not.
      const found = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
      if (found) return found;
      const answer = await fetch(request);
      if (answer.ok && /\/assets\//.test(request.url)) await cache.put(request, answer.clone());
      return answer;
    };
    event.respondWith(kept());
  });
}

/** Writes the service worker beside the page. @type {import("vite").Plugin} */
export const offline = {
  name: "offline",
  apply: "build",
  enforce: "post",
  generateBundle: {
    order: "post",
    handler(_, bundle) {
      const hash = createHash("sha256");
      const files = ["./"];
      for (const [name, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
        hash.update(name).update(file.type === "chunk" ? file.code : file.source);
        if (name !== "index.html" && !onDemand.test(name) && !name.endsWith(".map")) files.push(`./${name}`);
      }
      for (const name of readdirSync(publicFolder).sort()) {
        hash.update(readFileSync(publicFolder + name));
        files.push(`./${name}`);
      }
      const version = `dlcc-${hash.digest("hex").slice(0, 12)}`;
      const source = `(${serve})(${JSON.stringify(version)}, ${JSON.stringify(files)});\n`;
      this.emitFile({ type: "asset", fileName: "sw.js", source });
    },
  },
};
