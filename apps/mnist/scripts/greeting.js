/**
 * Trains the model that greets the visitor, and writes it to `src/greeting.safetensors`, from the folder of MNIST's four files. It takes some
 * 12 minutes of a core:
 *
 *     DLCC_MNIST_DIR=folder node apps/mnist/scripts/greeting.js
 */
import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const at = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

// The packages are run from their sources, as the page's are.
const conditions = ["@dlcc/source", "node", "import", "default"];
const server = await createServer({
  configFile: false,
  root: at(".."),
  logLevel: "error",
  server: { middlewareMode: true, ws: false, watch: null },
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  optimizeDeps: { noDiscovery: true },
});
const { trainGreeting } = await server.ssrLoadModule(at("./greeting/train.ts"));
await trainGreeting(at("../src/greeting.safetensors"));
await server.close();
