import { existsSync } from "node:fs";
import { constants } from "node:os";

/** Where Chromium keeps its libraries on Linux: among them a Vulkan loader, and SwiftShader, a driver in software. */
const folders = ["/usr/lib/chromium", "/usr/lib64/chromium", "/opt/google/chrome"];
/** `RTLD_NODELETE`: the library stays when Node finds that it is not one of its own modules. */
const keep = 0x1000;

/**
 * Brings Vulkan into this process, which the package `webgpu` needs on Linux: the loader that comes with Chromium, for
 * systems that have none by themselves. Call it before `webgpu` is loaded for the first time.
 *
 * @param software Whether to take Chromium's driver in software, too, so that there is an adapter without a graphics card. The
 *   environment's `VK_ICD_FILENAMES` wins over it.
 * @returns Whether there is a Chromium. Without one, it does nothing.
 * @example
 * ```ts
 * import { provideVulkan } from "@dlcc/testing/node";
 *
 * const found = provideVulkan(true);
 * console.log(typeof found); // → boolean
 * ```
 */
export function provideVulkan(software: boolean): boolean {
  const folder = folders.find((place) => existsSync(`${place}/libvulkan.so.1`));
  if (!folder) return false;
  if (software) process.env.VK_ICD_FILENAMES ??= `${folder}/vk_swiftshader_icd.json`;
  try {
    const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen;
    process.dlopen({ exports: {} }, `${folder}/libvulkan.so.1`, RTLD_NOW | RTLD_GLOBAL | keep);
  } catch (error) {
    // It is no module of Node's, but now it is there.
    if (!String(error).includes("did not self-register")) throw error;
  }
  return true;
}
