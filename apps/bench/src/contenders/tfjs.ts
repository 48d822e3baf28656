/** TensorFlow.js in Node. The argument names the backend. */
import * as tf from "@tensorflow/tfjs-core";
import { contender } from "../peers/tfjs.ts";
import { type Contender, serve } from "../serve.ts";
import { loadGradients } from "./tfjs-gradients.ts";

async function tensorflow(backend: string): Promise<Contender> {
  await loadGradients();
  if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
  else await import("@tensorflow/tfjs-backend-cpu");
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its ${backend} backend`);
  await tf.ready();

  return contender(`${tf.version_core}${backend === "wasm" ? await features() : ""}`);
}

/** What the WebAssembly backend found and took, by its own defaults. */
async function features(): Promise<string> {
  const simd = await tf.env().getAsync("WASM_HAS_SIMD_SUPPORT");
  const threads = await tf.env().getAsync("WASM_HAS_MULTITHREAD_SUPPORT");
  return ` (${simd ? "SIMD" : "no SIMD"}, ${threads ? "threads" : "one thread"})`;
}

await serve(await tensorflow(process.argv[2] ?? "cpu"));
