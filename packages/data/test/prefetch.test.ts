import { tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { prefetch } from "../src/index.ts";

/** Gives 0 to n − 1, and notes what was asked for. */
function source(n: number, failAt = -1): { items: AsyncGenerator<number>; asked: number[]; closed: () => boolean } {
  const asked: number[] = [];
  let closed = false;
  async function* items(): AsyncGenerator<number> {
    try {
      for (let i = 0; i < n; i++) {
        asked.push(i);
        await Promise.resolve();
        if (i === failAt) throw new RangeError("the network is down");
        yield i;
      }
    } finally {
      closed = true;
    }
  }
  return { items: items(), asked, closed: () => closed };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

describe("prefetch", () => {
  test("gives all items in their order, and then the end", async () => {
    const { items } = source(10);
    const found: number[] = [];
    for await (const item of prefetch(items, { ahead: 3 })) found.push(item);
    expect(found).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("asks ahead, and no further", async () => {
    const { items, asked } = source(10);
    const ahead = prefetch(items, { ahead: 2 });
    await ahead.next();
    await settled();
    expect(asked).toEqual([0, 1, 2]);
    await ahead.return?.();
  });

  test("throws what the source throws, after what came before it", async () => {
    const found: number[] = [];
    const loop = async (): Promise<void> => {
      for await (const item of prefetch(source(10, 3).items)) found.push(item);
    };
    await expect(loop()).rejects.toThrow("the network is down");
    expect(found).toEqual([0, 1, 2]);
  });

  test("after a break closes the source, and disposes of what nobody took", async () => {
    const made = [0, 1, 2, 3, 4].map((n) => ({ x: tensor([n]), y: tensor([n]) }));
    async function* batches(): AsyncGenerator<(typeof made)[number]> {
      yield* made;
    }
    for await (const _ of prefetch(batches(), { ahead: 2 })) break;
    expect(made.map(({ x }) => x.disposed)).toEqual([false, true, true, false, false]);
    expect(made.map(({ y }) => y.disposed)).toEqual([false, true, true, false, false]);
    const { items, closed } = source(5);
    for await (const _ of prefetch(items)) break;
    expect(closed()).toBe(true);
  });

  test("refuses to ask for none ahead", () => {
    expect(() => prefetch(source(1).items, { ahead: 0 })).toThrow(
      "prefetch: ahead must be a whole number from 1, got 0",
    );
  });
});
