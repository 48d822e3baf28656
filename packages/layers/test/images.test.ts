import {
  ArgumentError,
  abs,
  max,
  ones,
  randn,
  ShapeError,
  type Tensor,
  tensor,
  withRecorder,
  zeros,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import {
  AdaptiveAvgPool2d,
  AvgPool2d,
  BatchNorm1d,
  BatchNorm2d,
  ConstantPad2d,
  Conv1d,
  Conv2d,
  ConvTranspose2d,
  Flatten,
  fansOf,
  freeze,
  fromConfig,
  GroupNorm,
  LayerNorm,
  Linear,
  layerTypes,
  MaxPool2d,
  type Module,
  PReLU,
  Residual,
  relu,
  Sequential,
  silu,
  summary,
  summaryRows,
  tanh,
  Upsample,
  unfreeze,
} from "../src/index.ts";

/** Each layer with options that are not the defaults, an input, and the shape that comes out. */
const layers: readonly (readonly [layer: Module, x: Tensor, shape: readonly number[]])[] = [
  [new Conv1d(4, 6, 3, { groups: 2, padding: "same" }), randn([2, 4, 5], { seed: 1 }), [2, 6, 5]],
  [new Conv1d(2, 3, 2, { stride: 2, dilation: 2, bias: false }), randn([2, 2, 7], { seed: 1 }), [2, 3, 3]],
  [new Conv2d(2, 4, [3, 2], { stride: [2, 1], padding: 1 }), randn([2, 2, 5, 4], { seed: 1 }), [2, 4, 3, 5]],
  [new Conv2d(3, 3, 3, { groups: 3, padding: "same", bias: false }), randn([2, 3, 5, 4], { seed: 1 }), [2, 3, 5, 4]],
  [
    new ConvTranspose2d(4, 6, 3, { stride: 2, padding: 1, outputPadding: 1, groups: 2 }),
    randn([2, 4, 3, 4], { seed: 1 }),
    [2, 6, 6, 8],
  ],
  [new MaxPool2d(3, { stride: 2, padding: 1 }), randn([2, 3, 8, 8], { seed: 1 }), [2, 3, 4, 4]],
  [new MaxPool2d([2, 3], { dilation: [1, 2] }), randn([2, 3, 8, 8], { seed: 1 }), [2, 3, 4, 2]],
  [
    new AvgPool2d([3, 2], { stride: 1, padding: 1, countIncludePad: false }),
    randn([2, 3, 4, 4], { seed: 1 }),
    [2, 3, 4, 5],
  ],
  [new AdaptiveAvgPool2d([1, 3]), randn([2, 3, 8, 8], { seed: 1 }), [2, 3, 1, 3]],
  [
    new Upsample({ size: [3, 5], mode: "bilinear", alignCorners: true }),
    randn([1, 2, 4, 4], { seed: 1 }),
    [1, 2, 3, 5],
  ],
  [
    new ConstantPad2d(
      [
        [1, 0],
        [-1, 2],
      ],
      { value: 0.5 },
    ),
    randn([1, 2, 3, 4], { seed: 1 }),
    [1, 2, 4, 5],
  ],
  [new Upsample({ scale: 2 }), randn([1, 2, 4, 4], { seed: 1 }), [1, 2, 8, 8]],
  [new BatchNorm1d(3, { epsilon: 0.1, momentum: 0.5 }), randn([4, 3], { seed: 1 }), [4, 3]],
  [new BatchNorm1d(3, { momentum: null }), randn([4, 3], { seed: 1 }), [4, 3]],
  [new MaxPool2d(2, { ceilMode: true }), randn([1, 1, 5, 3], { seed: 1 }), [1, 1, 3, 2]],
  [new AvgPool2d(2, { ceilMode: true }), randn([1, 1, 5, 3], { seed: 1 }), [1, 1, 3, 2]],
  [new BatchNorm2d(3, { affine: false }), randn([4, 3, 2, 2], { seed: 1 }), [4, 3, 2, 2]],
  [new LayerNorm([3, 2], { epsilon: 0.1 }), randn([4, 3, 2], { seed: 1 }), [4, 3, 2]],
  [new LayerNorm(2, { affine: false }), randn([4, 3, 2], { seed: 1 }), [4, 3, 2]],
  [new GroupNorm(2, 4, { epsilon: 0.1 }), randn([3, 4, 2], { seed: 1 }), [3, 4, 2]],
  [new Residual(new LayerNorm(2)), randn([4, 2], { seed: 1 }), [4, 2]],
  [new Residual([relu, silu], { shortcut: relu }), randn([4, 2], { seed: 1 }), [4, 2]],
  [new PReLU(2), randn([4, 2], { seed: 1 }), [4, 2]],
];

describe("each layer", () => {
  test.each(layers.map(([layer, x, shape], i) => [i, layer.constructor.name, layer, x, shape] as const))(
    "%d: %s has the shape that it should, and comes back from its config",
    async (_i, _name, layer, x, shape) => {
      const config = JSON.parse(JSON.stringify(layer.config())) as ReturnType<Module["config"]>;
      const again = fromConfig(config, layerTypes);
      again.loadStateDict(layer.stateDict());
      expect(again.config()).toEqual(layer.config());
      const y = layer.forward(x);
      expect(y.shape).toEqual(shape);
      expect(await again.forward(x).array()).toEqual(await y.array());
      expect(await again.eval().forward(x).array()).toEqual(await layer.eval().forward(x).array());
    },
  );

  test("names its parameters and buffers as PyTorch does, in our spelling", () => {
    expect(Object.keys(new BatchNorm2d(3).stateDict())).toEqual(["weight", "bias", "runningMean", "runningVariance"]);
    expect(Object.keys(new LayerNorm(3).stateDict())).toEqual(["weight", "bias"]);
    expect(Object.keys(new GroupNorm(1, 3).stateDict())).toEqual(["weight", "bias"]);
    expect(Object.keys(new PReLU().stateDict())).toEqual(["weight"]);
    expect(Object.keys(new BatchNorm1d(3, { affine: false }).stateDict())).toEqual(["runningMean", "runningVariance"]);
  });

  test("begins with a scale of 1, a shift of 0, a running mean of 0 and a running variance of 1", async () => {
    const { weight, bias, runningMean, runningVariance } = new BatchNorm1d(2).stateDict();
    for (const t of [weight, runningVariance]) expect(await t?.array()).toEqual([1, 1]);
    for (const t of [bias, runningMean]) expect(await t?.array()).toEqual([0, 0]);
  });
});

describe("ConstantPad2d", () => {
  test("puts a number around, and cuts off where a width is negative", async () => {
    const x = tensor([
      [
        [
          [1, 2],
          [3, 4],
        ],
      ],
    ]);
    const y = new ConstantPad2d(
      [
        [1, -1],
        [0, 1],
      ],
      { value: 9 },
    ).forward(x);
    expect(await y.array()).toEqual([
      [
        [
          [9, 9, 9],
          [1, 2, 9],
        ],
      ],
    ]);
    expect(await new ConstantPad2d(-1).forward(zeros([1, 1, 3, 3])).array()).toEqual([[[[0]]]]);
  });

  test.each([
    [[1, 2]],
    [
      [
        [1, 2],
        [0.5, 1],
      ],
    ],
    ["1"],
    [null],
    [[[1, 2]]],
  ])("refuses the padding %j", (padding) => {
    expect(() => new ConstantPad2d(padding as never)).toThrow(/^ConstantPad2d: padding must be \[\[top, bottom\]/);
  });

  test("refuses what is no image", () => {
    expect(() => new ConstantPad2d(1).forward(zeros([2, 3]))).toThrow(/^ConstantPad2d: padding must be/);
  });
});

describe("convolutions", () => {
  test("begin as PyTorch's: uniform between ±1/√fanIn, where an output's inputs are a kernel's taps", async () => {
    expect(fansOf([16, 3, 5, 5])).toEqual({ fanIn: 75, fanOut: 400 });
    // Of 16 · 3 · 25 numbers the largest is near the bound.
    for (const layer of [
      new Conv2d(6, 16, 5, { groups: 2, seed: 1 }),
      new ConvTranspose2d(16, 6, 5, { groups: 2, seed: 1 }),
    ]) {
      const largest = await max(abs(layer.weight.value)).item();
      expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(75));
      expect(largest).toBeGreaterThan(0.99 / Math.sqrt(75));
      expect(await max(abs(layer.bias?.value as Tensor)).item()).toBeLessThanOrEqual(1 / Math.sqrt(75));
    }
  });

  test("have the same weights for the same seed", async () => {
    const weights = async (seed: number): Promise<unknown> => new Conv2d(1, 2, 3, { seed }).weight.value.array();
    expect(await weights(1)).toEqual(await weights(1));
    expect(await weights(1)).not.toEqual(await weights(2));
  });

  test.each([
    [new Conv1d(1, 2, 2), [1, 1, 4]],
    [new Conv2d(1, 2, 2), [1, 1, 4, 4]],
  ])("compute an activation after them in the same kernel", (layer, shape) => {
    const seen: string[] = [];
    withRecorder({ record: ({ op }) => void seen.push(op.name) }, () =>
      new Sequential([layer, tanh]).forward(ones(shape)),
    );
    expect(seen).toContain("conv2d");
    expect(seen).not.toContain("tanh");
  });

  test.each([
    [() => new Conv2d(0, 1, 3), "Conv2d: inChannels must be a whole number from 1, got 0"],
    [() => new Conv2d(1, 1.5, 3), "Conv2d: outChannels must be a whole number from 1, got 1.5"],
    [() => new Conv2d(1, 1, 0), "Conv2d: kernel must be a whole number from 1, got 0"],
    [() => new Conv2d(1, 1, [3] as never), "Conv2d: kernel must be a whole number from 1, got 3"],
    [() => new Conv1d(4, 6, 3, { groups: 3 }), "Conv1d: groups must divide inChannels 4 and outChannels 6, got 3"],
  ])("refuse what is out of range: %#", (make, message) => {
    expect(make).toThrow(new ArgumentError(message));
  });

  test("refuse images of other channels, in the layer's name", () => {
    expect(() => new Conv2d(3, 4, 3).forward(zeros([1, 2, 5, 5]))).toThrow(/^Conv2d: /);
    expect(() => new ConvTranspose2d(3, 4, 3).forward(zeros([1, 2, 5, 5]))).toThrow(/^ConvTranspose2d: /);
  });

  test("LeNet-5 has 61,706 parameters; its multiply-adds are positions times taps", () => {
    const model = new Sequential([
      ...[new Conv2d(1, 6, 5, { padding: 2 }), tanh, new MaxPool2d(2)],
      ...[new Conv2d(6, 16, 5), tanh, new MaxPool2d(2)],
      ...[new Flatten(), new Linear(400, 120), tanh, new Linear(120, 84), tanh, new Linear(84, 10)],
    ]);
    const rows = summaryRows(model, [1, 28, 28]);
    expect(rows.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(61706);
    expect(rows.flatMap(({ multiplyAdds }) => (multiplyAdds > 0 ? [multiplyAdds] : []))).toEqual([
      ...[28 * 28 * 6 * 25, 10 * 10 * 16 * 6 * 25],
      ...[400 * 120, 120 * 84, 84 * 10],
    ]);
    expect(rows[0]?.outputShape).toEqual([6, 28, 28]);
    expect(summaryRows(new ConvTranspose2d(8, 4, 3, { stride: 2 }), [8, 5, 5])[0]?.multiplyAdds).toBe(8 * 25 * 4 * 9);
  });
});

describe("batch normalization", () => {
  test("keeps running statistics in training alone: mean 0.1 · 2, variance 0.9 + 0.1 · 8 / (2 − 1) of 0 and 4", async () => {
    const layer = new BatchNorm1d(1);
    layer.eval().forward(tensor([[0], [4]]));
    expect(await layer.runningMean.value.array()).toEqual([0]);
    layer.train().forward(tensor([[0], [4]]));
    expect(await layer.runningMean.value.item()).toBeCloseTo(0.2, 6);
    expect(await layer.runningVariance.value.item()).toBeCloseTo(1.7, 6);
  });

  test.each([
    [new BatchNorm1d(3), [1, 3]],
    [new BatchNorm1d(3), [0, 3]],
    [new BatchNorm2d(3), [1, 3, 1, 1]],
  ])("refuses to train on a batch in which a channel has one number, and evaluates it", (layer, shape) => {
    expect(() => layer.forward(ones(shape))).toThrow(
      /BatchNorm.d: in training, a channel must have two numbers or more, got \[.*\]: leave a last batch .* dropLast/,
    );
    expect(layer.eval().forward(ones(shape)).shape).toEqual(shape);
  });

  test("trains on one image of several pixels", () => {
    expect(new BatchNorm2d(3).forward(ones([1, 3, 2, 1])).shape).toEqual([1, 3, 2, 1]);
  });

  test.each([
    [
      new BatchNorm1d(3),
      [2, 3, 2, 2],
      "BatchNorm1d(3): x must be [n, channels] or [n, channels, length] with 3 channels",
    ],
    [new BatchNorm2d(3), [2, 3], "BatchNorm2d(3): x must be [n, channels, height, width] with 3 channels, got [2,3]"],
    [new BatchNorm2d(3), [2, 4, 2, 2], "with 3 channels, got [2,4,2,2]"],
  ])("refuses other inputs", (layer, shape, message) => {
    expect(() => layer.forward(zeros(shape))).toThrow(ShapeError);
    expect(() => layer.forward(zeros(shape))).toThrow(message);
  });

  test.each([
    [() => new BatchNorm1d(0), "BatchNorm: channels must be a whole number from 1, got 0"],
    [() => new BatchNorm1d(2, { momentum: 2 }), "BatchNorm: momentum must be a number from 0 to 1, or null, got 2"],
    [() => new BatchNorm1d(2, { epsilon: -1 }), "BatchNorm: epsilon must be a number from 0, got -1"],
    [() => new GroupNorm(3, 4), "GroupNorm: groups must divide the 4 channels, got 3"],
    [() => new LayerNorm([2, 0]), "LayerNorm: a length in shape must be a whole number from 1, got 0"],
    [() => new PReLU(1.5), "PReLU: channels must be a whole number from 1, got 1.5"],
  ])("and others refuse what is out of range: %#", (make, message) => {
    expect(make).toThrow(new ArgumentError(message));
  });

  test("moves to another dtype with its running statistics", async () => {
    const layer = await new BatchNorm1d(2).to({ dtype: "float64" });
    expect(layer.forward(ones([2, 2], { dtype: "float64" })).dtype).toBe("float64");
    expect(layer.runningMean.value.dtype).toBe("float64");
  });
});

describe("Residual", () => {
  test("adds its input", async () => {
    expect(await new Residual(relu).forward(tensor([-1, 2])).array()).toEqual([-1, 4]);
  });

  test("names what is inside by path", () => {
    const block = new Residual([new Linear(2, 3)], { shortcut: new Linear(2, 3, { bias: false }) });
    expect([...block.namedParameters().keys()]).toEqual([
      "inner.layers.0.weight",
      "inner.layers.0.bias",
      "shortcut.weight",
    ]);
  });

  test("refuses layers that change the shape, even where the two would broadcast", () => {
    expect(() => new Residual(new Linear(2, 1)).forward(ones([3, 2]))).toThrow(
      "Residual: the layers must keep the shape [3,2], got [3,1]: give a shortcut",
    );
  });
});

describe("freeze", () => {
  const model = (): Sequential => new Sequential([new Linear(2, 3), relu, new Linear(3, 1)]);

  test("takes patterns, and unfreeze lets go of a part", () => {
    const network = model();
    expect(freeze(network, "layers.*")).toHaveLength(4);
    expect(unfreeze(network, "*.bias")).toEqual(["layers.0.bias", "layers.2.bias"]);
    expect(network.parameters().map(({ frozen }) => frozen)).toEqual([true, false, true, false]);
  });

  test("refuses a pattern without a match, and takes a dot for a dot", () => {
    expect(() => freeze(model(), "layers.1*")).toThrow(/freeze: the pattern must match one of layers\.0\.weight, /);
    expect(() => freeze(model(), "layers?0*")).toThrow(ArgumentError);
    expect(() => freeze(model(), "layersx0xbias")).toThrow(ArgumentError);
  });

  test("shows in the summary", () => {
    const network = model();
    freeze(network, "layers.0.*");
    expect(summary(network, [2])).toMatch(/\n13 parameters \(9 frozen\), 9 multiply-adds$/);
  });
});

test("multiply-adds of a layer that calls others are counted", () => {
  const rows = summaryRows(new Sequential([new Residual([new Linear(4, 4), relu, new Linear(4, 4)])]), [4]);
  expect(rows).toEqual([{ layer: "Residual", outputShape: [4], parameters: 40, multiplyAdds: 32 }]);
});
