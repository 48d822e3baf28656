import { arange, cpu, type Tensor, unscopedTensors } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type ExampleSource, minibatches, type StreamOptions, streamMinibatches } from "../src/index.ts";

/** Examples `x = [n, n], y = n`, and what was read of them: blocks in the order in which they were asked for. */
function counted(blocks: readonly number[]): { source: ExampleSource; read: number[] } {
  const read: number[] = [];
  const starts = blocks.map((_, i) => blocks.slice(0, i).reduce((a, b) => a + b, 0));
  const source: ExampleSource = {
    x: { shape: [2], dtype: "float32" },
    y: { shape: [], dtype: "int32" },
    blocks,
    async read(block) {
      read.push(block);
      await Promise.resolve();
      return {
        write(row, x, y, at) {
          const n = (starts[block] ?? 0) + row;
          x.fill(n, 2 * at, 2 * at + 2);
          y[at] = n;
        },
      };
    },
  };
  return { source, read };
}

const blocks = [7, 5, 9, 1, 0, 8, 10];
const all = Array.from({ length: 40 }, (_, i) => i);
const ascending = (a: number, b: number): number => a - b;

/** The labels of each minibatch; on the way, that x, y and the indices are of the same examples. */
async function labels(source: ExampleSource, options: StreamOptions): Promise<number[][]> {
  const found: number[][] = [];
  for await (const { x, y, indices } of streamMinibatches(source, options)) {
    const n = [...(await y.data())];
    expect(x.shape).toEqual([n.length, 2]);
    expect([...(await x.data())]).toEqual(n.flatMap((value) => [value, value]));
    expect([...indices]).toEqual(n);
    found.push(n);
  }
  return found;
}

describe("streamed minibatches", () => {
  test.each([1, 3, 12, 40, 1000])("have each example once, with a window of %i", async (window) => {
    const found = await labels(counted(blocks).source, { size: 6, seed: 1, window });
    expect(found.map(({ length }) => length)).toEqual([6, 6, 6, 6, 6, 6, 4]);
    expect(found.flat().sort(ascending)).toEqual(all);
  });

  test("come in the source's order without shuffling", async () => {
    const { source, read } = counted(blocks);
    expect((await labels(source, { size: 6, shuffle: false, window: 12 })).flat()).toEqual(all);
    expect(read).toEqual([0, 1, 2, 3, 5, 6]);
  });

  test("leave out a last one that has fewer, if asked to", async () => {
    const found = await labels(counted(blocks).source, { size: 6, seed: 1, window: 12, dropLast: true });
    expect(found.map(({ length }) => length)).toEqual([6, 6, 6, 6, 6, 6]);
  });

  test("that fit into one window come in the order of minibatches", async () => {
    for (const epoch of [0, 1, 7]) {
      const inMemory = [
        ...minibatches(arange(80).reshape([40, 2]), arange(40, { dtype: "int32" }), { size: 6, seed: 5, epoch }),
      ];
      const found = await labels(counted(blocks).source, { size: 6, seed: 5, epoch });
      expect(found).toEqual(inMemory.map(({ indices }) => [...indices]));
    }
  });

  test("depend on seed and epoch alone", async () => {
    const order = async (seed: number, epoch: number): Promise<string> =>
      String(await labels(counted(blocks).source, { size: 6, seed, epoch, window: 12 }));
    const first = await order(1, 1);
    expect(await order(1, 1)).toBe(first);
    expect(await order(2, 1)).not.toBe(first);
    expect(await order(1, 2)).not.toBe(first);
  });

  test("without a seed come in another order each time", async () => {
    const order = async (): Promise<string> => String(await labels(counted(blocks).source, { size: 6, window: 12 }));
    expect(await order()).not.toBe(await order());
  });

  test("mix the blocks of a window, drawn from the whole source", async () => {
    const hundred = new Array(100).fill(10);
    const [first = []] = await labels(counted(hundred).source, { size: 100, seed: 1, window: 100 });
    const chosen = [...new Set(first.map((n) => Math.floor(n / 10)))].sort(ascending);
    expect(chosen).toHaveLength(10);
    expect((chosen.at(-1) ?? 0) - (chosen[0] ?? 0)).toBeGreaterThan(30);
    expect(first.slice(0, 20).some((n) => Math.floor(n / 10) !== Math.floor((first[0] ?? 0) / 10))).toBe(true);
  });

  test("read the next window while one is in use, and no further ahead", async () => {
    const { source, read } = counted([10, 10, 10, 10]);
    const stream = streamMinibatches(source, { size: 5, shuffle: false, window: 10 });
    await stream.next();
    expect(read).toEqual([0, 1]);
    await stream.next();
    expect(read).toEqual([0, 1]);
    await stream.next();
    expect(read).toEqual([0, 1, 2]);
    await stream.return?.();
  });

  test("are disposed when the next one is requested, and after a break", async () => {
    const seen: Tensor[] = [];
    const before = unscopedTensors();
    for await (const { x, y } of streamMinibatches(counted(blocks).source, { size: 6, seed: 1 })) {
      for (const earlier of seen) expect(earlier.disposed).toBe(true);
      seen.push(x, y);
      if (seen.length === 6) break;
    }
    expect(seen.every(({ disposed }) => disposed)).toBe(true);
    expect(unscopedTensors()).toBe(before);
  });

  test("end with what the source throws, where it is needed, and not before", async () => {
    const { source } = counted([10, 10, 10]);
    const broken: ExampleSource = {
      ...source,
      read: (block) => (block === 1 ? Promise.reject(new RangeError("a bad sector")) : source.read(block)),
    };
    const stream = streamMinibatches(broken, { size: 5, shuffle: false, window: 10 });
    await stream.next();
    await stream.next();
    await expect(stream.next()).rejects.toThrow("a bad sector");
    const unread = streamMinibatches(broken, { size: 5, shuffle: false, window: 10 });
    await unread.next();
    await unread.return?.();
  });

  test("throw what the first broken block of a window throws, also where a later one breaks sooner", async () => {
    let reading = 3;
    const broken: ExampleSource = {
      ...counted([10, 10, 10]).source,
      async read(block) {
        for (let tick = block; tick < 3; tick++) await new Promise((resolve) => setTimeout(resolve));
        reading--;
        throw new RangeError(`a bad sector in block ${block}`);
      },
    };
    const stream = streamMinibatches(broken, { size: 5, shuffle: false, window: 30 });
    await expect(stream.next()).rejects.toThrow("a bad sector in block 0");
    expect(reading, "nothing is still being read").toBe(0);
  });

  test.each([
    [{ size: 0 }, "streamMinibatches: size must be a whole number from 1, got 0"],
    [{ size: 1, epoch: -1 }, "streamMinibatches: epoch must be a whole number from 0, got -1"],
    [{ size: 1, window: 0.5 }, "streamMinibatches: window must be a whole number from 1, got 0.5"],
  ])("refuse %o at the call", (options, message) => {
    expect(() => streamMinibatches(counted(blocks).source, options)).toThrow(message);
  });

  test("refuse a source without examples, and a dtype that the backend lacks", () => {
    expect(() => streamMinibatches(counted([0, 0]).source, { size: 1 })).toThrow("at least one example, got 0");
    const source: ExampleSource = { ...counted(blocks).source, x: { shape: [], dtype: "float64" } };
    const backend = { ...cpu, name: "small", dtypes: ["float32", "int32", "bool"] as const };
    expect(() => streamMinibatches(source, { size: 1, backend })).toThrow(/float64/);
  });
});

