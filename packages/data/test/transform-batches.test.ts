import {
  augment,
  type ImageTransform,
  type Minibatch,
  minibatches,
  randomNoise,
  streamMinibatches,
  transformBatches,
} from "@dlcc/data";
import {
  ArgumentError,
  arange,
  type Backend,
  cpu,
  Generator,
  type Storage,
  slice,
  type Tensor,
  type TypedArray,
  tensor,
  zeros,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

const images = arange(28).reshape([7, 4]);
const labels = arange(7, { dtype: "int32" });
const noise = augment([randomNoise(1)]);

/** The images of an epoch, by their index. */
function seen(options: object, batches = minibatches(images, labels, { size: 3, seed: 1 })): number[][] {
  const rows: number[][] = [];
  for (const { x, indices } of transformBatches(batches, noise, options)) {
    for (const [i, index] of indices.entries()) rows[index] = [...slice(x, [i, i + 1]).dataSync()];
  }
  return rows;
}

describe("transformed minibatches", () => {
  test("have what the transform makes of the images, and their labels", () => {
    const twice: ImageTransform = (x) => x.mul(2).reshape([x.shape[0] as number, 2, 2]);
    for (const { x, y, indices } of transformBatches(minibatches(images, labels, { size: 3, seed: 1 }), twice)) {
      expect(x.shape).toEqual([indices.length, 2, 2]);
      expect([...x.dataSync()]).toEqual([...indices].flatMap((i) => [0, 1, 2, 3].map((j) => 2 * (4 * i + j))));
      expect([...y.dataSync()]).toEqual([...indices]);
    }
  });

  test("change an image by seed, epoch and example, and not by its place in the order", () => {
    const once = seen({ seed: 1, epoch: 1 });
    expect(seen({ seed: 1, epoch: 1 }, minibatches(images, labels, { size: 2, seed: 9 }))).toEqual(once);
    expect(seen({ seed: 1, epoch: 2 })).not.toEqual(once);
    expect(seen({ seed: 2, epoch: 1 })).not.toEqual(once);
    expect(seen({})).not.toEqual(seen({}));
  });

  test("of a generator continue its sequence", () => {
    const passes = (generator: Generator): number[][][] => [seen({ seed: generator }), seen({ seed: generator })];
    const [first, second] = passes(new Generator(5));
    expect(second).not.toEqual(first);
    expect(passes(new Generator(5))).toEqual([first, second]);
  });

  test("live on the backend that was asked for, and are disposed with those before them", () => {
    const live = new Set<Storage>();
    const backend: Backend = {
      ...cpu,
      name: "counting",
      upload(data, dtype) {
        const storage = cpu.upload(data, dtype);
        live.add(storage);
        return storage;
      },
      free: (storage) => void live.delete(storage),
    };
    const kept: Tensor[] = [];
    for (const { x, y } of transformBatches(minibatches(images, labels, { size: 3 }), noise, { backend })) {
      expect([x.backend, y.backend, live.size]).toEqual([backend, backend, 2]);
      kept.push(x, y);
      if (kept.length === 4) break;
    }
    expect([live.size, kept.map((tensor) => tensor.disposed)]).toEqual([0, [true, true, true, true]]);
  });

  test("of an async iterable are one", async () => {
    let ended = false;
    async function* stream() {
      try {
        yield* minibatches(images, labels, { size: 3, seed: 1 });
      } finally {
        ended = true;
      }
    }
    const rows: number[][] = [];
    for await (const { x, indices } of transformBatches(stream(), noise, { seed: 1, epoch: 1 })) {
      for (const [i, index] of indices.entries()) rows[index] = [...slice(x, [i, i + 1]).dataSync()];
    }
    expect(rows).toEqual(seen({ seed: 1, epoch: 1 }));
    ended = false;
    const kept: Tensor[] = [];
    for await (const { x } of transformBatches(stream(), noise)) {
      kept.push(x);
      break;
    }
    expect([ended, kept[0]?.disposed]).toEqual([true, true]);
  });

  test("let the minibatches end with a break, too", () => {
    let ended = false;
    function* batches() {
      try {
        for (;;) yield { x: images.alias(), y: labels.alias(), indices: new Int32Array(7) };
      } finally {
        ended = true;
      }
    }
    for (const _ of transformBatches(batches(), noise)) break;
    expect(ended).toBe(true);
  });

  test("go on where a state was taken, if the minibatches can", () => {
    const epochOf = (seed?: number) =>
      transformBatches(minibatches(images, labels, { size: 2 }), noise, seed === undefined ? {} : { seed });
    const values = (batches: Iterable<{ x: Tensor }>): number[][] => Array.from(batches, ({ x }) => [...x.dataSync()]);
    const epoch = epochOf();
    epoch.next();
    epoch.next();
    const state = JSON.parse(JSON.stringify(epoch.state?.()));
    const other = epochOf(3);
    other.loadState?.(state);
    expect(other.state?.()).toEqual(state);
    expect(values(other)).toEqual(values(epoch));
    expect(transformBatches([], noise).state).toBeUndefined();
  });
});

test("wrong arguments are refused", () => {
  const batches = () => minibatches(images, labels, { size: 3 });
  expect(() => transformBatches(batches(), [] as never)).toThrow(
    "transformBatches: transform must be a function of the images, got object: as augment([…]) makes",
  );
  expect(() => transformBatches(batches(), noise, { epoch: -1 })).toThrow(ArgumentError);
  expect(() => [...transformBatches(batches(), () => zeros([2, 4]))]).toThrow(
    "transformBatches: transform must return 3 images, as it was given, got [2,4]",
  );
});

describe("minibatches that are waited for", () => {
  const source = {
    x: { shape: [4], dtype: "float32" },
    y: { shape: [], dtype: "int32" },
    blocks: [10],
    read: async () => ({
      write: (row: number, x: TypedArray, y: TypedArray, at: number) => {
        x.fill(row / 10, at * 4, at * 4 + 4);
        y[at] = row;
      },
    }),
  } as const;
  const stream = () => transformBatches(streamMinibatches(source, { size: 3, seed: 1 }), noise, { seed: 1 });
  const all = async (batches: AsyncIterable<Minibatch>) => {
    const found: { x: number[][]; y: number[] }[] = [];
    for await (const { x, y } of batches) found.push({ x: await x.array(), y: await y.array() });
    return found;
  };

  test("are changed as those of the same examples in memory", async () => {
    const x = tensor(Array.from({ length: 10 }, (_, row) => new Array<number>(4).fill(row / 10)));
    const y = arange(10, { dtype: "int32" });
    const expected: unknown[] = [];
    for (const batch of transformBatches(minibatches(x, y, { size: 3, seed: 1 }), noise, { seed: 1 })) {
      expected.push({ x: await batch.x.array(), y: await batch.y.array() });
    }
    expect(await all(stream())).toEqual(expected);
  });

  test("go on where a state was taken", async () => {
    const [first, second] = [stream(), stream()];
    await first.next();
    second.loadState?.(JSON.parse(JSON.stringify(first.state?.())));
    expect(await all(second)).toEqual(await all(first));
  });

  test("leave nothing behind after a break", async () => {
    const kept: Tensor[] = [];
    for await (const { x, y } of stream()) {
      kept.push(x, y);
      if (kept.length === 4) break;
    }
    expect(kept.map(({ disposed }) => disposed)).toEqual([true, true, true, true]);
  });
});
