export { createWasm, type WasmBackend, type WasmInfo, type WasmOptions } from "./create.ts";
