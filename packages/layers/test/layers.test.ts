import {
  ArgumentError,
  type Backend,
  cpu,
  ones,
  type Recorder,
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
  Dropout,
  elu,
  Flatten,
  fromConfig,
  GroupNorm,
  gelu,
  geluTanh,
  hardSwish,
  identity,
  type LayerConfig,
  LayerNorm,
  Linear,
  labelled,
  layerTypes,
  leakyRelu,
  MaxPool2d,
  Module,
  Perceptron,
  PReLU,
  Residual,
  relu,
  Sequential,
  sigmoid,
  silu,
  softmax,
  softplus,
  step,
  summary,
  summaryRows,
  tanh,
  Upsample,
} from "../src/index.ts";

/** A Linear with these weights and biases. */
const linear = (weight: number[][], bias: number[]): Linear => {
  const layer = new Linear(weight[0]!.length, weight.length);
  layer.weight.value = tensor(weight);
  layer.bias!.value = tensor(bias);
  return layer;
};

describe("Linear", () => {
  test("is x Wᵀ + b", async () => {
    const layer = linear(
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [10, 20, 30],
    );
    expect(
      await layer
        .forward(
          tensor([
            [1, 1],
            [0, 2],
          ]),
        )
        .array(),
    ).toEqual([
      [13, 27, 41],
      [14, 28, 42],
    ]);
  });

  test("takes any number of leading axes, and none", () => {
    const layer = new Linear(3, 5);
    expect(layer.forward(zeros([3])).shape).toEqual([5]);
    expect(layer.forward(zeros([2, 4, 3])).shape).toEqual([2, 4, 5]);
  });

  test("can do without a bias", async () => {
    const layer = new Linear(2, 3, { bias: false });
    expect(layer.parameters()).toHaveLength(1);
    expect(await layer.forward(zeros([1, 2])).array()).toEqual([[0, 0, 0]]);
  });

  test.each([
    [[2, 785], "got [2,785]"],
    [[32, 28, 28], "got [32,28,28]: put a Flatten() before it"],
    [[784, 10], "got [784,10]"],
    [[2, 28, 29], "got [2,28,29]"],
    [[], "got a scalar"],
  ])("refuses inputs [%s], naming its own size, and a missing Flatten", (shape, got) => {
    const error = new ShapeError(`Linear(784 → 10): the last axis must be 784, ${got}`);
    expect(() => new Linear(784, 10).forward(zeros(shape))).toThrow(error);
  });

  test.each([
    [0, 1],
    [2, -1],
    [1.5, 2],
    [Number.NaN, 2],
  ])("refuses %d inputs and %d outputs", (inputs, outputs) => {
    expect(() => new Linear(inputs, outputs)).toThrow(/(in|out)Features must be a whole number from 1, got/);
  });

  test("has the same weights for the same seed, and others for another one", async () => {
    const weights = async (seed: number): Promise<unknown> => new Linear(4, 3, { seed }).weight.value.array();
    expect(await weights(1)).toEqual(await weights(1));
    expect(await weights(1)).not.toEqual(await weights(2));
  });

  test("without a seed begins differently each time", async () => {
    expect(await new Linear(4, 3).weight.value.array()).not.toEqual(await new Linear(4, 3).weight.value.array());
  });
});

