import { expect, test } from "vitest";
import type { Drawing, Reading } from "../src/messages.ts";
import { Reader } from "../src/reader.ts";

const drawing = (width: number) => (): Drawing => ({ pixels: new Uint8Array(width), width, height: 1 });
const reading = (guess: number): Reading => ({
  by: "own",
  guess,
  scores: [],
  noDigit: 0,
  pixels: new Float32Array(),
  digits: 1,
  layers: [],
});

function readerAndQuestions(): { reader: Reader; asked: number[] } {
  const asked: number[] = [];
  return { reader: new Reader(({ width }) => asked.push(width)), asked };
}

test("while an answer is on its way, only the latest drawing waits", () => {
  const { reader, asked } = readerAndQuestions();
  for (const width of [1, 2, 3]) reader.read(drawing(width));
  expect(asked).toEqual([1]);
  reader.answered(reading(7));
  expect(asked).toEqual([1, 3]);
  expect(reader.busy.value).toBe(true);
  reader.answered(reading(8));
  expect(reader.reading.value?.guess).toBe(8);
  expect(reader.busy.value).toBe(false);
});

test("the sheet is copied when it is read, and an answer that is on its way spares the copies between", () => {
  const { reader, asked } = readerAndQuestions();
  let [strokes, copies] = [0, 0];
  const sheet = (): Drawing => {
    copies++;
    return drawing(strokes)();
  };
  for (; strokes < 5; strokes++) reader.read(sheet);
  expect([asked, copies]).toEqual([[0], 1]);
  reader.answered(reading(7));
  expect([asked, copies]).toEqual([[0, 5], 2]);
});

test("an answer that comes after the sheet was cleared is not shown", () => {
  const { reader } = readerAndQuestions();
  reader.read(drawing(1));
  reader.clear();
  reader.answered(reading(7));
  expect(reader.reading.value).toBeUndefined();
});

test("after an error the next drawing is read", () => {
  const { reader, asked } = readerAndQuestions();
  reader.read(drawing(1));
  reader.answered(undefined);
  reader.read(drawing(2));
  expect(asked).toEqual([1, 2]);
});
