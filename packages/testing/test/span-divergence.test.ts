/** What goes wrong without a NaN, or makes one in a way that is well known: `fit` and its probe say what it is, and what to do. */
import { Linear, relu, Sequential, sigmoid, softmax } from "@dlcc/layers";
import { binaryCrossEntropy, crossEntropy, mse } from "@dlcc/losses";
import { adam, type Optimizer, sgd } from "@dlcc/optim";
import {
  debug,
  log,
  type Parameter,
  randn,
  sqrt,
  type Tensor,
  tensor,
  uniform,
  unscopedTensors,
  where,
} from "@dlcc/tensor";
import {
  type DivergenceWarning,
  firstBad,
  fit,
  type LayerWarning,
  type Loss,
  layerProbe,
  type Model,
} from "@dlcc/train";
import { describe, expect, test, vi } from "vitest";

const features = (scale: number): Tensor => uniform([256, 8], { seed: 1 }).mul(scale);
const sums = features(1).sum(1, { keepDims: true });
const labels = tensor(
  Int32Array.from(sums.dataSync(), (v) => Number(v > 4)),
  { dtype: "int32" },
);
const network = (outputs: number): Sequential =>
  new Sequential([new Linear(8, 16, { seed: 1 }), relu, new Linear(16, outputs, { seed: 2 })]);
type Rule = (parameters: Iterable<Parameter>) => Optimizer;
const descent =
  (lr: number): Rule =>
  (parameters) =>
    sgd(parameters, { lr });

/** The warnings of `fit` in three epochs of eight steps. */
async function warnings(model: Model, loss: Loss, x: Tensor, y: Tensor, rule: Rule): Promise<DivergenceWarning[]> {
  const found: DivergenceWarning[] = [];
  const optimizer = rule(model.parameters());
  const batches = (): { x: Tensor; y: Tensor }[] => Array.from({ length: 8 }, () => ({ x, y }));
  await fit({ model, loss, optimizer, batches, epochs: 3, onWarning: (warning) => void found.push(warning) });
  return found;
}

describe("fit notices a loss that stays finite and does not fall", () => {
  // 2 / λ, beyond which steps diverge, is about 2e-9 for the first: there it does so slowly enough to stay finite.
  test.each([
    ["mean square error", () => new Linear(8, 1, { seed: 1 }), mse, sums, 4e-9],
    ["cross-entropy", () => network(2), crossEntropy, labels, 0.3],
  ] as const)("features up to 17,000, with %s", async (_, model, loss, y, lr) => {
    const [warning, ...others] = await warnings(model(), loss, features(17_000), y, descent(lr));
    expect(others).toEqual([]);
    expect(warning).toMatchObject({ kind: "diverging", epoch: 1 });
    // The root mean square of numbers from 0 to 17,000 is 17,000 / √3 = 9,815.
    expect(warning?.found).toMatch(
      /^the loss has grown from .* to .*e\+\d+ in epoch 1, batch \d, and the root mean square of the inputs is 9\.8\de\+3$/,
    );
    expect(warning?.advice).toContain("scale the inputs");
  });

  test("inputs that are large, where the loss has not fallen by much in an epoch", async () => {
    const tiny = descent(1e-12);
    const [warning] = await warnings(network(2), crossEntropy, features(17_000), labels, tiny);
    expect(warning).toMatchObject({ kind: "unscaled", epoch: 1, batch: 8 });
    expect(warning?.advice).toContain("scale the inputs");
  });

  test("a rate that is too large for inputs that are scaled", async () => {
    const [warning] = await warnings(new Linear(8, 1, { seed: 1 }), mse, features(1), sums, descent(0.8));
    expect(warning).toMatchObject({ kind: "diverging" });
    expect(warning?.advice).toMatch(/^use a smaller learning rate/);
  });

  test.each([
    ["scaled inputs, a usual rate", mse, sums, 1, descent(0.05)],
    ["a rate that is too small", mse, sums, 1, descent(1e-9)],
    ["bold steps that come back", mse, sums, 1, (p: Iterable<Parameter>) => adam(p, { lr: 0.3 })],
    ["classes", crossEntropy, labels, 2, descent(0.5)],
  ] as const)("but says nothing of %s", async (_, loss, y, outputs, rule) => {
    expect(await warnings(network(outputs), loss, features(1), y, rule)).toEqual([]);
  });

  test("nor of a loss that begins at 0, or below: that gives no measure", async () => {
    const silent = new Linear(8, 1, { seed: 1 });
    const levels = [0, 5, -1, 5];
    let step = 0;
    const loss = (outputs: Tensor): Tensor =>
      outputs
        .mean()
        .mul(0)
        .add(levels[step++] ?? 5);
    expect(await warnings(silent, loss, features(1), sums, descent(0.1))).toEqual([]);
    step = 2;
    expect(await warnings(silent, loss, features(1), sums, descent(0.1))).toEqual([]);
  });

  test("and prints it where nobody asks for warnings", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const model = new Linear(8, 1, { seed: 1 });
    const batches = () => Array.from({ length: 20 }, () => ({ x: features(1), y: sums }));
    const before = unscopedTensors();
    await fit({ model, loss: mse, optimizer: sgd(model.parameters(), { lr: 0.8 }), batches, epochs: 1 });
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/^fit: the loss has grown from .*: use a smaller/)]]);
    expect(unscopedTensors()).toBe(before);
    warn.mockRestore();
  });
});

