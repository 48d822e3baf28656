/** dlcc in Node. The argument names the engine. */
import { createBlas } from "@dlcc/blas";
import { type Backend, cpu } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { contender } from "../peers/dlcc.ts";
import { type Contender, serve } from "../serve.ts";
import { versionOf } from "../version.ts";

/** The engines by name: another one joins here. */
const engines: Readonly<Record<string, () => Promise<Backend>>> = {
  cpu: async () => cpu,
  "wasm-1": () => createWasm({ threads: 1 }),
  "wasm-2": () => createWasm({ threads: 2 }),
  "blas-1": () => createBlas({ threads: 1 }),
  "blas-2": () => createBlas({ threads: 2 }),
};

async function dlcc(engine: string): Promise<Contender> {
  const open = engines[engine];
  if (!open) throw new Error(`there is no engine ${engine}: choose one of ${Object.keys(engines).join(", ")}`);
  return contender(await open(), versionOf(import.meta.resolve("@dlcc/tensor")));
}

await serve(await dlcc(process.argv[2] ?? "cpu"));
