import { describe, expect, test } from "vitest";
import { bar, bars } from "../src/terminal/bars.ts";
import { wrapped } from "../src/terminal/figures.ts";
import { halfBlocks } from "../src/terminal/picture.ts";

describe("a bar", () => {
  test.each([
    [0, ""],
    [1, "████"],
    [0.5, "██"],
    [0.125, "▌"],
    [0.6875, "██▊"],
    [0.25 + 1 / 32, "█▏"],
    [1.5, "████"],
    [-0.5, ""],
    [Number.NaN, ""],
  ])("%d of 4 characters: %s", (share, expected) => expect(bar(share, 4)).toBe(expected));
});

test("bars fill the room, up to a greatest width", () => {
  const lengths = [30, 50, 500].map((columns) => bars(["0", "1"], [1, 0], 0, columns)[0]!.length);
  expect(lengths).toEqual([29, 49, 52]);
});

describe("half blocks", () => {
  const corners = [1, 0, 0, 1];
  test("two rows in a line, without colour", () => expect(halfBlocks(corners, 2, false)).toEqual(["▀▄"]));
  test("all four kinds", () => expect(halfBlocks([1, 1, 0, 0, 1, 0, 1, 0], 4, false)).toEqual(["█▀▄ "]));
  test("an odd last row has nothing below it", () => expect(halfBlocks([1, 1], 2, false)).toEqual(["▀▀"]));
  test("in shades of gray, and back to normal at the end", () => {
    expect(halfBlocks([0, 1], 1, true)).toEqual(["\x1b[38;5;232;48;5;255m▀\x1b[0m"]);
  });
});

test("wrapped puts texts into as many lines as needed", () => {
  expect(wrapped(["aa", "bb", "cc", "a-long-one"], " · ", 8)).toEqual(["aa · bb", "cc", "a-long-one"]);
});
