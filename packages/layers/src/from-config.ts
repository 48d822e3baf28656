import { ArgumentError, quoted } from "@dlcc/tensor";
import type { Activation } from "./activations.ts";
import type { Layer, LayerConfig, Module } from "./module.ts";

/** A class of modules that can be read from plain data. */
export interface ModuleClass {
  /** The module that a config describes, with new weights; `read` makes an inner layer from its own config. */
  fromConfig(config: LayerConfig, read: (config: LayerConfig) => Layer): Module;
}

/** From the names in a config to classes of modules and labelled functions. */
export type LayerTypes = Readonly<Record<string, ModuleClass | Activation>>;

/**
 * A network from the plain data that `config()` gave. The map has the names that a config may use, and no file can create
 * anything else: {@link layerTypes} has all layers of this package. Your own module needs a `config()` and a
 * `static fromConfig`, as in the second example.
 *
 * @returns The architecture with new weights: `loadStateDict` brings the old ones.
 * @throws {ArgumentError} if the config is not an object with a type, names a type that is not in the map, or names a
 * function alone.
 * @example
 * ```ts
 * import { fromConfig, Linear, relu, Sequential } from "@dlcc/layers";
 *
 * const config = new Sequential([new Linear(2, 3), relu]).config();
 * const model = fromConfig(JSON.parse(JSON.stringify(config)), { Sequential, Linear, relu });
 * console.log(model.parameters().map(({ name }) => name).join(" ")); // → layers.0.weight layers.0.bias
 * ```
 * @example
 * ```ts
 * import { fromConfig, type LayerConfig, Linear, Module, relu } from "@dlcc/layers";
 * import type { Tensor } from "@dlcc/tensor";
 *
 * class Skip extends Module {
 *   readonly inner: Linear;
 *   constructor(features: number) {
 *     super();
 *     this.inner = new Linear(features, features);
 *   }
 *   forward(x: Tensor): Tensor {
 *     return x.add(relu(this.inner.forward(x)));
 *   }
 *   override config(): LayerConfig {
 *     return { type: "Skip", features: this.inner.inFeatures };
 *   }
 *   static fromConfig({ features }: LayerConfig): Skip {
 *     return new Skip(Number(features));
 *   }
 * }
 *
 * const saved = new Skip(4);
 * const model = fromConfig(saved.config(), { Skip });
 * model.loadStateDict(saved.stateDict());
 * console.log(model.config()); // → { type: 'Skip', features: 4 }
 * ```
 */
export function fromConfig(config: LayerConfig, types: LayerTypes): Module {
  const layer = layerFromConfig(config, types);
  if (typeof layer !== "function") return layer;
  throw new ArgumentError(
    `fromConfig: the outermost layer must be a module, got the function ${config.type}: put it into a Sequential`,
  );
}

/** A module, or a function that can be a layer. */
function layerFromConfig(config: LayerConfig, types: LayerTypes): Layer {
  if (typeof config?.type !== "string") {
    const found = typeof config === "string" ? "a string: JSON.parse it first" : typeof config;
    throw new ArgumentError(`fromConfig: a config must be an object with a type, got ${found}`);
  }
  const type = Object.hasOwn(types, config.type) ? types[config.type] : undefined;
  if (!type) {
    throw new ArgumentError(
      `fromConfig: type must be a name in the map, got ${quoted(config.type)}: add it to ${Object.keys(types).join(", ")}`,
    );
  }
  return "fromConfig" in type ? type.fromConfig(config, (inner) => layerFromConfig(inner, types)) : type;
}