/** What a probe says of one step. */
async function diagnosis(model: Model, loss: Loss, x: Tensor, y: Tensor): Promise<LayerWarning[]> {
  const found: LayerWarning[] = [];
  const probe = layerProbe(model, { onReport: (report) => void found.push(...report.warnings) });
  const optimizer = sgd(model.parameters(), { lr: 0.001 });
  await fit({ model, loss, optimizer, batches: () => [{ x, y }], epochs: 1, probe, onWarning: () => {} });
  return found;
}
const kinds = async (...args: Parameters<typeof diagnosis>): Promise<string[]> =>
  (await diagnosis(...args)).map(({ kind, layer }) => `${kind} ${layer}`);

describe("the layer probe", () => {
  const answers = sums.greater(4).cast("float32");
  const ended = (outputs: number, ...end: Sequential["layers"]): Sequential =>
    new Sequential([...network(outputs).layers, ...end]);

  test("finds inputs that are not scaled", async () => {
    expect(await kinds(network(2), crossEntropy, features(17_000), labels)).toContain("unscaled layers.0");
    expect(await kinds(network(2), crossEntropy, features(1), labels)).toEqual([]);
  });

  test("finds a softmax that the loss applies once more", async () => {
    const found = await diagnosis(ended(2, softmax), crossEntropy, features(1), labels);
    expect(found).toMatchObject([{ kind: "probabilities", layer: "layers.2" }]);
    expect(found[0]?.advice).toBe("the loss takes logits: leave out the softmax at the network's end");
  });

  test("finds a sigmoid that the loss applies once more", async () => {
    const found = await diagnosis(ended(1, sigmoid), binaryCrossEntropy, features(1), answers);
    expect(found).toMatchObject([{ kind: "probabilities", layer: "layers.2" }]);
  });

  test("has nothing against a softmax or sigmoid before a loss that takes probabilities", async () => {
    expect(await kinds(ended(1, sigmoid), mse, features(1), answers)).toEqual([]);
    expect(await kinds(ended(2, softmax), mse, features(1), features(1).matmul(randn([8, 2], { seed: 1 })))).toEqual(
      [],
    );
  });
});

/** The message with which training ends. */
async function failure(forward: (x: Tensor, w: Tensor) => Tensor, x: Tensor): Promise<string> {
  const model = new Linear(1, 1, { seed: 1, bias: false });
  const loss = (outputs: Tensor): Tensor => outputs.mean();
  const optimizer = sgd(model.parameters(), { lr: 0.1 });
  const watched: Model = {
    forward: (input) => forward(input, model.weight.value),
    parameters: () => model.parameters(),
    namedParameters: () => model.namedParameters(),
  };
  const batches = (): { x: Tensor; y: Tensor }[] => Array.from({ length: 3 }, () => ({ x, y: x }));
  const error = await fit({ model: watched, loss, optimizer, batches, epochs: 1, explain: firstBad }).catch(
    (e: unknown) => e,
  );
  return (error as Error).message;
}

describe("a loss that becomes NaN", () => {
  const x = tensor([[0], [1], [2]]);

  test("is explained where a branch of where that is not taken is infinite", async () => {
    const message = await failure((input, w) => {
      const z = input.mul(w.mul(w));
      return where(z.greater(0), log(z), 0).add(z);
    }, x);
    expect(message).toContain("What went bad first: the result of log, float32 [3,1].");
    expect(message).toContain("0 · ∞ is NaN: guard the input");
  });

  test("is explained where its derivative is", async () => {
    const message = await failure((input, w) => {
      const z = input.mul(w.mul(w));
      return where(z.greater(0), sqrt(z), 0).add(z);
    }, x);
    expect(message).toContain("0 · ∞ is NaN: guard the input");
  });

  test("is not blamed on a where that is guarded", async () => {
    const message = await failure((input, w) => {
      const z = input.mul(w.mul(w));
      const safe = where(z.greater(0), where(z.greater(0), z, 1).log(), 0);
      return safe.mul(1e30).mul(1e30);
    }, x);
    expect(message).toContain("What went bad first: the result of mul");
    expect(message).not.toContain("guard the input");
    expect(message).toContain("Use a smaller learning rate, and scale the inputs");
  });

  test("names the line that made the tensor, with debug on", async () => {
    debug(true);
    try {
      const message = await failure((input, w) => log(input.mul(w).mul(0)), x);
      expect(message).toMatch(/the result of log, float32 \[3,1\], made by log at .*span-divergence\.test\.ts:\d+:\d+/);
    } finally {
      debug(false);
    }
  });
});

test("targets outside 0 to 1 are refused by a binary cross-entropy, with the way out", async () => {
  const model = network(1);
  const training = fit({
    model,
    loss: binaryCrossEntropy,
    optimizer: sgd(model.parameters(), { lr: 0.1 }),
    batches: () => [{ x: features(1), y: sums.mul(255) }],
    epochs: 1,
  });
  await expect(training).rejects.toThrow(
    /^binaryCrossEntropy: targets must be probabilities, from 0 to 1, got .*: scale them/,
  );
});