describe("Sequential", () => {
  const ops = (run: () => unknown): string[] => {
    const seen: string[] = [];
    const recorder: Recorder = { record: ({ op }) => void seen.push(op.name) };
    withRecorder(recorder, run);
    return seen;
  };

  test.each([relu, sigmoid, tanh])("computes an activation together with the Linear before it", async (activation) => {
    const layer = new Linear(5, 4, { seed: 1 });
    const x = randn([3, 5], { seed: 2 });
    const fused = new Sequential([layer, activation]);
    expect(ops(() => fused.forward(x))).toEqual(["linear"]);
    expect(await fused.forward(x).array()).toEqual(await activation(layer.forward(x)).array());
  });

  test("computes an activation together with any layer that has forwardWith", async () => {
    class Negative extends Module {
      forward(x: Tensor): Tensor {
        return x.neg();
      }
      override forwardWith(x: Tensor, activation: string): Tensor {
        expect(activation).toBe("relu");
        return this.forward(x).relu().mul(2);
      }
    }
    const model = new Sequential([new Negative(), relu]);
    expect(await model.forward(tensor([-1, 1])).array()).toEqual([2, 0]);
  });

  test("takes a plain function as a layer", async () => {
    const model = new Sequential([(x) => x.add(1), relu, (x) => x.mul(3)]);
    expect(await model.forward(tensor([-2, 1])).array()).toEqual([0, 6]);
  });

  test("refuses what is not a layer, naming its place", () => {
    expect(() => new Sequential([relu, "tanh" as never])).toThrow(/layer 1 must be a module or a function, got string/);
    expect(() => new Sequential([relu, Flatten as never])).toThrow(
      /layer 1 must be .*, got the class Flatten: write new Flatten\(…\)/,
    );
    const Loose = Sequential as unknown as new (...layers: unknown[]) => Sequential;
    for (const layers of [[], [relu, relu], [new Flatten(), relu]]) {
      expect(() => new Loose(...layers)).toThrow(
        new ArgumentError("Sequential: layers must be one array, as in new Sequential([a, b])"),
      );
    }
  });

  test("without layers is the identity", async () => {
    expect(await new Sequential([]).forward(tensor([1, 2])).array()).toEqual([1, 2]);
  });
});

describe("Perceptron", () => {
  // The course's example: the weather decides alone.
  test.each([
    [0, 0, 0, 0],
    [0, 0, 1, 0],
    [0, 1, 0, 0],
    [0, 1, 1, 0],
    [1, 0, 0, 1],
    [1, 0, 1, 1],
    [1, 1, 0, 1],
    [1, 1, 1, 1],
  ])("the festival: weather %d, company %d, transit %d: %d", async (weather, company, transit, goes) => {
    const festival = new Perceptron([6, 2, 2], 5);
    expect(await festival.forward(tensor([weather, company, transit])).item()).toBe(goes);
  });

  test("NAND has weights −2, −2 and threshold −3", async () => {
    const nand = new Perceptron([-2, -2], -3);
    expect(
      await nand
        .forward(
          tensor([
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ]),
        )
        .array(),
    ).toEqual([1, 1, 1, 0]);
  });

  test("does not fire at the threshold: step(0) = 0", async () => {
    expect(await new Perceptron([1], 1).forward(tensor([1])).item()).toBe(0);
  });

  test("needs weights", () => {
    expect(() => new Perceptron([], 0)).toThrow(/one number for each input, got none/);
  });
});

