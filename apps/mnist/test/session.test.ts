/** The session of the worker, without a browser. */
import { openBackend } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { afterEach, expect, test } from "vitest";
import { fromQuery } from "../src/experiment.ts";
import { isMeasured } from "../src/history.ts";
import { Session } from "../src/worker/session.ts";

let session: Session;
afterEach(() => session.dispose());

const begin = async (query: string): Promise<Session> => {
  session = await Session.create(await openBackend("cpu"), fromQuery(query), embeddedDigits(), { keeps: false });
  return session;
};

test.each([1, 7, 90])(
  "the gradients are those of the same steps, however often they are asked for: every %i steps",
  async (every) => {
    const run = await begin("hidden=8-relu");
    const steps: number[] = [];
    for (let step = 1; step <= 90; step++) {
      await run.step();
      if (step % every === 0) steps.push(...(await run.progress()).gradients.map((gradient) => gradient.step));
    }
    expect(steps).toEqual(Array.from({ length: every === 7 ? 84 : 90 }, (_, i) => i + 1).filter(isMeasured));
  },
);

test("the speed is unknown at first, and where nothing was computed since, it is what it was", async () => {
  const run = await begin("hidden=64-relu");
  expect((await run.progress()).examplesPerSecond).toBeUndefined();
  for (let step = 1; step <= 20; step++) await run.step();
  const { examplesPerSecond } = await run.progress();
  expect(examplesPerSecond).toBeGreaterThan(0);
  run.resetClock();
  expect((await run.progress()).examplesPerSecond).toBe(examplesPerSecond);
});

test("more epochs go on with the run as one that had them from the start, where the rate is constant", async () => {
  const settings = "hidden=8-relu&schedule=constant&batchSize=1000&optimizer=adam";
  const run = await begin(`${settings}&epochs=1`);
  for (let step = 1; step <= 8; step++) await run.step();
  expect(run.finished).toBe(true);
  await run.extend(2);
  expect(run.finished).toBe(false);
  for (let step = 1; step <= 8; step++) await run.step();
  const extended = await run.weights();
  run.dispose();
  const straight = await begin(`${settings}&epochs=2`);
  for (let step = 1; step <= 16; step++) await straight.step();
  expect(extended).toEqual(await straight.weights());
});

test("a loss that is no number ends the run at its step, and is not among the losses", async () => {
  const run = await begin("hidden=8-relu&loss=l2&lr=100&optimizer=sgd");
  for (let step = 1; step <= 40 && !run.diverged; step++) {
    await run.step();
    if (run.diverged) break;
  }
  const { losses } = await run.progress();
  expect(run.diverged?.step).toBe(losses.length + 1);
  expect([...losses].every(Number.isFinite)).toBe(true);
});

/** The sum of the products of two rows of numbers. */
const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

test("inside a network of images are its feature maps, and how strongly one acts on the next", async () => {
  const run = await begin("layers=conv-2-5_pool-2_conv-3-3_dense-4");
  const { layers, weights } = await run.glance(7);
  // 28 − 5 + 1 = 24, halved 12, 12 − 3 + 1 = 10.
  expect(layers.map(({ units, side }) => [units, side])).toEqual([
    [2, 24],
    [2, 12],
    [3, 10],
    [4, undefined],
    [10, undefined],
  ]);
  expect(layers.map(({ pooled }) => pooled)).toEqual([false, true, false, false, false]);
  // The first map, from the definition: relu of the kernel on each window, and the bias.
  const { images } = await run.strip();
  const digit = images.subarray(7 * 784, 8 * 784);
  const [kernels, bias, second] = await Promise.all([0, 1, 2].map((i) => run.model.parameters()[i]?.value.data()));
  const [row, column] = [11, 13];
  const window = Array.from({ length: 25 }, (_, i) => digit[(row + Math.floor(i / 5)) * 28 + column + (i % 5)] ?? 0);
  const sum = dot(window, kernels?.slice(0, 25) ?? []) + (bias?.[0] ?? 0);
  expect(layers[0]?.values[row * 24 + column]).toBeCloseTo(Math.max(0, sum), 5);
  // A pooled map is the largest of each window of its own map.
  const of = layers[0]?.values ?? new Float32Array();
  const four = [0, 1, 24, 25].map((i) => of[2 * 5 * 24 + 2 * 6 + i] ?? 0);
  expect(layers[1]?.values[5 * 12 + 6]).toBe(Math.max(...four));
  expect(weights[1]).toEqual(Float32Array.of(1, 0, 0, 1));
  // The kernel of the third map for the second one: its length, with the sign of its sum.
  const kernel = second?.slice((2 * 2 + 1) * 9, (2 * 2 + 2) * 9) ?? [];
  const sign = Math.sign(Array.from(kernel).reduce((a, b) => a + b, 0));
  expect(weights[2]?.[2 * 2 + 1]).toBeCloseTo(sign * Math.sqrt(dot(kernel, kernel)), 5);
  expect(weights.map(({ length }) => length)).toEqual([2, 4, 6, 12, 40]);
});

test("the first layer's weights are kernels where it is a convolution", async () => {
  const run = await begin("layers=conv-3-5_pool-2");
  const { images, count } = await run.weights();
  expect([count, images.length]).toEqual([3, 75]);
});

test("a cell of the confusion matrix gives its digits, and the strip has one digit of each class", async () => {
  const run = await begin("hidden=8-relu");
  const { confusion } = await run.judge(async () => {});
  for (const [label, guess] of [
    [0, 3],
    [1, 1],
  ] as const) {
    expect(await run.cell(label, guess)).toHaveLength(Math.min(24, confusion[label]?.[guess] ?? 0));
  }
  expect((await run.strip()).labels).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const glance = await run.glance(3);
  expect(glance.layers.map(({ units }) => units)).toEqual([8, 10]);
  expect(glance.weights.map(({ length }) => length)).toEqual([8, 80]);
  expect(Math.max(...(glance.layers.at(-1)?.values ?? []))).toBeCloseTo(glance.guesses[3]?.score ?? 0, 5);
});
