/** Networks of dense layers. They have a file of their own, as a page that trains these alone doesn't load the layers of images. */
import { Dropout, Flatten, type Layer, Linear, Sequential } from "@dlcc/layers";
import { activations } from "./choices/activations.ts";
import { type InitialValues, initializers } from "./choices/initializers.ts";
import { valueFor } from "./choices/value-for.ts";
import { type NetworkOptions, type PlannedLayer, planOf } from "./network/plan.ts";

/** How layers are made, by the names of their classes. */
export type Makers = Readonly<Record<string, (layer: PlannedLayer) => Layer>>;

/** The layers of a network for numbers. */
export const dense: Makers = {
  Linear: ({ sizes: [inputs = 0, outputs = 0], ...layer }) => new Linear(inputs, outputs, weightsOf(layer)),
  Dropout: ({ sizes: [p], seed }) => new Dropout(p, seed === undefined ? {} : { seed }),
  Flatten: () => new Flatten(),
};

/** Planned layers. */
export const layersOf = (plan: readonly PlannedLayer[], makers: Makers): Layer[] =>
  plan.map((layer) => makers[layer.type]?.(layer) ?? valueFor(activations, layer.type));

/** A network of planned layers. */
export const networkOf = (options: NetworkOptions, makers: Makers): Sequential =>
  new Sequential(layersOf(planOf(options), makers));

/** What a layer with weights is made with. */
export function weightsOf({ init = "", seed = 0 }: Partial<PlannedLayer>): InitialValues & { readonly seed: number } {
  return { ...valueFor(initializers, init), seed };
}

/**
 * {@link buildNetwork} without `layers` of images: what a page needs that trains dense layers alone, in a smaller bundle.
 *
 * @throws {RangeError} if a name is not in its table.
 * @example
 * ```ts
 * import { buildDenseNetwork } from "@dlcc/experiment";
 *
 * const options = { activation: "relu", loss: "cross-entropy", init: "he", seed: 1 };
 * console.log(buildDenseNetwork({ ...options, inputs: 784, hidden: [30], outputs: 10 }).parameters().length); // → 4
 * ```
 */
export const buildDenseNetwork = (options: Omit<NetworkOptions, "layers">): Sequential => networkOf(options, dense);