describe("Dropout", () => {
  test("in training leaves out a share p and scales the others by 1/(1 − p)", async () => {
    const values = await new Dropout(0.25, { seed: 1 }).forward(ones([10_000])).data();
    const kept = values.filter((value) => value !== 0);
    expect(kept.every((value) => Math.abs(value - 4 / 3) < 1e-6)).toBe(true);
    // Six standard deviations of a binomial share.
    expect(Math.abs(kept.length / 10_000 - 0.75)).toBeLessThan(6 * Math.sqrt((0.25 * 0.75) / 10_000));
  });

  test("draws anew each time, and the same again from the same seed", async () => {
    const two = async (): Promise<unknown[]> => {
      const dropout = new Dropout(0.5, { seed: 3 });
      return [await dropout.forward(ones([20])).array(), await dropout.forward(ones([20])).array()];
    };
    const [first, second] = await two();
    expect(first).not.toEqual(second);
    expect(await two()).toEqual([first, second]);
  });

  test("in evaluation mode, and with p = 0, does nothing", async () => {
    expect(
      await new Dropout(0.9)
        .eval()
        .forward(tensor([1, 2]))
        .array(),
    ).toEqual([1, 2]);
    expect(await new Dropout(0).forward(tensor([1, 2])).array()).toEqual([1, 2]);
  });

  test("continues with the same masks in a loaded model, whatever its seed", async () => {
    const x = ones([50]);
    const mask = (layer: Dropout): Promise<unknown> => layer.forward(x).array();
    const seed = 2 ** 40 + 2 ** 31 + 7; // Both halves of the seed count.
    const [saved, loaded] = [new Dropout(0.5, { seed }), new Dropout(0.5)];
    const first = await mask(saved);
    loaded.loadStateDict(saved.stateDict());
    const [second, third] = [await mask(saved), await mask(saved)];
    expect([await mask(loaded), await mask(loaded)]).toEqual([second, third]);
    expect(first).not.toEqual(second);
    expect(second).not.toEqual(third);
  });

  test("keeps its place in the stream on cpu, where the host reads it", async () => {
    const other: Backend = { ...cpu, name: "other", readSync: undefined } as never;
    const dropout = await new Dropout(0.5, { seed: 1 }).to({ backend: other, dtype: "float64" });
    expect(dropout.forward(ones([4], { backend: other })).backend).toBe(other);
    expect([dropout.stream.value.backend, dropout.stream.value.dtype]).toEqual([cpu, "int32"]);
  });

  test.each([-0.1, 1, Number.NaN])("refuses p = %d", (p) => {
    expect(() => new Dropout(p)).toThrow(/p must be a number from 0 to below 1, got/);
  });
});

test("Flatten makes each example one row", () => {
  expect(new Flatten().forward(zeros([8, 28, 28])).shape).toEqual([8, 784]);
});

test("activations are what their formulas say", async () => {
  const x = tensor([-1, 0, 2], { dtype: "float64" });
  const e = Math.exp;
  const total = e(-1) + e(0) + e(2);
  const expected: [(x: Tensor) => Tensor, number[]][] = [
    [relu, [0, 0, 2]],
    [sigmoid, [1 / (1 + e(1)), 0.5, 1 / (1 + e(-2))]],
    [tanh, [Math.tanh(-1), 0, Math.tanh(2)]],
    [step, [0, 0, 1]],
    [softmax, [e(-1) / total, 1 / total, e(2) / total]],
    [identity, [-1, 0, 2]],
  ];
  for (const [activation, values] of expected) {
    const got = await activation(x).data();
    for (const [i, value] of values.entries()) expect(got[i]).toBeCloseTo(value, 14);
  }
});

