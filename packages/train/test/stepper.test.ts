import { add, max, Parameter, pow, randn, slice, type Tensor, tanh, tensor, tidy } from "@dlcc/tensor";
import { type Batch, createStepper, fit, type Gradients, type Model, type StepOptimizer } from "@dlcc/train";
import { describe, expect, test } from "vitest";

const meanSquare = (outputs: Tensor, targets: Tensor): Tensor => pow(outputs.sub(targets), 2).mean();

/** v → v − ηg, by hand. */
const descent = (lr: number): StepOptimizer => ({
  step: (gradients) => {
    tidy(() => {
      for (const [parameter, gradient] of gradients) parameter.value = parameter.value.sub(gradient.mul(lr));
    });
    for (const gradient of gradients.values()) gradient.dispose();
  },
});

/** Two layers: `tanh(x W + b) V`. */
function network(): Model & { readonly cells: readonly Parameter[] } {
  const cells = [
    new Parameter("W", randn([3, 5], { seed: 1 })),
    new Parameter("b", randn([5], { seed: 2 })),
    new Parameter("V", randn([5, 2], { seed: 3 })),
  ];
  const forward = (x: Tensor): Tensor => {
    const [W, b, V] = cells.map(({ value }) => value);
    return tanh(add(x.matmul(W!), b!)).matmul(V!);
  };
  return { cells, forward, parameters: () => cells };
}

const bytesOf = async ({ cells }: ReturnType<typeof network>): Promise<Uint8Array[]> =>
  Promise.all(cells.map(async ({ value }) => new Uint8Array((await value.data()).slice().buffer)));

/** The last one is smaller than the others. */
function batches(count: number, size = 4): Batch[] {
  const rows = count * size - 1;
  const [x, y] = [randn([rows, 3], { seed: 4 }), randn([rows, 2], { seed: 5 })];
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [i * size, Math.min(rows, (i + 1) * size)];
    return { x: slice(x, [from, to]), y: slice(y, [from, to]) };
  });
}

const halved = (gradients: Gradients): Gradients =>
  new Map([...gradients].map(([parameter, gradient]) => [parameter, gradient.mul(0.5)]));

const parts = (model: Model = network()) => ({ model, loss: meanSquare, optimizer: descent(0.1) });

describe("a stepper", () => {
  test("in a loop by hand gives the weights that fit gives, byte for byte", async () => {
    const [fitted, stepped] = [network(), network()];
    const options = { metrics: { largest: (outputs: Tensor) => max(outputs) }, transform: halved };
    const reports = await fit({ ...parts(fitted), ...options, batches: () => batches(20), epochs: 3 });
    const stepper = createStepper({ ...parts(stepped), ...options });
    for (let epoch = 1; epoch <= 3; epoch++) for (const batch of batches(20)) stepper.step(batch);
    expect(await bytesOf(stepped)).toEqual(await bytesOf(fitted));
    const examples = (await stepper.read()).reduce((sum, figures) => sum + figures.examples, 0);
    expect(examples).toBe(reports.reduce((sum, report) => sum + report.examples, 0));
  });

  test("gives each step's loss and metrics, as they were before the step, in order", async () => {
    const model = network();
    const stepper = createStepper({ ...parts(model), metrics: { largest: (outputs) => max(outputs) } });
    const expected: unknown[] = [];
    for (const batch of batches(3)) {
      const outputs = model.forward(batch.x);
      const [loss, largest] = [meanSquare(outputs, batch.y), max(outputs)].map((scalar) => scalar.dataSync()[0]);
      expected.push({ loss, metrics: { largest }, examples: batch.x.shape[0] });
      stepper.step(batch);
    }
    expect(await stepper.read()).toEqual(expected);
    expect(await stepper.read()).toEqual([]);
  });

  test("is due to be read after 16 steps", async () => {
    const stepper = createStepper(parts());
    const due = batches(17).map((batch) => {
      stepper.step(batch);
      return stepper.readDue;
    });
    expect(due).toEqual([...new Array<boolean>(15).fill(false), true, true]);
    expect(await stepper.read()).toHaveLength(17);
    expect(stepper.readDue).toBe(false);
  });

  test("shows a step to a probe: the forward pass, and the gradients before transform", async () => {
    const seen: unknown[] = [];
    const stepper = createStepper({ ...parts(), transform: halved });
    const [batch] = batches(1);
    stepper.step(batch!, {
      forward: (run) => {
        const outputs = run();
        seen.push(outputs.shape);
        return outputs;
      },
      gradients: (gradients) => void seen.push(Array.from(gradients.keys(), ({ name }) => name)),
    });
    stepper.step(batch!, {});
    stepper.step(batch!);
    expect(seen).toEqual([
      [3, 2],
      ["W", "b", "V"],
    ]);
    expect(await stepper.read()).toHaveLength(3);
  });

  test("leaves the mode of the model as it is", () => {
    const modes: string[] = [];
    const model = { ...network(), training: false, train: () => modes.push("train"), eval: () => modes.push("eval") };
    createStepper(parts(model)).step(batches(1)[0]!);
    expect(modes).toEqual([]);
  });

  describe("frees the figures of its steps, which outlive a scope of the caller's,", () => {
    const run = (metric: (outputs: Tensor) => Tensor) => {
      const made: Tensor[] = [];
      const metrics = { metric: (outputs: Tensor) => made[made.push(metric(outputs)) - 1]! };
      const stepper = createStepper({ ...parts(), metrics });
      tidy(() => batches(3).forEach((batch) => void stepper.step(batch)));
      const expectFreed = (): void => {
        expect(made).toHaveLength(3);
        for (const tensor of made) expect(() => tensor.dataSync()).toThrow(/disposed/);
      };
      return { stepper, expectFreed };
    };

    test("when they are read", async () => {
      const { stepper, expectFreed } = run((outputs) => max(outputs));
      expect(await stepper.read()).toHaveLength(3);
      expectFreed();
    });

    test("when they are discarded", async () => {
      const { stepper, expectFreed } = run((outputs) => max(outputs));
      stepper.discard();
      expectFreed();
      expect(await stepper.read()).toEqual([]);
    });

    test("when they can't be read", async () => {
      const { stepper, expectFreed } = run((outputs) => outputs.mul(1));
      await expect(stepper.read()).rejects.toThrow(/item/);
      expectFreed();
      expect(await stepper.read()).toEqual([]);
    });
  });

  test.each(["model", "loss", "optimizer"])("can't be made without %s", (part) => {
    expect(() => createStepper({ ...parts(), [part]: undefined })).toThrow(
      `createStepper: ${part} must be given: it takes { model, loss, optimizer }`,
    );
  });
});

test("an optimizer may refuse gradients that are transformed", () => {
  const { optimizer, ...others } = parts();
  const refusing = Object.assign(optimizer, {
    refuseTransform(): never {
      throw new Error("no transform");
    },
  });
  expect(() => createStepper({ ...others, optimizer: refusing, transform: (gradients) => gradients })).toThrow(
    "no transform",
  );
  expect(() => createStepper({ ...others, optimizer: refusing })).not.toThrow();
});

test("a step that fails leaves nothing to read", async () => {
  const stepper = createStepper(parts());
  expect(() => stepper.step({ x: tensor([[1]]), y: tensor([[1]]) })).toThrow(/matmul/);
  expect(await stepper.read()).toEqual([]);
});
