export type { WebGpuAdapter } from "./adapter.ts";
export {
  createWebGpu,
  type WebGpuBackend,
  type WebGpuInfo,
  type WebGpuMemory,
  type WebGpuOptions,
} from "./create.ts";
