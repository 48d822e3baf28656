import { ArgumentError, type FusedActivation, fusedActivations, type Tensor, tidy } from "@dlcc/tensor";
import { callLayer, type Layer, type LayerConfig, Module } from "./module.ts";

/** The activation that a layer is, if `forwardWith` takes it. */
const fusedActivationOf = (layer: Layer | undefined): FusedActivation | undefined => {
  const label = labelOf(layer);
  return fusedActivations.find((name) => name === label);
};

/** The label of a labelled function. */
export const labelOf = (layer: Layer | undefined): string | undefined =>
  typeof layer === "function" && "label" in layer && typeof layer.label === "string" ? layer.label : undefined;

/**
 * Layers one after the other: `f_L ∘ … ∘ f_2 ∘ f_1`. A plain function is a layer, too. A layer that has `forwardWith`, such
 * as `Linear`, computes the `relu`, `sigmoid` or `tanh` after it in the same kernel. The parameters inside are named by
 * their paths from here, such as `layers.0.weight`.
 *
 * Shapes: from the input of the first layer to the output of the last one.
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
  /** The layers, in the order in which they run. {@link callLayer} runs one of them. */
  readonly layers: readonly Layer[];

  /** @throws {ArgumentError} if `layers` is not an array of modules and functions. */
  constructor(layers: readonly Layer[]) {
    super();
    if (!Array.isArray(layers))
      throw new ArgumentError("Sequential: layers must be one array, as in new Sequential([a, b])");
    layers.forEach((layer: Layer, i) => {
      if (layer instanceof Module) return;
      const isClass = typeof layer === "function" && layer.prototype instanceof Module;
      if (typeof layer === "function" && !isClass) return;
      const got = isClass ? `the class ${layer.name}: write new ${layer.name}(…)` : typeof layer;
      throw new ArgumentError(`Sequential: layer ${i} must be a module or a function, got ${got}`);
    });
    this.layers = layers;
    this.nameCells();
  }

  forward(x: Tensor): Tensor {
    return tidy(() => {
      let value = x;
      for (let i = 0; i < this.layers.length; i++) {
        const layer = this.layers[i] as Layer;
        const activation = fusedActivationOf(this.layers[i + 1]);
        if (activation && layer instanceof Module && layer.forwardWith) {
          value = layer.forwardWith(value, activation);
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
      throw new ArgumentError(
        `config: layer ${i} must be a module or a labelled function to be saved: wrap it, labelled("name", f)`,
      );
    });
    return { type: "Sequential", layers: configs };
  }

  /** The layer that a config describes; `read` makes each of the layers inside. */
  static fromConfig({ layers }: LayerConfig, read: (config: LayerConfig) => Layer): Sequential {
    if (!Array.isArray(layers))
      throw new ArgumentError(`fromConfig: layers of a Sequential must be an array, got ${typeof layers}`);
    return new Sequential(layers.map((config: LayerConfig) => read(config)));
  }
}
