import type { OpenBackend } from "../open-backend.ts";
import { type Choice, codeFrom } from "./choice.ts";

const wasm = codeFrom("@dlcc/wasm", "await createWasm()", "createWasm");

/** A backend to choose. */
export interface BackendChoice extends Choice<OpenBackend> {
  /** Whether it needs Node, so that pages don't offer it. */
  readonly nodeOnly?: true;
}

/** The backends, and the choice among them; the usual one first. */
export const backends: readonly BackendChoice[] = [
  { name: "auto", title: "Auto", about: "wasm, else cpu", value: ({ openAuto }) => openAuto, code: wasm },
  {
    name: "wasm",
    title: "WebAssembly",
    about: "WebAssembly with SIMD and threads",
    value: ({ openWasm }) => openWasm,
    code: wasm,
  },
  {
    name: "cpu",
    title: "TypeScript",
    about: "plain TypeScript, runs everywhere",
    value: ({ openCpu }) => openCpu,
    code: codeFrom("@dlcc/tensor", "cpu", "cpu"),
  },
  {
    name: "webgpu",
    title: "WebGPU",
    about: "the graphics card, by WebGPU and kernels made for it",
    value: ({ openWebGpu }) => openWebGpu,
    code: codeFrom("@dlcc/webgpu", "await createWebGpu()", "createWebGpu"),
  },
  {
    name: "gpu",
    title: "GPU",
    about: "the graphics card, by WebGPU or WebGL2; needs gpu.js",
    value: ({ openGpu }) => openGpu,
    code: codeFrom("@dlcc/gpu", "await createGpu()", "createGpu"),
  },
  {
    name: "blas",
    title: "BLAS",
    about: "wasm, with the products of this machine's BLAS, such as OpenBLAS",
    value: ({ openBlas }) => openBlas,
    code: codeFrom("@dlcc/blas", "await createBlas()", "createBlas"),
    nodeOnly: true,
  },
];
