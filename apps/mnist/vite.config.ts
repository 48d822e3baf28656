import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { writeDigits } from "./scripts/digits.js";
import { offline } from "./scripts/offline.js";
import { headers, policyInPage } from "./scripts/policy.js";

writeDigits();

const { "Content-Security-Policy": _, ...whileDeveloping } = headers;

const { repository } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

export default defineConfig({
  define: { REPOSITORY: JSON.stringify(repository) },
  root: import.meta.dirname,
  // Relative addresses: the built site works below any path.
  base: "./",
  // The packages are built in from their sources.
  resolve: { conditions: ["@dlcc/source", "browser", "import", "module", "default"] },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  plugins: [policyInPage, offline],
  worker: { format: "es" },
  server: { headers: whileDeveloping },
  preview: { headers, port: 4321, host: "localhost" },
});
