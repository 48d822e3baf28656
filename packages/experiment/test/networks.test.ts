/** Networks for images: as text, by name, and as programs. */
import { augment, randomElastic, randomErasing, randomFlip, randomRotation, randomShift } from "@dlcc/data";
import { type SummaryRow, summaryRows } from "@dlcc/layers";
import { uniform } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import {
  architecture,
  buildNetwork,
  buildOptimizer,
  defaults,
  distortions,
  networkOptions,
  networks,
  parseAugment,
  parseLayers,
  pick,
  readModel,
  toCommand,
  toProgram,
  usualAugment,
  writeModel,
} from "../src/index.ts";
import { planOf } from "../src/network/plan.ts";

/** The options of a network of layers for 28×28 pixels. */
const optionsFor = (layers: string, activation = "relu") =>
  networkOptions({ ...defaults, layers, hidden: [{ units: 1, activation }] });

const rowsOf = (layers: string): SummaryRow[] => summaryRows(buildNetwork(optionsFor(layers)), [1, 28, 28]);
const named = networks.filter(({ layers }) => layers !== undefined);

describe("layers as text", () => {
  test("are read with their numbers", () => {
    expect(
      parseLayers("conv 20 5, conv 8 3 same,pool 2 , pool 3 2, average 2, mean, norm, dense 100, dropout 0.5"),
    ).toEqual([
      { kind: "conv", channels: 20, kernel: 5, same: false },
      { kind: "conv", channels: 8, kernel: 3, same: true },
      { kind: "pool", size: 2, stride: 2 },
      { kind: "pool", size: 3, stride: 2 },
      { kind: "average", size: 2, stride: 2 },
      { kind: "mean" },
      { kind: "norm" },
      { kind: "dense", units: 100 },
      { kind: "dropout", p: 0.5 },
    ]);
    expect(parseLayers("")).toEqual([]);
    expect(parseLayers("pool 2, residual(conv 4 3 same, residual( norm )), mean")).toEqual([
      { kind: "pool", size: 2, stride: 2 },
      {
        kind: "residual",
        layers: [
          { kind: "conv", channels: 4, kernel: 3, same: true },
          { kind: "residual", layers: [{ kind: "norm" }] },
        ],
      },
      { kind: "mean" },
    ]);
  });

  test.each([
    [
      "convolution 3",
      'parseLayers: a layer must be one of conv, pool, average, mean, norm, dense, dropout, residual, got "convolution 3"',
    ],
    [
      "conv 3",
      'parseLayers: a layer must be written as conv CHANNELS KERNEL, or conv CHANNELS KERNEL same, got "conv 3"',
    ],
    ["conv 3 5 valid", 'got "conv 3 5 valid"'],
    ["conv 0 5", 'got "conv 0 5"'],
    ["pool", 'parseLayers: a layer must be written as pool SIZE, or pool SIZE STRIDE, got "pool"'],
    ["dense 1.5", 'parseLayers: a layer must be written as dense UNITS, got "dense 1.5"'],
    ["dropout 1", 'parseLayers: a layer must be written as dropout SHARE, below 1, got "dropout 1"'],
    ["norm 3", 'parseLayers: a layer must be written as norm, got "norm 3"'],
    ["residual()", 'parseLayers: a layer must be written as residual(LAYER, LAYER), got "residual()"'],
    ["residual 3", 'got "residual 3"'],
    ["mean, residual(norm", 'got "residual(norm"'],
    ["residual(norm))", 'got "norm)"'],
    ["residual(conv 3)", 'as conv CHANNELS KERNEL, or conv CHANNELS KERNEL same, got "conv 3"'],
  ])("%s is refused", (text, message) => {
    expect(() => parseLayers(text)).toThrow(message);
  });

  test.each([
    ["conv 4 29", "buildNetwork: conv must have an input of at least 29×29, got 1×28×28"],
    ["pool 8, pool 4", "buildNetwork: pool must have an input of at least 4×4, got 1×3×3"],
    [
      "dense 10, conv 4 3",
      "buildNetwork: conv must stand before all dense layers, and its input be [channels, height, width], got 10",
    ],
    ["dense 10, mean", "buildNetwork: mean must stand before all dense layers"],
    [
      "conv 4 5, residual(conv 4 3)",
      "buildNetwork: the layers of residual must keep the shape of their input, 4×24×24, got 4×22×22: conv 4 KERNEL same keeps it",
    ],
    ["residual(conv 4 3 same)", "must keep the shape of their input, 1×28×28, got 4×28×28"],
  ])("%s does not fit 28×28 pixels", (text, message) => {
    expect(() => buildNetwork(optionsFor(text))).toThrow(message);
  });

  test("an activation follows each convolution and dense layer, after its normalization", () => {
    expect(
      rowsOf("conv 4 5, norm, pool 2, conv 6 3, dense 8, norm, dropout 0.5, dense 9").map(({ layer }) => layer),
    ).toEqual([
      "Conv2d",
      "BatchNorm2d",
      "relu",
      "MaxPool2d",
      "Conv2d",
      "relu",
      "Flatten",
      "Linear",
      "BatchNorm1d",
      "relu",
      "Dropout",
      "Linear",
      "relu",
      "Linear",
    ]);
  });

  test("in a residual block the last activation follows the sum", async () => {
    const layers = "conv 4 5, residual(conv 4 3 same, norm, conv 4 3 same, norm), pool 8, dense 9, residual(dense 9)";
    const model = buildNetwork({ ...optionsFor(layers), activation: "relu,relu,sigmoid,relu,tanh" });
    expect(summaryRows(model, [1, 28, 28]).map(({ layer }) => layer)).toEqual([
      ...["Conv2d", "relu", "Residual", "sigmoid", "MaxPool2d", "Flatten", "Linear", "relu", "Residual", "tanh"],
      "Linear",
    ]);
    const inner = (model.config() as unknown as { layers: { inner: { layers: { type: string }[] } }[] }).layers[2];
    expect(inner?.inner.layers.map(({ type }) => type)).toEqual([
      ...["Conv2d", "BatchNorm2d", "relu", "Conv2d", "BatchNorm2d"],
    ]);
    // Each has weights of its own.
    const seeds = model
      .parameters()
      .filter((parameter) => parameter.peek().rank > 1)
      .map((parameter) => parameter.peek().dataSync()[0]);
    expect(new Set(seeds).size).toBe(6);
  });

  test("each may have an activation of its own", () => {
    const model = buildNetwork({ ...optionsFor("conv 4 5, norm, dense 8"), activation: "tanh,sigmoid" });
    expect(summaryRows(model, [1, 28, 28]).map(({ layer }) => layer)).toEqual([
      "Conv2d",
      "BatchNorm2d",
      "tanh",
      "Flatten",
      "Linear",
      "sigmoid",
      "Linear",
    ]);
  });

  test.each([
    ...named.map(({ layers }) => layers as string),
    "conv 3 4, pool 3 2, average 2 1, norm, mean",
    "pool 5 3, dense 4",
    "conv 3 4, residual(conv 3 3 same, norm, conv 3 3 same, norm), residual(norm), dense 6, residual(dense 6)",
  ])("the sizes in the plan of %s are those of the layers", (layers) => {
    const plan = planOf(optionsFor(layers));
    expect(plan.map(({ outputShape }) => [...outputShape])).toEqual(
      rowsOf(layers).map(({ outputShape }) => outputShape),
    );
  });

  test("dropout is that of dense layers alone, and each has its own stream", () => {
    const model = buildNetwork({
      ...optionsFor("conv 2 5, pool 8, dropout 0.1, dense 8, dropout 0.2, dense 8"),
      dropout: 0.5,
    });
    const types = summaryRows(model, [1, 28, 28]).map(({ layer }) => layer);
    expect(types).toEqual([
      "Conv2d",
      "relu",
      "MaxPool2d",
      "Dropout",
      "Flatten",
      "Linear",
      "relu",
      "Dropout",
      "Dropout",
      "Linear",
      "relu",
      "Dropout",
      "Linear",
    ]);
    const streams = model.buffers().map((buffer) => [...buffer.peek().dataSync()].join());
    expect(new Set(streams).size).toBe(4);
  });

  test("the same layers by hidden sizes and by text are the same network", () => {
    const model = (layers?: string) =>
      buildNetwork({ ...networkOptions({ ...defaults, hidden: [{ units: 9, activation: "relu" }] }), layers });
    expect([...(model().parameters()[0]?.peek().dataSync() ?? [])]).toEqual([
      ...(model("dense 9").parameters()[0]?.peek().dataSync() ?? []),
    ]);
  });
});

