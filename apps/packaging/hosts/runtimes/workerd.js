/** Runs the bundled worker beside it in workerd, and prints its answer: `node workerd.js PATH`. */
import { readFileSync } from "node:fs";
import { Miniflare } from "miniflare";

const host = new Miniflare({
  compatibilityDate: "2026-04-01",
  cf: false,
  modules: [
    { type: "ESModule", path: "bundle.js", contents: readFileSync("bundle.js", "utf8") },
    {
      type: "CompiledWasm",
      path: "kernels.wasm",
      contents: readFileSync("node_modules/@dlcc/wasm/dist/kernels.wasm"),
    },
  ],
});
const answer = await host.dispatchFetch(`http://localhost${process.argv[2]}`);
console.log(await answer.text());
await host.dispose();