describe("the state of a stream", () => {
  const options = { size: 6, seed: 3, epoch: 2, window: 12 };

  test.each([0, 1, 2, 3, 6, 7])("goes on after %i minibatches, without reading those before", async (done) => {
    const whole = await labels(counted(blocks).source, options);
    const first = streamMinibatches(counted(blocks).source, options);
    for (let i = 0; i < done; i++) await first.next();
    const state: unknown = JSON.parse(JSON.stringify(first.state()));
    await first.return?.();

    const { source, read } = counted(blocks);
    const second = streamMinibatches(source, options);
    second.loadState(state as ReturnType<typeof second.state>);
    expect(second.state()).toEqual(state);
    const rest: number[][] = [];
    for await (const { y } of second) rest.push([...(await y.data())]);
    expect(rest).toEqual(whole.slice(done));
    if (done >= 6) expect(read.length).toBeLessThan(3);
  });

  test("has the order that was drawn, where there was no seed", async () => {
    const unseeded = { size: 6, window: 12 };
    const first = streamMinibatches(counted(blocks).source, unseeded);
    await first.next();
    const second = streamMinibatches(counted(blocks).source, unseeded);
    second.loadState(first.state());
    const [expected, got] = [await first.next(), await second.next()];
    expect([...(got.value?.indices ?? [])]).toEqual([...(expected.value?.indices ?? [])]);
  });

  test.each([
    ["examples", counted([7]).source, options],
    ["size", counted(blocks).source, { ...options, size: 5 }],
    ["window", counted(blocks).source, { ...options, window: 13 }],
    ["epoch", counted(blocks).source, { ...options, epoch: 3 }],
    ["seed", counted(blocks).source, { ...options, seed: 4 }],
    ["shuffle", counted(blocks).source, { ...options, shuffle: false }],
  ])("of another %s is refused", (name, source, others) => {
    const state = streamMinibatches(counted(blocks).source, options).state();
    expect(() => streamMinibatches(source, others).loadState(state)).toThrow(
      `streamMinibatches: the state must be of the same data, with ${name} `,
    );
  });
});

test("the order does not repeat in another epoch", async () => {
  const order = async (epoch: number): Promise<number[]> =>
    (await labels(counted(new Array(50).fill(4)).source, { size: 200, seed: 1, epoch, window: 20 })).flat();
  const orders = await Promise.all([0, 1, 2, 3].map(order));
  expect(new Set(orders.map(String)).size).toBe(4);
});
