/** Names of software renderers: SwiftShader, Mesa's llvmpipe and softpipe, Windows' WARP. */
const softwareRenderers = /swiftshader|llvmpipe|softpipe|software|basic render|warp/i;

/**
 * Whether a renderer of this name is a software renderer, not a graphics card: for pages that ask the browser before
 * `createGpu` loads gpu.js. `@dlcc/gpu/software` has this function alone, and loads nothing else.
 *
 * @param renderer What WebGL's `UNMASKED_RENDERER_WEBGL` or WebGPU's adapter says.
 * @returns `true` for SwiftShader, Mesa's llvmpipe and softpipe, and Windows' WARP.
 * @example
 * ```ts
 * import { isSoftware } from "@dlcc/gpu";
 *
 * console.log(isSoftware("ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device))")); // → true
 * console.log(isSoftware("ANGLE (Apple, Apple M2, OpenGL 4.1)")); // → false
 * ```
 */
export const isSoftware = (renderer: string): boolean => softwareRenderers.test(renderer);
