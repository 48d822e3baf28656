import { type Layer, Module } from "./module.ts";

/**
 * The number of values that a layer or network learns: the sum of its parameters' sizes. A plain function has none.
 *
 * @example
 * ```ts
 * import { countParameters, Linear, relu, Sequential } from "@dlcc/layers";
 * console.log(countParameters(new Sequential([new Linear(784, 30), relu, new Linear(30, 10)]))); // → 23860
 * ```
 */
export const countParameters = (layer: Layer): number =>
  layer instanceof Module ? layer.parameters().reduce((sum, parameter) => sum + parameter.peek().size, 0) : 0;
