/** A network for each layer, with the same in fixtures/pytorch-state.py. */
import {
  type Activation,
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Dropout,
  Flatten,
  GroupNorm,
  type Layer,
  LayerNorm,
  Linear,
  layerTypes,
  MaxPool2d,
  Module,
  PReLU,
  Residual,
  relu,
  Sequential,
  tanh,
  Upsample,
} from "@dlcc/layers";
import type { Tensor } from "@dlcc/tensor";

class Net extends Module {
  readonly features = new Sequential([new Conv2d(1, 2, 3), new BatchNorm2d(2), relu, new Flatten()]);
  readonly layers = [new Linear(8, 4), new Linear(4, 3)] as const;
  forward(x: Tensor): Tensor {
    const [first, second] = this.layers;
    return second.forward(tanh(first.forward(this.features.forward(x))));
  }
}

const seq = (...layers: Layer[]): Module => new Sequential(layers);
const options = { stride: 2, padding: 1 };

/** The networks by name. */
export const models: Readonly<Record<string, () => Module>> = {
  Linear: () => seq(new Linear(4, 3)),
  "Linear without bias": () => seq(new Linear(4, 3, { bias: false })),
  Conv1d: () => seq(new Conv1d(4, 6, 3, { ...options, dilation: 2, groups: 2 })),
  Conv2d: () => seq(new Conv2d(4, 6, [3, 2], { stride: [2, 1], padding: [1, 0], groups: 2 })),
  "Conv2d, same": () => seq(new Conv2d(2, 3, [3, 4], { padding: "same", dilation: 2 })),
  ConvTranspose2d: () => seq(new ConvTranspose2d(4, 6, 3, { ...options, outputPadding: 1, groups: 2 })),
  MaxPool2d: () => seq(new MaxPool2d(3, options)),
  AvgPool2d: () => seq(new AvgPool2d(3, { ...options, countIncludePad: false })),
  AdaptiveAvgPool2d: () => seq(new AdaptiveAvgPool2d([2, 3])),
  Upsample: () => seq(new Upsample({ scale: 2, mode: "bilinear" })),
  ConstantPad2d: () =>
    seq(
      new ConstantPad2d(
        [
          [0, 2],
          [1, -1],
        ],
        { value: 0.5 },
      ),
    ),
  BatchNorm1d: () => seq(new BatchNorm1d(3)),
  BatchNorm2d: () => seq(new BatchNorm2d(3, { epsilon: 1e-3 })),
  LayerNorm: () => seq(new LayerNorm([3, 4])),
  GroupNorm: () => seq(new GroupNorm(2, 4)),
  Dropout: () => seq(new Linear(4, 3), new Dropout(0.5)),
  Flatten: () => seq(new Flatten(), new Linear(6, 2)),
  PReLU: () => seq(new PReLU(3)),
  Residual: () =>
    seq(
      new Residual([new Linear(4, 4), tanh]),
      new Residual(new Linear(4, 2), { shortcut: new Linear(4, 2, { bias: false }) }),
    ),
  Sequential: () => seq(new Sequential([new Linear(4, 3), relu]), new Sequential([new Linear(3, 2)])),
  "a class": () => new Net(),
  ...Object.fromEntries(
    Object.entries(layerTypes).flatMap(([name, type]) =>
      typeof type === "function" && "label" in type && name !== "step" ? [[name, () => seq(type as Activation)]] : [],
    ),
  ),
};
