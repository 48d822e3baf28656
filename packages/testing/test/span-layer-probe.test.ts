/** The layer probe against what is computed by hand: the statistics by their formulas, the gradients by `valueAndGrad`. */
import { valueAndGrad } from "@dlcc/autograd";
import { constant, heNormal, Linear, normal, relu, Sequential, sigmoid, tanh } from "@dlcc/layers";
import { crossEntropy, mse } from "@dlcc/losses";
import { sgd } from "@dlcc/optim";
import { add, cpu, matmul, Parameter, randn, relu as reluOf, type Tensor, tensor, unscopedTensors } from "@dlcc/tensor";
import { counting } from "@dlcc/testing";
import { fit, type LayerReport, type LayerStatistics, layerProbe, type Model, NonFiniteLossError } from "@dlcc/train";
import { createWasm } from "@dlcc/wasm";
import { describe, expect, test } from "vitest";

const x = randn([40, 3], { seed: 1 });
const y = tensor(Int32Array.from({ length: 40 }, (_, i) => i % 2));
const batches = (): { x: Tensor; y: Tensor }[] => [{ x, y }];

/** What a probe reports when the model takes one step (or more) on the 40 examples, at a rate that changes nothing. */
async function look(model: Model, lr = 0, epochs = 1): Promise<LayerReport[]> {
  const reports: LayerReport[] = [];
  const probe = layerProbe(model, { onReport: (report) => void reports.push(report) });
  await fit({ model, loss: crossEntropy, optimizer: sgd(model.parameters(), { lr }), batches, epochs, probe });
  return reports;
}

const only = async (model: Model): Promise<readonly LayerStatistics[]> => (await look(model))[0]!.layers;

const rms = (values: ArrayLike<number>): number =>
  Math.sqrt(Array.from(values).reduce((sum, v) => sum + v * v, 0) / values.length);

const network = (activation = relu): Sequential =>
  new Sequential([
    new Linear(3, 8, { seed: 1 }),
    activation,
    new Linear(8, 5, { seed: 2 }),
    activation,
    new Linear(5, 2, { seed: 3 }),
  ]);

