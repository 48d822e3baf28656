import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  Conv2d,
  MaxPool2d,
  Residual,
  type Sequential,
} from "@dlcc/layers";
import { dense, layersOf, type Makers, networkOf, weightsOf } from "./build-dense.ts";
import type { NetworkOptions } from "./network/plan.ts";

/** The layers of a network for numbers, and those of one for images. */
const all: Makers = {
  ...dense,
  Conv2d: ({ sizes: [inputs = 0, outputs = 0, kernel = 0], options, ...layer }) =>
    new Conv2d(inputs, outputs, kernel, { ...options, ...weightsOf(layer) }),
  BatchNorm1d: ({ sizes: [features = 0] }) => new BatchNorm1d(features),
  BatchNorm2d: ({ sizes: [channels = 0] }) => new BatchNorm2d(channels),
  MaxPool2d: ({ sizes: [size = 0], options }) => new MaxPool2d(size, options),
  AvgPool2d: ({ sizes: [size = 0], options }) => new AvgPool2d(size, options),
  AdaptiveAvgPool2d: ({ sizes: [size = 0] }) => new AdaptiveAvgPool2d(size),
  Residual: ({ layers = [] }) => new Residual(layersOf(layers, all)),
};

/**
 * A network: the hidden layers with their activation and dropout, and the output layer. Its input is `[examples, inputs]`, or
 * `[examples, channels, height, width]` for `layers` of images, its output `[examples, outputs]`.
 *
 * @throws {RangeError} if a name is not in its table, a layer is not written as it should be, or an image is too small for a layer.
 * @example
 * ```ts
 * import { buildNetwork } from "@dlcc/experiment";
 * import { countParameters } from "@dlcc/layers";
 *
 * const options = { outputs: 10, activation: "relu", loss: "cross-entropy", init: "he", seed: 1 };
 * const model = buildNetwork({ ...options, inputs: 784, hidden: [30] });
 * console.log(model.parameters().map(({ name }) => name).join(" "));
 * // → layers.0.weight layers.0.bias layers.2.weight layers.2.bias
 *
 * const layers = "conv 20 5, pool 2, dense 100"; // a network of Nielsen's book
 * console.log(countParameters(buildNetwork({ ...options, inputs: [1, 28, 28], hidden: [], layers }))); // → 289630
 * ```
 */
export const buildNetwork = (options: NetworkOptions): Sequential => networkOf(options, all);
