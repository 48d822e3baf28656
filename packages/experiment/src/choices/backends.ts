import type { OpenBackend } from "../open-backend.ts";
import { type Choice, codeFrom } from "./choice.ts";

const wasm = codeFrom("@dlcc/wasm", "await createWasm()", "createWasm");

/** The backends, and the choice among them; the usual one first. */
export const backends: readonly Choice<OpenBackend>[] = [
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
    name: "gpu",
    title: "GPU",
    about: "the graphics card, by WebGPU or WebGL2; needs gpu.js",
    value: ({ openGpu }) => openGpu,
    code: codeFrom("@dlcc/gpu", "await createGpu()", "createGpu"),
  },
];
