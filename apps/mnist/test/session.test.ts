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
