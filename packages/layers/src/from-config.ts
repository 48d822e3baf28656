import { ArgumentError } from "@dlcc/tensor";
import type { Activation } from "./activations.ts";
import type { Layer, LayerConfig, Module } from "./module.ts";

/** A class of modules that can be read from plain data. */
export interface ModuleClass {
  /** A module as the config describes it, with new weights; `read` makes a layer inside of its config. */
  fromConfig(config: LayerConfig, read: (config: LayerConfig) => Layer): Module;
}

/** What the names in a config stand for: classes of modules, and labelled functions. */
export type LayerTypes = Readonly<Record<string, ModuleClass | Activation>>;

/**
 * A network from the plain data that `config()` gave. Which names there are is the caller's to say: a file can't ask
 * for anything else. A module of your own can be among them, if it has a `config()` and a `static fromConfig`, as in the
 * second example.
 *
 * @returns The architecture with new weights: `loadStateDict` brings the old ones.
 * @throws {ArgumentError} if the config is none, names a type that the map lacks, or is a lone function's.
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
 * class Residual extends Module {
 *   readonly inner: Linear;
 *   constructor(features: number) {
 *     super();
 *     this.inner = new Linear(features, features);
 *   }
 *   forward(x: Tensor): Tensor {
 *     return x.add(relu(this.inner.forward(x)));
 *   }
 *   override config(): LayerConfig {
 *     return { type: "Residual", features: this.inner.inFeatures };
 *   }
 *   static fromConfig({ features }: LayerConfig): Residual {
 *     return new Residual(Number(features));
 *   }
 * }
 *
 * const saved = new Residual(4);
 * const model = fromConfig(saved.config(), { Residual });
 * model.loadStateDict(saved.stateDict());
 * console.log(model.config()); // → { type: 'Residual', features: 4 }
 * ```
 */
export function fromConfig(config: LayerConfig, types: LayerTypes): Module {
  const layer = layerFromConfig(config, types);
  if (typeof layer !== "function") return layer;
  throw new ArgumentError(`fromConfig: ${config.type} is a function, not a module: put it into a Sequential`);
}

/** A module, or one of the functions that stand between modules. */
function layerFromConfig(config: LayerConfig, types: LayerTypes): Layer {
  if (typeof config?.type !== "string") {
    const found = typeof config === "string" ? "a string: JSON.parse it first" : typeof config;
    throw new ArgumentError(`fromConfig: a config is an object with a type, got ${found}`);
  }
  const type = Object.hasOwn(types, config.type) ? types[config.type] : undefined;
  if (!type) {
    throw new ArgumentError(
      `fromConfig: there is no layer type ${JSON.stringify(config.type)} among ${Object.keys(types).join(", ")}: add it to the map`,
    );
  }
  return "fromConfig" in type ? type.fromConfig(config, (inner) => layerFromConfig(inner, types)) : type;
}
