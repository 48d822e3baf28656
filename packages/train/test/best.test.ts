import { Parameter, pow, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type EpochReport, fit, type Gradients, type KeepBestOptions, keepBest } from "../src/index.ts";

/** A model that counts: w is 1 after the first epoch, 2 after the second. */
function counting() {
  const w = new Parameter("w", tensor(0));
  const model = { w, forward: (x: Tensor) => x.mul(w.value), parameters: () => [w] };
  const optimizer = {
    step: (gradients: Gradients) => {
      w.value = tidy(() => w.value.add(1));
      for (const gradient of gradients.values()) gradient.dispose();
    },
  };
  return { model, optimizer };
}

/** Trains with these validation losses. */
async function train(losses: readonly number[], options: KeepBestOptions = {}) {
  const { model, optimizer } = counting();
  const best = keepBest(model, options);
  const batch = { x: tensor([1]), y: tensor([0]) };
  const reports = await fit({
    model,
    optimizer,
    loss: (outputs, targets) => pow(outputs.sub(targets), 2).mean(),
    batches: () => [batch],
    epochs: losses.length,
    validate: async (epoch) => ({
      loss: losses[epoch - 1]!,
      metrics: { accuracy: 1 - losses[epoch - 1]! },
      examples: 1,
    }),
    best,
  });
  return { epochs: reports.length, best: best.epoch, w: await model.w.value.item() };
}

describe("keepBest", () => {
  test("leaves the model with the values of its best epoch", async () => {
    expect(await train([0.5, 0.3, 0.4, 0.35])).toEqual({ epochs: 4, best: 2, w: 2 });
  });

  test("of epochs that are equally good, the first is the best", async () => {
    expect(await train([0.5, 0.3, 0.3])).toEqual({ epochs: 3, best: 2, w: 2 });
  });

  test("ends training after so many epochs without a better one", async () => {
    expect(await train([0.5, 0.3, 0.4, 0.2, 0.9, 0.8, 0.1], { patience: 2 })).toEqual({ epochs: 6, best: 4, w: 4 });
  });

  test("may go by another figure, of which the higher is the better", async () => {
    const by = ({ validation }: EpochReport): number => validation?.metrics.accuracy ?? 0;
    expect(await train([0.5, 0.3, 0.4], { by, better: "higher" })).toEqual({ epochs: 3, best: 2, w: 2 });
  });

  test("takes the loss of training where nothing is validated", async () => {
    const { model } = counting();
    const best = keepBest(model);
    for (const [i, loss] of [3, 1, 2].entries()) {
      await best.see({ epoch: i + 1, loss, metrics: {}, examples: 1, validation: undefined, seconds: 0 });
    }
    expect(best.epoch).toBe(2);
  });

  test("NaN is never the best, and patience counts from the beginning then", async () => {
    expect(await train([Number.NaN, Number.NaN, Number.NaN], { patience: 2 })).toEqual({
      epochs: 2,
      best: undefined,
      w: 2,
    });
    expect(await train([Number.NaN, 0.5, Number.NaN])).toEqual({ epochs: 3, best: 2, w: 2 });
  });

  test("calls onBest with the model as it is at each new best", async () => {
    const seen: number[] = [];
    const { model, optimizer } = counting();
    const losses = [0.5, 0.6, 0.4];
    const best = keepBest(model, { onBest: async () => void seen.push(await model.w.value.item()) });
    const validate = async (epoch: number) => ({ loss: losses[epoch - 1]!, metrics: {}, examples: 1 });
    const batch = { x: tensor([1]), y: tensor([0]) };
    const loss = (outputs: Tensor): Tensor => outputs.mean();
    await fit({ model, optimizer, loss, batches: () => [batch], epochs: 3, validate, best });
    expect(seen).toEqual([1, 3]);
  });

  test("its state goes on in another process: the best epoch and its values", async () => {
    const one = counting();
    const best = keepBest(one.model, { patience: 3 });
    one.model.w.value = tensor(7);
    await best.see({ epoch: 4, loss: 0.1, metrics: {}, examples: 1, validation: undefined, seconds: 0 });
    const other = counting();
    const again = keepBest(other.model, { patience: 3 });
    await again.loadStateDict?.(best.stateDict?.() ?? {});
    await again.loadState?.(JSON.parse(JSON.stringify(best.state?.())));
    expect([again.epoch, again.isOver(6), again.isOver(7)]).toEqual([4, false, true]);
    again.restore();
    expect(await other.model.w.value.item()).toBe(7);
  });

  test.each([[0], [1.5], [-1]])("refuses a patience of %d", (patience) => {
    expect(() => keepBest(counting().model, { patience })).toThrow(
      /keepBest: patience must be a whole number of epochs from 1/,
    );
  });
});