describe("networks by name", () => {
  const weights = (name: string): number[] =>
    rowsOf(pick(networks, name).layers ?? "").flatMap(({ parameters }) => (parameters > 0 ? [parameters] : []));

  test("LeNet-5 has the parameters of its layers C1, C3, C5, F6: 61,706 in all", () => {
    expect(weights("lenet5")).toEqual([156, 2416, 48_120, 10_164, 850]);
  });

  test("Nielsen's has 520 in its first convolution", () => {
    // 20 kernels of 5×5 and 20 biases; 40 of 20×5×5; 40×4×4 inputs to 100 units.
    expect(weights("nielsen")).toEqual([520, 40 * 501, 641 * 100, 1010]);
  });

  test("each has a unique name and a description", () => {
    expect(new Set(networks.map(({ name }) => name)).size).toBe(networks.length);
    for (const { about, title } of networks) expect([about, title]).not.toContain("");
  });
});

test("normalization's scales and biases do not decay", () => {
  const model = buildNetwork(optionsFor("conv 2 5, norm, pool 8"));
  const optimizer = buildOptimizer(model, {
    optimizer: "sgd",
    lr: 1,
    schedule: "constant",
    weightDecay: 0.5,
    steps: 1,
    epochs: 1,
  });
  const before = model.parameters().map((parameter) => [...parameter.peek().dataSync()]);
  const still = new Map(model.parameters().map((parameter) => [parameter, parameter.peek().mul(0)]));
  optimizer.step(still);
  model.parameters().forEach((parameter, i) => {
    const factor = parameter.peek().rank > 1 ? 0.5 : 1;
    expect([...parameter.peek().dataSync()]).toEqual(before[i]?.map((value) => Math.fround(value * factor)));
  });
});

