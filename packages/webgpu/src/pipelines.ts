/** Compiled kernels, and the layouts of what is bound to them. */
import type { Kernel } from "./wgsl/index.ts";

/** `GPUShaderStage.COMPUTE` */
const compute = 4;

interface Layout {
  readonly bind: GPUBindGroupLayout;
  readonly pipeline: GPUPipelineLayout;
}

/** The pipelines of a device. Each kernel is compiled once, and not on this thread. */
export class Pipelines {
  readonly #device: GPUDevice;
  readonly #made: Map<Kernel, GPUComputePipeline | Promise<GPUComputePipeline>> = new Map();
  readonly #layouts: Map<string, Layout> = new Map();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** How many there are. */
  get count(): number {
    return this.#made.size;
  }

  /** A kernel's pipeline, or the promise of it while it is being compiled. */
  get(kernel: Kernel): GPUComputePipeline | Promise<GPUComputePipeline> {
    const known = this.#made.get(kernel);
    if (known) return known;
    const coming = this.#compile(kernel);
    this.#made.set(kernel, coming);
    coming.then(
      (pipeline) => this.#made.set(kernel, pipeline),
      () => this.#made.delete(kernel), // The job that waits for it says why.
    );
    return coming;
  }

  async #compile(kernel: Kernel): Promise<GPUComputePipeline> {
    const module = this.#device.createShaderModule({ code: kernel.code });
    try {
      const layout = this.layout(kernel).pipeline;
      return await this.#device.createComputePipelineAsync({ layout, compute: { module } });
    } catch (error) {
      const { messages } = await module.getCompilationInfo();
      const reasons = messages.map(({ lineNum, message }) => `line ${lineNum}: ${message}`);
      throw reasons.length > 0 ? new Error(`the kernel ${kernel.id} did not compile: ${reasons.join("; ")}`) : error;
    }
  }

  /** How what is bound to a kernel is laid out, for a bind group and for a pipeline. */
  layout({ bindings: [inputs, outputs] }: Kernel): Layout {
    const key = `${inputs} ${outputs}`;
    const known = this.#layouts.get(key);
    if (known) return known;
    const buffers: GPUBufferBindingLayout[] = [
      { type: "uniform", hasDynamicOffset: true },
      ...Array.from({ length: inputs }, () => ({ type: "read-only-storage" as const })),
      ...Array.from({ length: outputs }, () => ({ type: "storage" as const })),
    ];
    const bind = this.#device.createBindGroupLayout({
      entries: buffers.map((buffer, binding) => ({ binding, visibility: compute, buffer })),
    });
    const layout = { bind, pipeline: this.#device.createPipelineLayout({ bindGroupLayouts: [bind] }) };
    this.#layouts.set(key, layout);
    return layout;
  }
}
