/** What becomes of a drawing in the worker: its digit, what the layers give, and lessons. */
import { openBackend } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { zeros } from "@dlcc/tensor";
import { afterEach, expect, test } from "vitest";
import { fromQuery } from "../src/experiment.ts";
import { greetingNetwork } from "../src/greeting.ts";
import { digitOf } from "../src/worker/digit-of.ts";
import { buildNetwork, passThrough, readDrawing, teachDrawing } from "../src/worker/later.ts";
import { Session } from "../src/worker/session.ts";
import { draw } from "./drawing.ts";
import { strokesOfDigits } from "./sheets.ts";

let session: Session | undefined;
afterEach(() => {
  session?.dispose();
  session = undefined;
});

const begin = async (query: string): Promise<Session> => {
  session = await Session.create(await openBackend("cpu"), fromQuery(query), embeddedDigits(), { keeps: false });
  return session;
};

test("a drawing goes through the maps of a network of images, which learns from it", async () => {
  const run = await begin("layers=conv-2-5_pool-2_dense-16");
  // A stroke from top to bottom: a 1.
  const drawing = { pixels: new Uint8Array(784).fill(255), width: 28, height: 28 };
  for (let row = 5; row < 23; row++) drawing.pixels.fill(0, row * 28 + 13, row * 28 + 16);
  const { layers, inside } = await readDrawing(run, drawing);
  expect(layers.map(({ name, maps }) => [name, maps])).toEqual([
    ["2 maps of 24×24", 2],
    ["2 maps of 24×24, after ReLU", 2],
    ["2 maps of 12×12, the largest of each window", 2],
    ["16 weighted sums", undefined],
    ["16 units, after ReLU", undefined],
  ]);
  expect(inside?.layers.map(({ units }) => units)).toEqual([2, 2, 16, 10]);
  const before = (await readDrawing(run, drawing)).scores[1] ?? 1;
  expect((await teachDrawing(run, drawing, 1)).scores[1]).toBeGreaterThan(before);
});

test("of several digits the largest is read, and it is told how many there are", async () => {
  const run = await begin("hidden=8-relu");
  /** White paper with strokes from top to bottom, one of each height. */
  const ones = (...heights: readonly number[]) => {
    const drawing = { pixels: new Uint8Array(100 * 200).fill(255), width: 200, height: 100 };
    for (const [i, height] of heights.entries()) {
      for (let row = 10; row < 10 + height; row++)
        drawing.pixels.fill(0, row * 200 + 30 + 50 * i, row * 200 + 36 + 50 * i);
    }
    return drawing;
  };
  const [one, three, none] = await Promise.all([ones(70), ones(40, 70, 50), ones()].map((of) => readDrawing(run, of)));
  expect([one?.digits, three?.digits, none?.digits]).toEqual([1, 3, 0]);
  expect(three?.pixels).toEqual(one?.pixels);
});

test("a digit that is drawn with the pen is one digit, whatever its strokes", async () => {
  const { strokes, truth } = await strokesOfDigits(10);
  const several = strokes.flatMap((digit, i) => (digitOf(draw(digit))?.digits === 1 ? [] : [truth[i]]));
  expect(several).toEqual([]);
});

test("what a layer gives is named by what made it; briefly, only what is behind an activation is shown", async () => {
  const model = buildNetwork({ ...greetingNetwork, layers: "conv 2 5, norm, pool 2, dense 3" });
  model.eval();
  const names = async (brief: boolean): Promise<string[]> => {
    const input = () => zeros([1, 1, 28, 28]);
    return (await passThrough(model, { input, end: (output) => output, brief })).layers.map(({ name }) => name);
  };
  expect(await names(false)).toEqual([
    "2 maps of 24×24",
    "2 maps of 24×24, normalized",
    "2 maps of 24×24, after ReLU",
    "2 maps of 12×12, the largest of each window",
    "3 weighted sums",
    "3 units, after ReLU",
  ]);
  expect(await names(true)).toEqual([
    "2 maps of 24×24, after ReLU",
    "2 maps of 12×12, the largest of each window",
    "3 units, after ReLU",
  ]);
});

test("lessons are taken back, to the last bit, until the run makes a step", async () => {
  const run = await begin("hidden=8-relu");
  const drawing = draw([
    [
      [0.5, 0.1],
      [0.5, 0.9],
    ],
  ]);
  const numbers = async (): Promise<number[][]> =>
    Promise.all(run.model.parameters().map(async ({ value }) => [...(await value.data())]));
  await run.step();
  const before = await numbers();
  for (const label of [7, 4]) {
    await run.beginLesson();
    await teachDrawing(run, drawing, label);
  }
  expect(await numbers()).not.toEqual(before);
  expect(await run.takeLessonsBack()).toBe(true);
  expect(await numbers()).toEqual(before);
  expect(await run.takeLessonsBack()).toBe(false);
  await run.beginLesson();
  await teachDrawing(run, drawing, 3);
  await run.step();
  const after = await numbers();
  expect(await run.takeLessonsBack()).toBe(false);
  expect(await numbers()).toEqual(after);
});
