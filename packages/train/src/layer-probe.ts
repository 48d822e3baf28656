/**
 * How gradients and activations are, layer by layer, while a network trains: what the course's last chapter is about.
 *
 *     ∂C/∂θ_l = ∂y_L/∂u_L · … · ∂y_{l+1}/∂u_{l+1} · ∂y_l/∂θ_l
 *
 * Factors that are small make the early layers' gradients vanish, large ones make them explode; and where an activation is
 * flat its factor is near 0.
 */
import { ArgumentError, type Parameter, type Tensor, withRecorder } from "@dlcc/tensor";
import type { Gradients, Model, Probe } from "./contracts.ts";
import { EndsProbe } from "./ends-probe.ts";
import { LayerRecorder } from "./layer-recorder.ts";
import { type LayerStatistics, type Measurement, measureLayer, summarize } from "./layer-statistics.ts";
import { type LayerWarning, warningsOf } from "./layer-warnings.ts";
import { namesOf } from "./names.ts";

/** What a probe found in an epoch. */
export interface LayerReport {
  /** Counted from 1. */
  readonly epoch: number;
  /** In the order in which they run. */
  readonly layers: readonly LayerStatistics[];
  /** What is wrong with them, and what to do. */
  readonly warnings: readonly LayerWarning[];
}

/** How to look. */
export interface LayerProbeOptions {
  /** Looks at the first step of an epoch and at every so many after it. Default: 16. */
  readonly every?: number;
  /** Called after each epoch. */
  readonly onReport: (report: LayerReport) => void | Promise<void>;
}

/**
 * A probe for `fit`: it looks at each layer's outputs and gradients at some of the steps, and reports after each epoch, with
 * warnings where gradients vanish or explode, ReLUs are dead, sigmoids and tanhs are saturated, inputs are not scaled, or a softmax
 * or sigmoid is applied twice. The numbers of the
 * training stay the same. It finds the layers by their weights; for a loop of your own, hand it to `step` of {@link createStepper}, and call `report`.
 *
 * Source: the course, "Deep Neural Networks and why they are hard to train"; Nielsen's book, chapter 5; Glorot & Bengio 2010.
 *
 * @param model What is trained. Its layers' weights are parameters of rank 2 or more.
 * @throws {ArgumentError} if `every` is not a whole number from 1.
 * @example
 * ```ts
 * import { Linear, Sequential, sigmoid } from "@dlcc/layers";
 * import { mse } from "@dlcc/losses";
 * import { sgd } from "@dlcc/optim";
 * import { ones, uniform } from "@dlcc/tensor";
 * import { fit, layerProbe } from "@dlcc/train";
 *
 * const deep = Array.from({ length: 6 }, (_, i) => [new Linear(8, 8, { seed: i }), sigmoid]).flat();
 * const model = new Sequential([...deep, new Linear(8, 1, { seed: 9 })]);
 * const batch = { x: uniform([32, 8], { seed: 7 }), y: ones([32, 1]) };
 * const probe = layerProbe(model, {
 *   onReport: ({ layers, warnings }) => {
 *     for (const { kind, layer } of warnings) console.log(`${layers.length} layers: ${kind} at ${layer}`);
 *   },
 * });
 * const optimizer = sgd(model.parameters(), { lr: 0.1 });
 * await fit({ model, loss: mse, optimizer, batches: () => [batch], epochs: 1, probe });
 * // → 7 layers: vanishing at layers.0
 * ```
 */
export function layerProbe(model: Model, { every = 16, onReport }: LayerProbeOptions): Probe {
  if (!Number.isInteger(every) || every < 1) {
    throw new ArgumentError(`layerProbe: every must be a whole number of steps from 1, got ${every}`);
  }
  return new LayerProbe(namesOf(model), every, onReport);
}

class LayerProbe implements Probe {
  readonly #names: ReadonlyMap<Parameter, string>;
  readonly #every: number;
  readonly #onReport: LayerProbeOptions["onReport"];
  /** The layers of the step that is under way. */
  #running: LayerRecorder | undefined;
  readonly #ends: EndsProbe = new EndsProbe();
  /** What was measured at each step of the epoch, layer by layer. */
  #steps: Measurement[][] = [];

  constructor(names: ReadonlyMap<Parameter, string>, every: number, onReport: LayerProbeOptions["onReport"]) {
    this.#names = names;
    this.#every = every;
    this.#onReport = onReport;
  }

  wants(_: number, batch: number): boolean {
    return (batch - 1) % this.#every === 0;
  }

  forward(run: () => Tensor): Tensor {
    this.#running?.release();
    const recorder = new LayerRecorder(this.#names);
    this.#running = recorder;
    const outputs = withRecorder(recorder, run);
    this.#ends.see(recorder.inputs, outputs);
    return outputs;
  }

  loss(run: () => Tensor): Tensor {
    return withRecorder(this.#ends, run);
  }

  gradients(gradients: Gradients): void {
    if (!this.#running) return;
    this.#steps.push(this.#running.layers.map((layer) => measureLayer(layer, gradients)));
    this.#running.release();
    this.#running = undefined;
  }

  async report(epoch: number): Promise<void> {
    const steps = this.#steps;
    this.#steps = [];
    const [first = []] = steps;
    const layers: LayerStatistics[] = [];
    for (const i of first.keys()) layers.push(await summarize(steps.flatMap((step) => step[i] ?? [])));
    const ends = await this.#ends.warnings(layers[0]?.layer ?? "", layers.at(-1)?.layer ?? "");
    if (layers.length > 0) await this.#onReport({ epoch, layers, warnings: [...ends, ...warningsOf(layers)] });
  }
}
