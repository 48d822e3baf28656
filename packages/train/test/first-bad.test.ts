import { Parameter, pow, type Tensor, tensor } from "@dlcc/tensor";
import { type Batch, type FitOptions, firstBad, fit, NonFiniteLossError, type StepOptimizer } from "@dlcc/train";
import { describe, expect, test } from "vitest";

/** `y = w₂ · w₁ x`. */
function network(first: number, second: number): { model: FitOptions["model"]; parameters: Parameter[] } {
  const parameters = [new Parameter("first", tensor([[first]])), new Parameter("second", tensor([[second]]))];
  const forward = (x: Tensor): Tensor => parameters.reduce((value, { value: w }) => value.matmul(w), x);
  return { model: { forward, parameters: () => parameters }, parameters };
}

const loss = (outputs: Tensor, targets: Tensor): Tensor => pow(outputs.sub(targets), 2).mean();

/** Gradient descent by hand. */
const descent = (rate: number): StepOptimizer => ({
  step: (gradients) => {
    for (const [parameter, gradient] of gradients) parameter.value = parameter.value.sub(gradient.mul(rate));
  },
});

const batch = (x: number): Batch => ({ x: tensor([[x]]), y: tensor([[0]]) });

/** `y = f(calls) w x`, where a buffer counts the forward passes. */
function counting(factor: (calls: number) => number): { model: FitOptions["model"]; calls: Parameter } {
  const [w, calls] = [new Parameter("w", tensor([[1]])), new Parameter("calls", tensor(0))];
  const forward = (x: Tensor): Tensor => {
    const before = calls.value.dataSync()[0] ?? Number.NaN;
    calls.value = tensor(before + 1);
    return x.mul(factor(before + 1)).matmul(w.value);
  };
  return { model: { forward, parameters: () => [w], buffers: () => [calls] }, calls };
}

async function failure(options: Pick<FitOptions, "model" | "optimizer" | "batches">): Promise<NonFiniteLossError> {
  const error = await fit({ ...options, loss, epochs: 1, explain: firstBad, onWarning: () => {} }).catch(
    (e: unknown) => e,
  );
  expect(error).toBeInstanceOf(NonFiniteLossError);
  return error as NonFiniteLossError;
}

describe("what went bad first, when the loss becomes NaN or infinite", () => {
  test("the data", async () => {
    const { model } = network(1, 1);
    const batches = () => [batch(1), batch(1), batch(Number.NaN), batch(1)];
    const error = await failure({ model, optimizer: descent(0.01), batches });
    expect(error).toMatchObject({ epoch: 1, batch: 3, tensor: "the x of the batch, float32 [1,1]" });
  });

  test("a result of the forward pass, named by its op and parameter", async () => {
    const { model } = network(1, 1e20); // 1e20 · 1e19 is more than float32 holds
    const error = await failure({ model, optimizer: descent(0), batches: () => [batch(1e-20), batch(1e19)] });
    expect(error.batch).toBe(2);
    expect(error.tensor).toMatch(/^the result of matmul with second, float32 \[1,1\]$/);
    expect(error.message).toContain(`What went bad first: ${error.tensor}.`);
  });

  test("a gradient in the step before, where the loss was fine", async () => {
    const { model } = network(1e18, 1e-18); // o = x: the loss is 1e30, and ∂C/∂w₂ = 2 o w₁ x = 2e48
    const batches = () => [batch(1e-15), batch(1e15), batch(1)];
    const error = await failure({ model, optimizer: descent(1e-30), batches });
    expect(error.batch).toBe(3);
    expect(error.tensor).toBe("the result of matmul, float32 [1,1]");
  });

  test("a result that depends on a buffer: the steps are done again with the buffers of then", async () => {
    const { model } = counting((calls) => (calls === 2 ? Number.POSITIVE_INFINITY : 1));
    const error = await failure({ model, optimizer: descent(0.01), batches: () => [batch(1), batch(1), batch(1)] });
    expect(error).toMatchObject({ batch: 2, tensor: "the result of mul, float32 [1,1]" });
  });

  test("it is not said, rather than wrongly, where the batches can't be had again", async () => {
    const { model } = network(1, 1);
    const once = [batch(1), batch(Number.NaN)].values();
    const error = await failure({ model, optimizer: descent(0.01), batches: () => once });
    expect(error).toMatchObject({ batch: 2, tensor: undefined });
    expect(error.message).not.toContain("What went bad first");
  });
});

test("nothing is looked for unless it is asked for: the error says how", async () => {
  const { model } = network(1, 1);
  const batches = () => [batch(1), batch(Number.NaN)];
  const error = await fit({ model, optimizer: descent(0.01), batches, loss, epochs: 1 }).catch((e: unknown) => e);
  expect(error).toMatchObject({ epoch: 1, batch: 2, tensor: undefined });
  expect((error as Error).message).toMatch(/with \{ explain: firstBad \} fit names the tensor that went bad first/);
});

describe("after a loss that is NaN or infinite", () => {
  test("parameters and optimizer are where they were at the last good reading", async () => {
    const { model, parameters } = network(1, 1);
    let remembered = 0;
    const optimizer: StepOptimizer = {
      step: (gradients) => {
        remembered++;
        descent(0.01).step(gradients);
      },
      stateDict: () => ({ remembered: tensor(remembered) }),
      loadStateDict: async (state) => {
        remembered = (await state.remembered?.item()) ?? Number.NaN;
      },
    };
    await failure({ model, optimizer, batches: () => [batch(1), batch(Number.NaN), batch(1)] });
    expect(remembered).toBe(0);
    expect(await Promise.all(parameters.map(({ value }) => value.item()))).toEqual([1, 1]);
  });

  test("the model's buffers are there, too", async () => {
    const { model, calls } = counting(() => 1);
    await failure({ model, optimizer: descent(0.01), batches: () => [batch(1), batch(Number.NaN), batch(1)] });
    expect(await calls.value.item()).toBe(0);
  });
});
