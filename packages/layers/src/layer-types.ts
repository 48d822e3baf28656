import { identity, relu, sigmoid, softmax, step, tanh } from "./activations.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { LayerTypes } from "./from-config.ts";
import { Linear } from "./linear.ts";
import { Perceptron } from "./perceptron.ts";
import { Sequential } from "./sequential.ts";

/**
 * All layers of this package by the names that `config()` gives them, for {@link fromConfig}. A program that imports it has
 * every layer in its bundle; to save bytes, pass a map of the layers that you use. Spread it to add layers of your own.
 *
 * @example
 * ```ts
 * import { fromConfig, layerTypes, Linear, Sequential, tanh } from "@dlcc/layers";
 *
 * const text = JSON.stringify(new Sequential([new Linear(2, 3), tanh]).config());
 * const model = fromConfig(JSON.parse(text), layerTypes); // with a class of yours: { ...layerTypes, Residual }
 * console.log(model.parameters().length); // → 2
 * ```
 */
export const layerTypes: LayerTypes = {
  Sequential,
  Linear,
  Dropout,
  Flatten,
  Perceptron,
  relu,
  sigmoid,
  tanh,
  softmax,
  step,
  identity,
};