describe("the layer probe", () => {
  test.each([
    ["relu", relu],
    ["sigmoid", sigmoid],
    ["tanh", tanh],
  ])("finds the layers of a network with %s, in the order in which they run", async (name, activation) => {
    const layers = await only(network(activation));
    expect(layers.map(({ layer }) => layer)).toEqual(["layers.0", "layers.2", "layers.4"]);
    expect(layers.map((layer) => layer.activation)).toEqual([name, name, undefined]);
  });

  test("reports the gradients that valueAndGrad gives: root mean squares, of the biases and of the weights", async () => {
    const model = network();
    const layers = await only(model);
    const { gradients } = valueAndGrad(() => crossEntropy(model.forward(x), y), model.parameters());
    for (const [i, { layer, gradient, weightGradient }] of layers.entries()) {
      const { weight, bias } = model.layers[2 * i] as Linear;
      expect(gradient, layer).toBeCloseTo(rms(await gradients.get(bias!)!.data()), 6);
      expect(weightGradient, layer).toBeCloseTo(rms(await gradients.get(weight)!.data()), 6);
    }
  });

  test("reports mean and standard deviation of what comes out, behind the activation", async () => {
    const model = network(tanh);
    const layers = await only(model);
    const outputs = await tanh((model.layers[0] as Linear).forward(x)).data();
    const mean = [...outputs].reduce((sum, v) => sum + v) / outputs.length;
    expect(layers[0]?.mean).toBeCloseTo(mean, 5);
    expect(layers[0]?.standardDeviation).toBeCloseTo(rms([...outputs].map((v) => v - mean)), 5);
  });

  /** A neuron for each number, which is what goes into its activation, for all examples. */
  const giving = (inputs: number[], activation = relu): Sequential => {
    const layer = new Linear(3, inputs.length, { weight: constant(0), bias: ({ shape }) => tensor(inputs, { shape }) });
    return new Sequential([layer, activation, new Linear(inputs.length, 2, { seed: 1 })]);
  };

  test("counts the ReLUs that are dead, and the zeros", async () => {
    const [layer] = await only(giving([-1, 0, 1, -3, 2]));
    expect(layer?.dead).toBeCloseTo(3 / 5, 6);
    expect(layer?.flat).toBeCloseTo(3 / 5, 6);
  });

  test("a ReLU that fires for one example of an epoch is not dead", async () => {
    const probeOf = async (rows: Tensor[]): Promise<LayerStatistics> => {
      const model = new Sequential([
        new Linear(1, 1, { weight: constant(1), bias: constant(0) }),
        relu,
        new Linear(1, 1, { seed: 1 }),
      ]);
      const reports: LayerReport[] = [];
      const probe = layerProbe(model, { every: 1, onReport: (report) => void reports.push(report) });
      const parts = rows.map((part) => ({ x: part, y: part }));
      await fit({
        model,
        loss: mse,
        optimizer: sgd(model.parameters(), { lr: 0 }),
        batches: () => parts,
        epochs: 1,
        probe,
      });
      return reports[0]!.layers[0]!;
    };
    const [negative, mixed] = [tensor([[-1], [-2]]), tensor([[-1], [2]])];
    expect(await probeOf([negative, negative])).toMatchObject({ dead: 1, flat: 1 });
    expect(await probeOf([negative, mixed])).toMatchObject({ dead: 0, flat: 0.75 });
    expect(await probeOf([mixed, negative])).toMatchObject({ dead: 0, flat: 0.75 });
  });

  // σ'(z) = σ(1 − σ) is at most 1/4; it is 1/40 where σ = (1 + √0.9)/2, at z = 3.637. tanh' = 1 − tanh² is 1/10 at z = 1.818.
  test.each([
    ["sigmoid", sigmoid, 3.637],
    ["tanh", tanh, 1.818],
  ])(
    "a %s is flat where its slope is below a tenth of its largest: from |z| = %3$d on",
    async (_, activation, edge) => {
      const [layer] = await only(giving([0, edge - 0.01, edge + 0.01, -edge - 0.01, 20], activation));
      expect(layer?.flat).toBeCloseTo(3 / 5, 6);
    },
  );

  test("weights and biases by hand, without a Linear", async () => {
    const [w, b] = [
      new Parameter("first.w", randn([3, 4], { seed: 5 })),
      new Parameter("first.b", tensor([-99, 0, 0, 0])),
    ];
    const v = new Parameter("v", randn([4, 2], { seed: 6 }));
    const model = {
      forward: (input: Tensor) => matmul(reluOf(add(matmul(input, w.value), b.value)), v.value),
      parameters: () => [w, b, v],
    };
    const layers = await only(model);
    expect(layers).toMatchObject([
      { layer: "first", activation: "relu", dead: 0.25 },
      { layer: "v", activation: undefined },
    ]);
    // Without a bias it is the weight's gradient that counts.
    expect(layers[1]?.gradient).toBe(layers[1]?.weightGradient);
  });

  test("reports once an epoch, over each sixteenth step from the first", async () => {
    const looked: number[] = [];
    const probe = layerProbe(network(), { onReport: () => {} });
    for (let batch = 1; batch <= 40; batch++) if (probe.wants(1, batch)) looked.push(batch);
    expect(looked).toEqual([1, 17, 33]);
    expect((await look(network(), 0.1, 3)).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
  });

  test("what is trained is the same with it and without, bit for bit", async () => {
    const train = async (looking: boolean): Promise<number[]> => {
      const model = network();
      const probe = layerProbe(model, { every: 1, onReport: () => {} });
      const optimizer = sgd(model.parameters(), { lr: 0.1, momentum: 0.9 });
      await fit({ model, loss: crossEntropy, optimizer, batches, epochs: 5, ...(looking && { probe }) });
      return (await Promise.all(model.parameters().map(async ({ value }) => [...(await value.data())]))).flat();
    };
    expect(await train(true)).toEqual(await train(false));
  });

  test("a deep network of sigmoids, with Nielsen's N(0, 1/n) weights, is told that its gradients vanish; of ReLUs, nothing", async () => {
    const deep = (activation: typeof relu): Sequential =>
      new Sequential([
        new Linear(3, 30, { seed: 1, weight: heNormal(), bias: constant(0) }),
        ...[2, 3, 4, 5].flatMap((seed) => [
          activation,
          new Linear(30, 30, { seed, weight: heNormal(), bias: constant(0) }),
        ]),
        activation,
        new Linear(30, 2, { seed: 6, weight: heNormal(), bias: constant(0) }),
      ]);
    const kinds = async (model: Sequential): Promise<string[]> =>
      (await look(model))[0]!.warnings.map(({ kind, layer }) => `${kind} ${layer}`);
    expect(await kinds(deep(sigmoid))).toEqual(["vanishing layers.0"]);
    expect(await kinds(deep(relu))).toEqual([]);
  });

  test("weights of N(0, 1) saturate sigmoids and make the gradients of a deep ReLU network explode", async () => {
    const wide = randn([40, 100], { seed: 2 });
    const model = (activation: typeof relu, depth: number): Sequential =>
      new Sequential([
        new Linear(100, 50, { seed: 1, weight: normal(), bias: normal() }),
        ...Array.from({ length: depth }, (_, i) => [
          activation,
          new Linear(50, 50, { seed: 2 + i, weight: normal(), bias: normal() }),
        ]).flat(),
      ]);
    const warnings = async (of: Sequential): Promise<string[]> => {
      const reports: LayerReport[] = [];
      const probe = layerProbe(of, { onReport: (report) => void reports.push(report) });
      const optimizer = sgd(of.parameters(), { lr: 0 });
      await fit({ model: of, loss: crossEntropy, optimizer, batches: () => [{ x: wide, y }], epochs: 1, probe });
      return reports[0]!.warnings.map(({ kind, layer }) => `${kind} ${layer}`);
    };
    expect(await warnings(model(sigmoid, 1))).toEqual(["saturated layers.0"]);
    expect(await warnings(model(relu, 5))).toEqual(["exploding layers.0"]);
  });

  test("reports also when the loss becomes no number: that is when it is needed", async () => {
    const model = network();
    const reports: LayerReport[] = [];
    const probe = layerProbe(model, { every: 1, onReport: (report) => void reports.push(report) });
    const optimizer = sgd(model.parameters(), { lr: 1e30 });
    const training = fit({
      model,
      loss: crossEntropy,
      optimizer,
      batches: () => [1, 2, 3].flatMap(batches),
      epochs: 1,
      probe,
      onWarning: () => {},
    });
    await expect(training).rejects.toThrow(NonFiniteLossError);
    expect(reports).toHaveLength(1);
    expect(reports[0]?.warnings[0]?.kind).toBe("exploding");
  });

  test("holds on to nothing, and leaves nothing outside of scopes", async () => {
    const backend = counting(cpu);
    const model = await network().to(backend);
    const batch = { x: await x.to(backend), y: await y.to(backend) };
    const probe = layerProbe(model, { every: 1, onReport: () => {} });
    const optimizer = sgd(model.parameters(), { lr: 0.1 });
    const train = (): Promise<unknown> =>
      fit({ model, loss: crossEntropy, optimizer, batches: () => [batch, batch], epochs: 2, probe });
    await train();
    const [live, unscoped] = [backend.live, unscopedTensors()];
    await train();
    expect([backend.live, unscopedTensors()]).toEqual([live, unscoped]);
  });

  test("sees the same on wasm", async () => {
    const backend = await createWasm({ threads: 1 });
    const model = await network().to(backend);
    const batch = { x: await x.to(backend), y: await y.to(backend) };
    const reports: LayerReport[] = [];
    const probe = layerProbe(model, { onReport: (report) => void reports.push(report) });
    await fit({
      model,
      loss: crossEntropy,
      optimizer: sgd(model.parameters(), { lr: 0 }),
      batches: () => [batch],
      epochs: 1,
      probe,
    });
    for (const [i, layer] of (await only(network())).entries()) {
      for (const [name, value] of Object.entries(layer)) {
        const seen = reports[0]?.layers[i]?.[name as keyof LayerStatistics];
        if (typeof value === "number") expect(seen, name).toBeCloseTo(value, 5);
        else expect(seen).toBe(value);
      }
    }
  });

  test("refuses a number of steps that is none", () => {
    for (const every of [0, 1.5, Number.NaN]) {
      expect(() => layerProbe(network(), { every, onReport: () => {} })).toThrow(
        /layerProbe: every must be a whole number of steps/,
      );
    }
  });
});