test("a model file carries a convolutional network, with its running statistics", async () => {
  const layers = "conv 3 5, norm, pool 4, residual(conv 3 3 same, norm), dense 8";
  const model = buildNetwork(optionsFor(layers));
  const x = uniform([4, 1, 28, 28], { seed: 1 });
  model.forward(x);
  const use = {
    input: { shape: [1, 28, 28], range: [0, 1] },
    classes: [..."0123456789"],
    outputs: "logits",
    loss: "cross-entropy",
  } as const;
  const loaded = readModel("cnn.safetensors", await writeModel(model, use, {}));
  expect(loaded.architecture).toBe("1×28×28-3×24×24-3×6×6-8-10");
  expect(architecture(optionsFor(layers))).toBe(loaded.architecture);
  expect(await loaded.model.forward(x).array()).toEqual(await model.eval().forward(x).array());
});

describe("augmentation as text", () => {
  const images = uniform([3, 784], { seed: 1 });
  test.each([
    ["rotation 10, shift 2", [randomRotation(10), randomShift(2)]],
    ["shift 2 0", [randomShift(2, 0)]],
    ["elastic, flip, erasing 1", [randomElastic(), randomFlip(), randomErasing({ probability: 1 })]],
    ["elastic 9 2, erasing", [randomElastic(9, 2), randomErasing()]],
    ["", []],
  ])("%s", (text, steps) => {
    const [found, expected] = [parseAugment(text), augment(steps)].map((distort) =>
      distort(images, { seed: 5 }).dataSync(),
    );
    expect(found).toEqual(expected);
  });

  test.each([
    ["rotate 10", "pick: name must be one of rotation, zoom, shear, shift, flip, elastic, noise, erasing, got rotate"],
    ["rotation", 'parseAugment: a step must be written as in rotation 10: by -10 to 10 degrees; got "rotation"'],
    ["shift 1 2 3", 'got "shift 1 2 3"'],
    ["zoom much", 'got "zoom much"'],
    ["zoom 2", "randomZoom: factors must be above 0, got -1 to 3"],
  ])("%s is refused", (text, message) => {
    expect(() => parseAugment(text)).toThrow(message);
  });

  test("the usual one is made of rows of the table", () => {
    expect(() => parseAugment(usualAugment)).not.toThrow();
    for (const { about } of distortions) expect(about).toMatch(/^[a-z]+( [\d.]+)*: |^erasing/);
  });
});

test("the command and the program say the layers and the augmentation", () => {
  const e = {
    ...defaults,
    layers: "conv 20 5, norm, pool 2, residual(conv 20 3 same), dense 100",
    augment: "rotation 10, elastic",
    dropout: 0.5,
  };
  expect(toCommand(e, "embedded")).toContain(
    '--layers "conv 20 5, norm, pool 2, residual(conv 20 3 same), dense 100" --activation relu',
  );
  expect(toCommand(e, "embedded")).toContain('--augment "rotation 10, elastic"');
  // A shell would read brackets.
  expect(toCommand({ ...e, layers: "residual(norm)" }, "embedded")).toContain('--layers "residual(norm)"');
  const program = toProgram(e, "embedded");
  for (const line of [
    "images: images.reshape([-1, 1, 28, 28])",
    '  new Conv2d(1, 20, 5, { weight: heNormal(), bias: constant(0), seed: 5 }),\n  new BatchNorm2d(20),\n  relu,\n  new MaxPool2d(2),\n  new Residual([new Conv2d(20, 20, 3, { padding: "same", weight: heNormal(), bias: constant(0), seed: 6 })]),\n  relu,\n  new Flatten(),\n  new Linear(2880, 100, {',
    "const distort = augment([randomRotation(10), randomElastic()]);",
    "transformBatches(minibatches(train.images, train.labels, { size: 64, seed: 1, epoch }), distort, { seed: 1, epoch, backend })",
  ]) {
    expect(program).toContain(line);
  }
  expect(toProgram(defaults, "embedded")).not.toMatch(/augment|reshape|transform/);
});
