/** jax-js in Node, on WebAssembly. */
import { defaultDevice, init } from "@jax-js/jax";
import { contender } from "../peers/jax-js.ts";
import { type Contender, serve } from "../serve.ts";
import { versionOf } from "../version.ts";

async function jax(): Promise<Contender> {
  await init("wasm");
  defaultDevice("wasm");
  // jax-js shares its work out to Web Workers where there are any: Node has none by that name.
  const threads = typeof Worker === "undefined" ? "one thread" : "threads";

  return contender(`${versionOf(import.meta.resolve("@jax-js/jax"))} (${threads})`);
}

await serve(await jax());
