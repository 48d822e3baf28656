import { describe, expect, test } from "vitest";
import { type ExampleSource, partsOfSource, splitSource, streamMinibatches } from "../src/index.ts";

const blocks = [10, 3, 0, 20, 7];
const source: ExampleSource = {
  x: { shape: [], dtype: "float32" },
  y: { shape: [], dtype: "int32" },
  blocks,
  read: async (block) => ({
    write(row, x, y, at) {
      x[at] = block;
      y[at] = 100 * block + row;
    },
  }),
};

async function labels(part: ExampleSource): Promise<number[]> {
  const found: number[] = [];
  for await (const { y } of streamMinibatches(part, { size: 4, shuffle: false })) found.push(...(await y.data()));
  return found;
}
const ascending = (a: number, b: number): number => a - b;

describe("splitSource", () => {
  test.each([1, 3, 12, 39, 0.25])("sets %d aside: each example is in one part", async (validation) => {
    const parts = splitSource(source, validation, { seed: 1 });
    const [train, aside] = [await labels(parts.train), await labels(parts.validation)];
    expect(aside).toHaveLength(validation < 1 ? 10 : validation);
    expect([...train, ...aside].sort(ascending)).toEqual(await labels(source));
  });

  test("chooses by the seed, from anywhere", async () => {
    const chosen = async (seed: number): Promise<string> =>
      String(await labels(splitSource(source, 3, { seed }).validation));
    expect(await chosen(1)).toBe(await chosen(1));
    expect(new Set(await Promise.all([1, 2, 3, 4, 5, 6].map(chosen))).size).toBeGreaterThan(1);
  });

  test.each([0, 40, 1.5, -1])("refuses to set %d of 40 aside", (validation) => {
    expect(() => splitSource(source, validation)).toThrow("splitSource: validation must be a count from 1 to 39");
  });
});

test("partsOfSource refuses what is not in a block", () => {
  expect(() => partsOfSource(source, [{ block: 1, from: 2, count: 2 }])).toThrow(
    "partsOfSource: a part of block 1 must be in its 3, got 2 from 2",
  );
});
