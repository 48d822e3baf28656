import { ArgumentError, type FusedActivation, type Tensor, tidy } from "@dlcc/tensor";
import { Linear } from "./linear.ts";
import { callLayer, type Layer, type LayerConfig, Module } from "./module.ts";

/** The activations that a `Linear` can take along. */
const fusedActivations: readonly string[] = ["relu", "sigmoid", "tanh"] satisfies FusedActivation[];

/** The label of a labelled function. */
export const labelOf = (layer: Layer | undefined): string | undefined =>
  typeof layer === "function" && "label" in layer && typeof layer.label === "string" ? layer.label : undefined;

/**
 * Layers one after the other: `f_L ∘ … ∘ f_2 ∘ f_1`. A plain function is a layer, too. dlcc's own activations after a
 * `Linear` are computed together with it.
 *
 * Shapes: what the first layer takes, to what the last one gives.
 *
 * @example
 * ```ts
 * import { Linear, relu, Sequential } from "@dlcc/layers";
 * import { ones } from "@dlcc/tensor";
 *
 * const model = new Sequential([new Linear(784, 128), relu, new Linear(128, 10), (x) => x.mul(2)]);
 * console.log(model.forward(ones([5, 784])).shape); // → [ 5, 10 ]
 * ```
 */
export class Sequential extends Module {
  /** The layers, in the order in which they run. {@link callLayer} runs one, be it a module or a function. */
  readonly layers: readonly Layer[];

  /** @throws {ArgumentError} if the layers are not in one array, or one is neither a module nor a function. */
  constructor(layers: readonly Layer[]) {
    super();
    if (!Array.isArray(layers)) throw new ArgumentError("Sequential: give the layers in one array, [a, b]");
    layers.forEach((layer: Layer, i) => {
      if (layer instanceof Module) return;
      if (typeof layer !== "function") {
        throw new ArgumentError(`Sequential: layer ${i} is neither a module nor a function`);
      }
      if (layer.prototype instanceof Module) {
        throw new ArgumentError(`Sequential: layer ${i} is the class ${layer.name}: make one, new ${layer.name}(…)`);
      }
    });
    this.layers = layers;
  }

  forward(x: Tensor): Tensor {
    return tidy(() => {
      let value = x;
      for (let i = 0; i < this.layers.length; i++) {
        const layer = this.layers[i] as Layer;
        const next = labelOf(this.layers[i + 1]);
        if (layer instanceof Linear && next !== undefined && fusedActivations.includes(next)) {
          value = layer.forward(value, next as FusedActivation);
          i++;
        } else value = callLayer(layer, value);
      }
      return value;
    });
  }

  override config(): LayerConfig {
    const configs = this.layers.map((layer, i): LayerConfig => {
      if (layer instanceof Module) return layer.config();
      const type = labelOf(layer);
      if (type !== undefined) return { type };
      throw new ArgumentError(`config: layer ${i} is a function without a name to save: make it labelled("name", f)`);
    });
    return { type: "Sequential", layers: configs };
  }

  /** Reads what `config` gave; `read` makes each of the layers inside. */
  static fromConfig({ layers }: LayerConfig, read: (config: LayerConfig) => Layer): Sequential {
    if (!Array.isArray(layers)) throw new ArgumentError("fromConfig: a Sequential needs its layers");
    return new Sequential(layers.map((config: LayerConfig) => read(config)));
  }
}
