/** vitest's global set-up: builds the program with Vite, as `vite build` does, but for its entry, which is no page. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { build } from "vite";

const folder = import.meta.dirname;

/** Where the bundle lies, for the tests. */
export const bundle: string = path.join(folder, "bundle");

export async function setup(): Promise<void> {
  await build({
    root: folder,
    configFile: false,
    logLevel: "warn",
    base: "./",
    build: {
      outDir: bundle,
      emptyOutDir: true,
      chunkSizeWarningLimit: 2000,
      rolldownOptions: {
        input: path.join(folder, "entry.ts"),
        preserveEntrySignatures: "strict",
        output: { entryFileNames: "entry.js" },
      },
    },
  });
  const code = readFileSync(path.join(bundle, "entry.js"), "utf8");
  if (code.includes("withScratch")) throw new Error("the bundle is not minified: it has a function's name");
}
