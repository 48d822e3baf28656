/**
 * Measures the figures of `docs/results/pictures.json` and writes them there: all of them, or those of the kinds that are named
 * (`raw` and `doubt` are names, too). With `--model` it takes a network of `dlcc train mnist`, else it trains one. Some minutes:
 *
 *     DLCC_MNIST_DIR=… node apps/cli/test/pictures/measure.js [--model FILE] [PART…]
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createViteServer } from "vitest/node";

const { values, positionals } = parseArgs({ options: { model: { type: "string" } }, allowPositionals: true });
const data = process.env.DLCC_MNIST_DIR;
if (!data) throw new Error("measure.js: DLCC_MNIST_DIR must be the folder of MNIST's files");

const at = (/** @type {string} */ file) => fileURLToPath(new URL(file, import.meta.url));
// The packages are run from their sources, as in the tests.
const conditions = ["@dlcc/source", "node", "import", "default"];
const server = await createViteServer({
  configFile: false,
  root: at("../.."),
  logLevel: "error",
  server: { middlewareMode: true, ws: false, watch: null },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  optimizeDeps: { noDiscovery: true },
});
const { measure } = await server.ssrLoadModule(at("./measure.ts"));
const out = path.join(mkdtempSync(path.join(tmpdir(), "dlcc-")), "digits.safetensors");
await measure(data, { file: values.model, parts: positionals, out, log: console.log });
await server.close();
