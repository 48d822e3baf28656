import { valueAndGrad } from "@dlcc/autograd";
import { max, Parameter, pow, randn, slice, type Tensor, tensor, tidy } from "@dlcc/tensor";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Batch,
  type EpochReport,
  evaluate,
  firstBad,
  fit,
  type Gradients,
  NonFiniteLossError,
  type Progress,
} from "../src/index.ts";

/** y = w x, to be learned from y = 3x. */
function line(): { w: Parameter; forward: (x: Tensor) => Tensor; parameters: () => Parameter[] } {
  const w = new Parameter("w", tensor([[0.5]]));
  return { w, forward: (x) => x.matmul(w.value), parameters: () => [w] };
}

const meanSquare = (outputs: Tensor, targets: Tensor): Tensor => pow(outputs.sub(targets), 2).mean();

/** v → v − ηg, by hand. */
const descent = (lr: number): { step: (gradients: Gradients) => void } => ({
  step: (gradients) => {
    tidy(() => {
      for (const [parameter, gradient] of gradients) parameter.value = parameter.value.sub(gradient.mul(lr));
    });
    for (const gradient of gradients.values()) gradient.dispose();
  },
});

function batches(count = 20, size = 4): Batch[] {
  const x = randn([count * size, 1], { seed: 1 });
  return Array.from({ length: count }, (_, i) => {
    const rows = slice(x, [i * size, (i + 1) * size]);
    return { x: rows, y: rows.mul(3) };
  });
}

