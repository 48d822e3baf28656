import { type Layer, Module } from "./module.ts";

/**
 * How many numbers a layer or network learns: the sizes of its parameters, added up. A plain function has none.
 *
 * @example
 * ```ts
 * import { countParameters, Linear, relu, Sequential } from "@dlcc/layers";
 * console.log(countParameters(new Sequential([new Linear(784, 30), relu, new Linear(30, 10)]))); // → 23860
 * ```
 */
export const countParameters = (layer: Layer): number =>
  layer instanceof Module ? layer.parameters().reduce((sum, parameter) => sum + parameter.peek().size, 0) : 0;
