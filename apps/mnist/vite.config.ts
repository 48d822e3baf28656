import { defineConfig } from "vite";
import { writeDigits } from "./scripts/digits.js";

writeDigits();

/** With these the page is cross-origin isolated, and the wasm backend has threads. Without them it has one. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the built site works below any path.
  base: "./",
  // The packages are built in from their sources.
  resolve: { conditions: ["@dlcc/source", "browser", "import", "module", "default"] },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  worker: { format: "es" },
  server: { headers },
  preview: { headers, port: 4321, host: "localhost" },
});
