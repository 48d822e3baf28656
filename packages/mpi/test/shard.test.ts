/** Parts of minibatches: each example on one rank, and what each rank is told of the whole. */
import { arange, Parameter, tensor } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { createWorld, distributed, type Steps, shard } from "../src/index.ts";

const batch = (n: number) => ({ x: arange(2 * n).reshape([n, 2]), y: arange(n), name: "kept" });

/** What each of `size` ranks has of a minibatch of n. */
async function parts(n: number, size: number): Promise<{ rows: unknown; examples: number; total: number }[]> {
  const found: { rows: unknown; examples: number; total: number }[] = [];
  for (let rank = 0; rank < size; rank++) {
    for (const { y, examples, total } of shard([batch(n)], { rank, size })) {
      found.push({ rows: await y.array(), examples, total });
    }
  }
  return found;
}

describe("shard", () => {
  test.each([
    [8, 4],
    [10, 3],
    [7, 4],
    [5, 1],
    [4, 4],
  ])("%d examples on %d ranks: each on one, the numbers differ by one at most", async (n, size) => {
    const all = await parts(n, size);
    expect(all.flatMap(({ rows }) => rows)).toEqual(Array.from({ length: n }, (_, i) => i));
    const counts = all.map(({ examples }) => examples);
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
    expect(all.every(({ total }) => total === n)).toBe(true);
  });

  test("fewer examples than ranks: those without one have a row that counts for nothing", async () => {
    const all = await parts(2, 4);
    expect(all.map(({ examples }) => examples)).toEqual([0, 1, 0, 1]);
    expect(all.map(({ rows }) => (rows as number[]).length)).toEqual([1, 1, 1, 1]);
  });

  test("minibatches that can draw a part are asked for that alone, and keep their state", async () => {
    const asked: (readonly [number, number])[] = [];
    let choose = (_: number): readonly [number, number] => [0, 0];
    const able = Object.assign(
      (function* () {
        for (const n of [6, 1]) {
          asked.push(choose(n));
          yield batch(3);
        }
      })(),
      {
        rows(by: typeof choose) {
          choose = by;
        },
        state: () => "there",
        loadState: (state: unknown) => asked.push([Number(state), -1]),
      },
    );
    const mine = shard(able, { rank: 1, size: 2 });
    mine.loadState?.(7);
    const shares = [...mine].map(({ examples, total, name }) => ({ examples, total, name }));
    expect(asked).toEqual([
      [7, -1],
      [3, 6],
      [0, 1],
    ]);
    expect(shares).toEqual([
      { examples: 3, total: 6, name: "kept" },
      { examples: 1, total: 1, name: "kept" },
    ]);
    expect(mine.state?.()).toBe("there");
  });

  test("minibatches that are waited for", async () => {
    async function* later() {
      yield batch(4);
      yield batch(3);
    }
    const seen: unknown[] = [];
    for await (const { y } of shard(later(), { rank: 1, size: 2 })) seen.push(await y.array());
    expect(seen).toEqual([
      [2, 3],
      [1, 2],
    ]);
  });

  test("what can't be iterated over", () => {
    expect(() => shard(7 as never, { rank: 0, size: 1 })).toThrow(
      "shard: batches must be the minibatches of an epoch, got Number",
    );
  });
});

describe("a world of one, without a launcher and a library", () => {
  test("everything works, and changes nothing", async () => {
    const world = await createWorld();
    expect(world).toMatchObject({ rank: 0, size: 1, library: "none" });
    const values = new Float32Array([1, 2]);
    world.allReduce(values);
    world.beginAllReduce(values).wait();
    world.broadcast(values);
    expect(world.gather(values)).toEqual([values]);
    expect(world.allGather(values)).toEqual([values]);
    expect(world.allToAll(values)).toEqual(values);
    await world.barrier();

    const w = new Parameter("w", tensor([1, 1]));
    const taken: unknown[] = [];
    const steps: Steps = {
      name: "mine",
      steps: 3,
      parameters: () => [w],
      step: (gradients) => void taken.push(gradients.get(w)),
      stateDict: () => ({}),
      loadStateDict: () => {},
    };
    const wish = new AbortController();
    const optimizer = distributed(steps, world, { signal: wish.signal });
    const gradient = tensor([1, 2]);
    expect(optimizer.step(new Map([[w, gradient]]), { examples: 2 })).toBeUndefined();
    expect(taken).toEqual([gradient]);
    expect(optimizer.steps).toBe(3);
    expect(() => optimizer.refuseTransform()).toThrow("fit: transform must be an option of distributed(…)");
    wish.abort();
    expect(optimizer.signal.aborted).toBe(true);
    await world.close();
  });

  test("what is no optimizer, and an unknown order", async () => {
    const world = await createWorld();
    expect(() => distributed(7 as never, world)).toThrow("distributed: optimizer must be one of @dlcc/optim");
    expect(() => distributed({} as never, world, { order: "size" as never })).toThrow(
      'distributed: order must be "library" or "ranks", got "size"',
    );
  });
});
