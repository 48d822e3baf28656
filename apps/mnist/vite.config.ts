import { defineConfig } from "vite";
import { writeDigits } from "./scripts/digits.js";
import { headers, policyInPage } from "./scripts/policy.js";

writeDigits();

const { "Content-Security-Policy": _, ...whileDeveloping } = headers;

export default defineConfig({
  root: import.meta.dirname,
  // Relative addresses: the built site works below any path.
  base: "./",
  // The packages are built in from their sources.
  resolve: { conditions: ["@dlcc/source", "browser", "import", "module", "default"] },
  build: { target: "es2022", modulePreload: { polyfill: false } },
  plugins: [policyInPage],
  worker: { format: "es" },
  server: { headers: whileDeveloping },
  preview: { headers, port: 4321, host: "localhost" },
});
