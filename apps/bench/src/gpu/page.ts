/** The contenders in a page. `main.ts` calls what this leaves on `globalThis`. */
import { createGpu } from "@dlcc/gpu";
import { createWebGpu } from "@dlcc/webgpu";
import { defaultDevice, init } from "@jax-js/jax";
import * as tf from "@tensorflow/tfjs-core";
import * as dlcc from "../peers/dlcc.ts";
import * as jax from "../peers/jax-js.ts";
import * as tensorflow from "../peers/tfjs.ts";
import type { Contender } from "../serve.ts";
import type { GpuCase } from "./cases.ts";
import { type Figure, measure } from "./measure.ts";

/** Opened one by one, so that none holds the device's memory while another is measured longer than it must. */
const contenders: Readonly<Record<string, (allowSoftware: boolean) => Promise<Contender>>> = {
  "dlcc webgpu": async (allowSoftware) => {
    const backend = await createWebGpu({ allowSoftware });
    return dlcc.contender(backend, backend.info.adapter);
  },
  "dlcc gpu (gpu.js)": async (allowSoftware) => {
    const backend = await createGpu({ mode: "webgpu", allowSoftware });
    return dlcc.contender(backend, backend.info.adapter);
  },
  "TensorFlow.js webgpu": async () => {
    await import("@tensorflow/tfjs-core/dist/register_all_gradients.js");
    await import("@tensorflow/tfjs-backend-webgpu");
    if (!(await tf.setBackend("webgpu"))) throw new Error("TensorFlow.js could not start its webgpu backend");
    await tf.ready();
    return tensorflow.contender(tf.version_core);
  },
  "jax-js webgpu, jit": async () => {
    await init("webgpu");
    defaultDevice("webgpu");
    return jax.contender("");
  },
};

const open = new Map<string, Promise<Contender>>();

/** What `main.ts` calls in the page. */
export const bench: {
  readonly names: readonly string[];
  run(name: string, what: GpuCase, allowSoftware: boolean): Promise<Figure>;
} = {
  names: Object.keys(contenders),
  async run(name: string, what: GpuCase, allowSoftware: boolean): Promise<Figure> {
    const opened = open.get(name) ?? contenders[name]?.(allowSoftware);
    if (!opened) throw new Error(`there is no contender ${name}`);
    open.set(name, opened);
    return measure(await opened, what);
  },
};

(globalThis as { bench?: typeof bench }).bench = bench;
