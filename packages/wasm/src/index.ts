export { createWasm, type WasmBackend, type WasmInfo, type WasmMemory, type WasmOptions } from "./create.ts";
