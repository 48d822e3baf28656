/** The kernels' text. */
export * from "./elementwise.ts";
export * from "./functions.ts";
export * from "./kernel.ts";
export * from "./movement.ts";
export * from "./plain.ts";
export * from "./product.ts";
export * from "./reduce.ts";
export * from "./tile.ts";
export * from "./training.ts";
export * from "./window.ts";
