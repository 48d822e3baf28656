/**
 * The part that needs Node: what random and damaged input must come to, and Vulkan for WebGPU. Import it from `@dlcc/testing/node`.
 *
 * @module node
 */
export { Ordeal, OrdealError, type OrdealOptions } from "./ordeal.ts";
export { provideVulkan } from "./vulkan.ts";
