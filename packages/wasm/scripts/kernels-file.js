/**
 * Writes the embedded kernels as a file beside the compiled sources, `dist/kernels.wasm`, with its types: for hosts that
 * compile WebAssembly only when a program is deployed, such as Cloudflare's workerd. They ask for a plain memory, which
 * every host has.
 */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { unpack } from "../dist/module.js";

const target = fileURLToPath(new URL("../dist/kernels.wasm", import.meta.url));
writeFileSync(target, await unpack(false));
// The host that compiles the file exports the module as the default; no other name is possible.
const types = `/** The kernels, compiled by the host: the option \`module\` of \`createWasm\`. */
declare const module: WebAssembly.Module;
export default module;
`;
writeFileSync(`${target}.d.ts`, types);
