/** What each layer of TensorFlow.js becomes here. Images are `[height, width, channels]` there and `[channels, height, width]` here. */
import { Dropout, elu, relu, softmax } from "@dlcc/layers";
import { entry } from "../values.ts";
import { conv1d, conv2d, conv2dTranspose, depthwiseConv2d, separableConv2d } from "./convolutions.ts";
import { batchNormalization, dense, layerNormalization, leakyReLU, prelu } from "./features.ts";
import {
  averagePooling2d,
  flatten,
  globalAveragePooling2d,
  globalMaxPooling2d,
  maxPooling2d,
  padded,
  upSampling2d,
} from "./images.ts";
import { activationOf, is, isActivation, Missing, number, type Row } from "./row.ts";

const nothing: Row = { make: () => ({ layers: [] }) };

/** All layers that come in, by the names of their classes. */
export const rows: Readonly<Record<string, Row>> = {
  Dense: dense,
  Conv1D: conv1d,
  Conv2D: conv2d,
  Conv2DTranspose: conv2dTranspose,
  DepthwiseConv2D: depthwiseConv2d,
  SeparableConv2D: separableConv2d,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  MaxPooling2D: maxPooling2d,
  AveragePooling2D: averagePooling2d,
  GlobalAveragePooling2D: globalAveragePooling2d,
  GlobalMaxPooling2D: globalMaxPooling2d,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: padded("padding", 1),
  Cropping2D: padded("cropping", -1),
  Flatten: flatten,
  Dropout: {
    allows: { rate: (value) => typeof value === "number" && value >= 0 && value < 1 },
    make: ({ config }) => ({ layers: [new Dropout(number(entry(config, "rate"), 0))] }),
  },
  Activation: {
    allows: { activation: isActivation },
    make: ({ config, shape }) => ({ layers: activationOf(config, shape.length) }),
  },
  ReLU: {
    allows: { max_value: is(undefined, null), threshold: is(undefined, 0), negative_slope: is(undefined, 0) },
    make: () => ({ layers: [relu] }),
  },
  LeakyReLU: leakyReLU,
  PReLU: prelu,
  ELU: { allows: { alpha: is(undefined, 1) }, make: () => ({ layers: [elu] }) },
  Softmax: {
    make({ shape, config }) {
      const axis = Number(entry(config, "axis") ?? -1);
      if (shape.length !== 1 || (axis !== -1 && axis !== 1)) throw new Missing("of the channels of each place");
      return { layers: [softmax] };
    },
  },
  InputLayer: nothing,
};
