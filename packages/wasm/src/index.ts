export { createWasm, type WasmBackend, type WasmInfo, type WasmMemory, type WasmOptions } from "./create.ts";
export type { Matrix, Product } from "./product.ts";
