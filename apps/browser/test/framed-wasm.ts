/** What the framed page imports. */
export { createWasm } from "@dlcc/wasm";
