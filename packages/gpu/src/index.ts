export { createGpu, type GpuBackend, type GpuInfo, type GpuMemory, type GpuOptions } from "./create.ts";
export type { GpuMode } from "./probe.ts";
export { isSoftware } from "./software.ts";