describe("config and fromConfig", () => {
  const model = new Sequential([
    new Flatten(),
    new Linear(4, 3),
    relu,
    new Dropout(0.2),
    new Sequential([new Linear(3, 2, { bias: false }), tanh]),
  ]);

  test("text, and what is not a config, are refused with the way out", () => {
    const text = JSON.stringify(model.config());
    expect(() => fromConfig(text as never, layerTypes)).toThrow(
      "must be an object with a type, got a string: JSON.parse it first",
    );
    for (const config of [undefined, null, {}, { type: 1 }]) {
      expect(() => fromConfig(config as never, layerTypes)).toThrow(ArgumentError);
    }
    expect(() => fromConfig({ type: "Sequential", layers: [null] }, layerTypes)).toThrow(/got object/);
  });

  test("survive JSON, and give the same architecture", () => {
    const config: LayerConfig = JSON.parse(JSON.stringify(model.config()));
    const again = fromConfig(config, layerTypes);
    expect(again.config()).toEqual(model.config());
    expect(again.parameters().map(({ name, value }) => [name, value.shape])).toEqual(
      model.parameters().map(({ name, value }) => [name, value.shape]),
    );
  });

  test("layerTypes has each layer under the name that its config gives", () => {
    const layers = [
      ...[new Flatten(), new Linear(1, 1), new Dropout(), new Perceptron([1], 0), new Sequential([])],
      ...[new Conv1d(1, 1, 1), new Conv2d(1, 1, 1), new ConvTranspose2d(1, 1, 1)],
      ...[new MaxPool2d(1), new AvgPool2d(1), new AdaptiveAvgPool2d(1), new Upsample({ scale: 2 })],
      new ConstantPad2d(1),
      ...[new BatchNorm1d(1), new BatchNorm2d(1), new LayerNorm(1), new GroupNorm(1, 1)],
      ...[new Residual(relu), new PReLU()],
    ];
    const activations = [
      ...[relu, sigmoid, tanh, softmax, step, identity],
      ...[gelu, geluTanh, silu, leakyRelu, elu, softplus, hardSwish],
    ];
    const names = [...layers.map((layer) => layer.config().type), ...activations.map(({ label }) => label)];
    expect(Object.keys(layerTypes).toSorted()).toEqual(names.toSorted());
    for (const layer of layers) expect(fromConfig(layer.config(), layerTypes)).toBeInstanceOf(layer.constructor);
    for (const activation of activations) expect(layerTypes[activation.label]).toBe(activation);
  });

  test.each(["Conv3d", "__proto__", "constructor", "toString"])("refuse the unknown type %s", (type) => {
    expect(() => fromConfig({ type }, layerTypes)).toThrow(
      /type must be a name in the map, got "\w+": add it to Sequential, Residual, Linear, /,
    );
  });

  test("refuse a lone function, and sizes that are not whole numbers from 1", () => {
    expect(() => fromConfig({ type: "relu" }, layerTypes)).toThrow(/must be a module, got the function relu/);
    expect(() => fromConfig({ type: "Linear", inFeatures: "many", outFeatures: 2 }, layerTypes)).toThrow(
      /inFeatures must be a whole number/,
    );
    expect(() => fromConfig({ type: "Sequential" }, layerTypes)).toThrow(
      /layers of a Sequential must be an array, got undefined/,
    );
    for (const inputs of [undefined, -1, 1.5]) {
      expect(() => fromConfig({ type: "Perceptron", inputs }, { Perceptron })).toThrow(/inputs must be a whole number/);
    }
  });

  test("a function without a name can't be saved; with one it can", () => {
    expect(() => new Sequential([relu, (x) => x]).config()).toThrow(/layer 1 must be a module or a labelled function/);
    expect(new Sequential([labelled("mine", (x) => x)]).config().layers).toEqual([{ type: "mine" }]);
  });
});

describe("summary", () => {
  // Nielsen's first network: 784·30 + 30 + 30·10 + 10 parameters.
  const model = new Sequential([new Linear(784, 30), sigmoid, new Linear(30, 10), sigmoid]);

  test("lists layers, shapes and parameters, and counts 23,860 for 784-30-10", () => {
    expect(summaryRows(model, [784])).toEqual([
      { layer: "Linear", outputShape: [30], parameters: 784 * 30 + 30, multiplyAdds: 784 * 30 },
      { layer: "sigmoid", outputShape: [30], parameters: 0, multiplyAdds: 0 },
      { layer: "Linear", outputShape: [10], parameters: 30 * 10 + 10, multiplyAdds: 30 * 10 },
      { layer: "sigmoid", outputShape: [10], parameters: 0, multiplyAdds: 0 },
    ]);
    expect(summary(model, [784])).toMatch(/23,860 parameters, 23,820 multiply-adds$/);
  });

  test("leaves the stream of a Dropout where it was", async () => {
    const values = async (look: boolean): Promise<unknown> => {
      const dropout = new Dropout(0.5, { seed: 1 });
      if (look) summary(new Sequential([dropout]), [5]);
      expect(dropout.training).toBe(true);
      return dropout.forward(ones([30])).array();
    };
    expect(await values(true)).toEqual(await values(false));
  });
});