describe("fit", () => {
  test("gives the numbers of the loop by hand", async () => {
    const [fitted, byHand] = [line(), line()];
    await fit({ model: fitted, loss: meanSquare, optimizer: descent(0.1), batches: () => batches(), epochs: 3 });
    const optimizer = descent(0.1);
    for (let epoch = 0; epoch < 3; epoch++) {
      for (const { x, y } of batches()) {
        const { gradients } = valueAndGrad(() => meanSquare(byHand.forward(x), y), byHand.parameters());
        optimizer.step(gradients);
      }
    }
    expect(await fitted.w.value.item()).toBe(await byHand.w.value.item());
  });

  test("learns", async () => {
    const model = line();
    await fit({ model, loss: meanSquare, optimizer: descent(0.1), batches: () => batches(), epochs: 10 });
    expect(await model.w.value.item()).toBeCloseTo(3, 4);
  });

  test("reports the mean loss and metrics of each epoch, over the examples", async () => {
    const model = line();
    const uneven = [
      { x: tensor([[1], [1], [1]]), y: tensor([[0], [0], [0]]) },
      { x: tensor([[2]]), y: tensor([[0]]) },
    ];
    const still = {
      step: (gradients: Gradients) => void [...gradients.values()].map((gradient) => gradient.dispose()),
    };
    const reports = await fit({
      model,
      loss: meanSquare,
      optimizer: still,
      batches: () => uneven,
      epochs: 2,
      metrics: { largest: (outputs) => max(outputs) },
    });
    // Three losses of (½)² and one of 1²; three outputs of ½ and one of 1.
    expect(reports.map(({ epoch, loss, metrics, examples }) => ({ epoch, loss, metrics, examples }))).toEqual(
      [1, 2].map((epoch) => ({
        epoch,
        loss: (3 * 0.25 + 1) / 4,
        metrics: { largest: (3 * 0.5 + 1) / 4 },
        examples: 4,
      })),
    );
  });

  test("asks for the batches of each epoch by its number, and goes on where firstEpoch says", async () => {
    const asked: number[] = [];
    const run = { model: line(), loss: meanSquare, optimizer: descent(0.1), epochs: 5 };
    const ask = (epoch: number): Batch[] => {
      asked.push(epoch);
      return batches(1);
    };
    await fit({ ...run, batches: ask, firstEpoch: 3 });
    expect(asked).toEqual([3, 4, 5]);
  });

  test("hands validation's figures and each report on", async () => {
    const model = line();
    const seen: EpochReport[] = [];
    await fit({
      model,
      loss: meanSquare,
      optimizer: descent(0.1),
      batches: () => batches(),
      epochs: 2,
      validate: () => evaluate({ model, loss: meanSquare, batches: batches(2) }),
      onEpoch: (report) => void seen.push(report),
    });
    expect(seen.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect(seen[1]!.validation!.loss).toBeLessThan(seen[0]!.validation!.loss);
    expect(seen[0]!.validation!.examples).toBe(8);
  });

  test("tells of its progress: how many batches, and the figures so far", async () => {
    const seen: Progress[] = [];
    const run = { model: line(), loss: meanSquare, optimizer: descent(0.1), epochs: 1 };
    await fit({ ...run, batches: () => batches(40), onProgress: (progress) => void seen.push(progress) });
    expect(seen.at(-1)).toMatchObject({ epoch: 1, batch: 40, examples: 160 });
    expect(seen.length).toBeGreaterThanOrEqual(3); // At least every 16 steps.
  });

  test("hands gradients through transform before the step", async () => {
    const model = line();
    const nothing = (gradients: Gradients): Gradients =>
      new Map([...gradients].map(([parameter, gradient]) => [parameter, gradient.mul(0)]));
    const run = { model, loss: meanSquare, optimizer: descent(0.1), batches: () => batches(), epochs: 1 };
    await fit({ ...run, transform: nothing });
    expect(await model.w.value.item()).toBe(0.5);
  });

  test("ends after the step under way when it is asked to, and reports the epochs that were completed", async () => {
    const stop = new AbortController();
    let steps = 0;
    function* counted(): Generator<Batch> {
      for (const batch of batches(10)) {
        if (++steps === 15) stop.abort();
        yield batch;
      }
    }
    const run = { model: line(), loss: meanSquare, optimizer: descent(0.1), epochs: 9, batches: counted };
    const reports = await fit({ ...run, signal: stop.signal });
    expect([reports.length, steps]).toEqual([1, 15]);
  });

  describe("on a clock of the test's own", () => {
    const realTimeout = setTimeout;
    const promisesSettled = (): Promise<void> => new Promise((resolve) => void realTimeout(resolve));
    let now = 0;
    beforeEach(() => {
      vi.useFakeTimers({ toFake: ["setTimeout"] });
      vi.spyOn(performance, "now").mockImplementation(() => now);
    });
    afterEach(() => {
      vi.restoreAllMocks();
      vi.useRealTimers();
    });

    test("lets timers have their turn every 50 ms", async () => {
      let steps = 0;
      const slow = (outputs: Tensor, targets: Tensor): Tensor => {
        steps++;
        now += 10;
        return meanSquare(outputs, targets);
      };
      const run = { model: line(), loss: slow, optimizer: descent(0.01), batches: () => batches(20), epochs: 1 };
      const trained = fit(run);
      // It goes on when a timer of its own has run, and not before: then others have had their turn.
      const turns: number[] = [];
      for (let turn = 0; turn < 4; turn++) {
        await promisesSettled();
        turns.push(steps);
        vi.advanceTimersToNextTimer();
      }
      expect(turns).toEqual([5, 10, 15, 20]);
      expect(await trained).toMatchObject([{ epoch: 1, seconds: 0.2 }]);
    });
  });
});

describe("batches that come while they are learned from", () => {
  /** As an async iterable, which has closed when its loop is over. */
  function streamed(items: readonly Batch[]): { batches: () => AsyncGenerator<Batch>; closed: () => number } {
    let closed = 0;
    async function* generate(): AsyncGenerator<Batch> {
      try {
        for (const item of items) {
          await new Promise((resolve) => setTimeout(resolve));
          yield item;
        }
      } finally {
        closed++;
      }
    }
    return { batches: generate, closed: () => closed };
  }

  test("give the weights that they give at hand, and an epoch ends with them", async () => {
    const [fitted, streaming] = [line(), line()];
    const common = { loss: meanSquare, optimizer: descent(0.1), epochs: 3 };
    await fit({ ...common, model: fitted, batches: () => batches() });
    const { batches: stream, closed } = streamed(batches());
    const reports = await fit({ ...common, model: streaming, batches: stream });
    expect(reports.map(({ examples }) => examples)).toEqual([80, 80, 80]);
    expect(closed()).toBe(3);
    expect(await streaming.w.value.item()).toBe(await fitted.w.value.item());
  });

  test("are closed when training is ended early, and when it fails", async () => {
    const { batches: stream, closed } = streamed(batches());
    const controller = new AbortController();
    const onProgress = (): void => controller.abort();
    const common = { model: line(), loss: meanSquare, optimizer: descent(0.1), batches: stream, epochs: 1 };
    await fit({ ...common, onProgress, signal: controller.signal });
    expect(closed()).toBe(1);
    const poisoned = streamed(batches().map(({ x, y }) => ({ x, y: y.mul(Number.NaN) })));
    const run = { ...common, model: line(), batches: poisoned.batches, explain: firstBad };
    const error = await fit(run).catch((e: unknown) => e);
    expect((error as Error).message).toContain("What went bad first: the y of the batch");
  });

  test("are judged as those at hand", async () => {
    const common = { model: line(), loss: meanSquare };
    const expected = await evaluate({ ...common, batches: batches() });
    expect(await evaluate({ ...common, batches: streamed(batches()).batches() })).toEqual(expected);
  });
});

describe("no batches", () => {
  test("fit says which epoch had none: an iterator that was used up is the usual cause", async () => {
    const once = batches(3)[Symbol.iterator]();
    const run = { model: line(), loss: meanSquare, optimizer: descent(0.1), epochs: 2, batches: () => once };
    await expect(fit(run)).rejects.toThrow(/at least one example, got none in epoch 2: make them anew/);
  });

  test("evaluate says so, too", async () => {
    await expect(evaluate({ model: line(), loss: meanSquare, batches: [] })).rejects.toThrow(
      /at least one example, got none/,
    );
  });
});

describe("a loss that becomes NaN or infinite", () => {
  const poisoned = (bad: number): Batch[] =>
    batches(20).map((batch, i) => (i === bad - 1 ? { x: batch.x, y: batch.y.mul(Number.NaN) } : batch));

  test("ends training with epoch, batch, and the first tensor that went bad", async () => {
    const run = { model: line(), loss: meanSquare, optimizer: descent(0.1), epochs: 3, explain: firstBad };
    const error = await fit({ ...run, batches: (epoch) => (epoch === 2 ? poisoned(7) : batches()) }).catch((e) => e);
    expect(error).toBeInstanceOf(NonFiniteLossError);
    expect(error).toMatchObject({ epoch: 2, batch: 7 });
    expect(error.message).toMatch(/NaN in epoch 2, batch 7.*the y of the batch.*Look for NaN or Infinity in the data/);
  });

  test("leaves the model at its last good values, from which its loss is a number", async () => {
    const model = line();
    const run = { model, loss: meanSquare, optimizer: descent(0.1), epochs: 1, batches: () => poisoned(18) };
    await expect(fit(run)).rejects.toThrow(NonFiniteLossError);
    const w = await model.w.value.item();
    expect(w).toBeGreaterThan(0.5); // It had learned something by then.
    expect(Number.isFinite(w)).toBe(true);
  });

  test("goes back past the step that did it, although the loss before that step was fine", async () => {
    const model = line();
    const places: number[] = [];
    let steps = 0;
    const gentle = descent(0.1);
    const optimizer = {
      step: (gradients: Gradients) => {
        places.push(model.w.value.dataSync()[0] ?? Number.NaN); // Where each step begins.
        if (++steps === 4) model.w.value = tensor([[1e30]]);
        else gentle.step(gradients);
      },
    };
    // One batch an epoch, so that each loss is read before the next step.
    const run = { model, loss: meanSquare, optimizer, epochs: 9, batches: () => batches(1) };
    await expect(fit(run)).rejects.toMatchObject({ epoch: 5, batch: 1 });
    expect(await model.w.value.item()).toBe(places[3]);
  });

  test("is noticed where the rate is too large", async () => {
    const run = { model: line(), loss: meanSquare, optimizer: descent(1e30), epochs: 1, batches: () => batches() };
    await expect(fit(run)).rejects.toThrow(/the loss became (NaN|Infinity) in epoch 1/);
  });
});

describe("evaluate", () => {
  test("gives the means over the examples, and changes nothing", async () => {
    const model = line();
    const figures = await evaluate({
      model,
      loss: meanSquare,
      batches: [
        { x: tensor([[1], [1]]), y: tensor([[0], [0]]) },
        { x: tensor([[2]]), y: tensor([[0]]) },
      ],
      metrics: { mean: (outputs) => outputs.mean() },
    });
    expect(figures.loss).toBeCloseTo((2 * 0.25 + 1) / 3, 6);
    expect(figures.metrics.mean).toBeCloseTo((2 * 0.5 + 1) / 3, 6);
    expect(await model.w.value.item()).toBe(0.5);
  });

  test("leaves a model in evaluation mode that was in it", async () => {
    const modes: string[] = [];
    const model = {
      ...line(),
      training: false,
      train: () => void modes.push("train"),
      eval: () => void modes.push("eval"),
    };
    await evaluate({ model, loss: meanSquare, batches: batches(1) });
    expect(modes).toEqual(["eval"]);
  });

  test("runs in evaluation mode, and puts the mode back", async () => {
    const modes: string[] = [];
    const model = {
      ...line(),
      training: true,
      train: () => void modes.push("train"),
      eval: () => void modes.push("eval"),
      forward: (x: Tensor) => {
        modes.push("forward");
        return x;
      },
    };
    await evaluate({ model, loss: meanSquare, batches: batches(1) });
    expect(modes).toEqual(["eval", "forward", "train"]);
  });
});
