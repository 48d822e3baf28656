export { createWasm, type WasmBackend, type WasmInfo, type WasmMemory, type WasmOptions } from "./create.ts";
export type { Matrix, Multiply, Product } from "./product.ts";
