import {
  elu,
  gelu,
  geluTanh,
  hardSwish,
  identity,
  leakyRelu,
  relu,
  sigmoid,
  silu,
  softmax,
  softplus,
  step,
  tanh,
} from "./activations.ts";
import { BatchNorm1d, BatchNorm2d } from "./batch-norm.ts";
import { ConstantPad2d } from "./constant-pad.ts";
import { Conv1d, Conv2d, ConvTranspose2d } from "./convolution.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { LayerTypes } from "./from-config.ts";
import { GroupNorm } from "./group-norm.ts";
import { LayerNorm } from "./layer-norm.ts";
import { Linear } from "./linear.ts";
import { Perceptron } from "./perceptron.ts";
import { AdaptiveAvgPool2d, AvgPool2d, MaxPool2d } from "./pooling.ts";
import { PReLU } from "./prelu.ts";
import { Residual } from "./residual.ts";
import { Sequential } from "./sequential.ts";
import { Upsample } from "./upsample.ts";

/**
 * All layers of this package by the names that `config()` gives them, for {@link fromConfig}. A program that imports it has
 * every layer in its bundle; to save bytes, pass a map of the layers that you use. Spread it to add layers of your own.
 *
 * @example
 * ```ts
 * import { fromConfig, layerTypes, Linear, Sequential, tanh } from "@dlcc/layers";
 *
 * const text = JSON.stringify(new Sequential([new Linear(2, 3), tanh]).config());
 * const model = fromConfig(JSON.parse(text), layerTypes); // with a class of yours: { ...layerTypes, Mine }
 * console.log(model.parameters().length); // → 2
 * ```
 */
export const layerTypes: LayerTypes = {
  Sequential,
  Residual,
  Linear,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  MaxPool2d,
  AvgPool2d,
  AdaptiveAvgPool2d,
  Upsample,
  ConstantPad2d,
  BatchNorm1d,
  BatchNorm2d,
  LayerNorm,
  GroupNorm,
  Dropout,
  Flatten,
  Perceptron,
  PReLU,
  relu,
  sigmoid,
  tanh,
  softmax,
  step,
  identity,
  gelu,
  geluTanh,
  silu,
  leakyRelu,
  elu,
  softplus,
  hardSwish,
};
