import { minibatches } from "@dlcc/data";
import {
  ArgumentError,
  arange,
  type Backend,
  BackendError,
  cpu,
  DisposedError,
  Generator,
  permutation,
  ShapeError,
  type Storage,
  slice,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";

/** Seven images of three pixels; image i is (3i, 3i + 1, 3i + 2) and its label 10 i. */
const images = arange(21).reshape([7, 3]);
const labels = tensor([0, 10, 20, 30, 40, 50, 60], { dtype: "int32" });

/** The cpu backend with a count of the storages that are alive. */
function counting(): { backend: Backend; live: Set<Storage> } {
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
  return { backend, live };
}

/** The labels of an epoch, in the order in which they come. */
const order = (options: { seed?: number | Generator; epoch?: number; shuffle?: boolean }): number[] =>
  [...minibatches(images, labels, { size: 1, ...options })].map(({ indices }) => indices[0] as number);

describe("a minibatch", () => {
  test("has rows of the images with the labels that belong to them", () => {
    for (const { x, y, indices } of minibatches(images, labels, { size: 2, seed: 1 })) {
      expect(x.shape).toEqual([indices.length, 3]);
      expect([...x.dataSync()]).toEqual([...indices].flatMap((i) => [3 * i, 3 * i + 1, 3 * i + 2]));
      expect(y.shape).toEqual([indices.length]);
      expect([...y.dataSync()]).toEqual([...indices].map((i) => 10 * i));
    }
  });

  test("keeps the axes and dtypes of the examples", () => {
    const targets = zeros([7, 2, 2], { dtype: "bool" });
    const [batch] = minibatches(images.cast("float64"), targets, { size: 7 });
    expect([batch?.x.dtype, batch?.y.dtype, batch?.y.shape]).toEqual(["float64", "bool", [7, 2, 2]]);
  });

  test("reads images that are a view: a transpose, a slice, a broadcast row", () => {
    const columns = arange(21).reshape([3, 7]).transpose();
    for (const view of [columns, slice(images, [2, 5]), tensor([[1, 2]]).broadcastTo([4, 2])]) {
      const count = view.shape[0] as number;
      for (const { x } of minibatches(view, arange(count), { size: count, shuffle: false })) {
        expect(x.dataSync()).toEqual(view.dataSync());
      }
    }
  });

  test("lives on the backend of the options", () => {
    const { backend } = counting();
    for (const { x, y } of minibatches(images, labels, { size: 3, backend })) {
      expect([x.backend, y.backend]).toEqual([backend, backend]);
    }
  });

  test("comes from a custom backend, too, which has only the cpu's kernels", () => {
    const backend: Backend = { ...cpu, name: "mine" };
    const there = [tensor(images.dataSync(), { shape: images.shape, backend }), arange(7, { backend })] as const;
    const drawn = (all: Iterable<{ x: Tensor; y: Tensor }>) =>
      Array.from(all, ({ x, y }) => [x.dataSync(), y.dataSync()]);
    const options = { size: 3, seed: 1 };
    expect(drawn(minibatches(...there, options))).toEqual(drawn(minibatches(images, arange(7), options)));
    expect(drawn(minibatches(...there, { ...options, backend: cpu }))).toEqual(drawn(minibatches(...there, options)));
  });

  test("is not changed by the next one", () => {
    const copies: Tensor[] = [];
    for (const { x } of minibatches(images, labels, { size: 2, shuffle: false })) copies.push(x.alias());
    expect([...(copies[0] as Tensor).dataSync()]).toEqual([0, 1, 2, 3, 4, 5]);
  });
});

describe("an epoch", () => {
  test("has each example once", () => {
    expect(order({ seed: 5 }).sort()).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("has the remaining examples in its last minibatch", () => {
    const sizes = [...minibatches(images, labels, { size: 3, seed: 1 })].map(({ indices }) => indices.length);
    expect(sizes).toEqual([3, 3, 1]);
  });

  test("leaves out a last minibatch that is smaller, with dropLast", () => {
    const sizes = (size: number) =>
      [...minibatches(images, labels, { size, seed: 1, dropLast: true })].map(({ indices }) => indices.length);
    expect(sizes(3)).toEqual([3, 3]);
    expect(sizes(7)).toEqual([7]);
    expect(sizes(8)).toEqual([]);
  });

  test("is one minibatch where the size is larger than the data", () => {
    expect([...minibatches(images, labels, { size: 100 })].map(({ indices }) => indices.length)).toEqual([7]);
  });

  test("has the order of the generator's stream for its seed and number", () => {
    expect(order({ seed: 3, epoch: 2 })).toEqual([...permutation(new Generator(3, 2), 7)]);
    expect(order({ seed: 3 })).toEqual([...permutation(new Generator(3, 0), 7)]);
  });

  test("differs from the next epoch and from another seed's", () => {
    const wide = arange(1000);
    const of = (seed: number, epoch: number) =>
      [...minibatches(wide, wide, { size: 1000, seed, epoch })].map(({ indices }) => indices.join())[0];
    expect(of(1, 0)).toBe(of(1, 0));
    expect(new Set([of(1, 0), of(1, 1), of(2, 0)]).size).toBe(3);
  });

  test("continues with a generator from its current state", () => {
    const [ours, same] = [new Generator(4), new Generator(4)];
    expect(order({ seed: ours })).toEqual([...permutation(same, 7)]);
    expect(order({ seed: ours })).toEqual([...permutation(same, 7)]);
  });

  test("keeps the order of the data without shuffle", () => {
    expect(order({ shuffle: false })).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  test("does not depend on the size of its minibatches", () => {
    const whole = [...minibatches(images, labels, { size: 7, seed: 9 })].flatMap(({ indices }) => [...indices]);
    expect(order({ seed: 9 })).toEqual(whole);
  });
});

describe("memory", () => {
  test("holds one minibatch at a time, and none at the end", () => {
    const { backend, live } = counting();
    for (const _ of minibatches(images, labels, { size: 2, backend })) expect(live.size).toBe(2);
    expect(live.size).toBe(0);
  });

  test("holds none after a break, nor after an error in the loop", () => {
    const { backend, live } = counting();
    for (const _ of minibatches(images, labels, { size: 2, backend })) break;
    expect(live.size).toBe(0);
    expect(() => {
      for (const _ of minibatches(images, labels, { size: 2, backend })) throw new Error("stop");
    }).toThrow("stop");
    expect(live.size).toBe(0);
  });

  test("is the same inside a tidy", () => {
    const { backend, live } = counting();
    tidy(() => {
      for (const { x } of minibatches(images, labels, { size: 2, backend })) {
        expect(live.size).toBe(2);
        expect(x.disposed).toBe(false);
      }
      expect(live.size).toBe(0);
    });
  });

  test("does not lose a minibatch to a tidy that ends before the next request", () => {
    const batches = minibatches(images, labels, { size: 2 });
    const first = tidy(() => {
      const { value } = batches.next();
      return () => value.x;
    })();
    expect(first.disposed).toBe(false);
    batches.next();
    expect(first.disposed).toBe(true);
  });

  test("makes the use of an earlier minibatch an error", () => {
    const all = [...minibatches(images, labels, { size: 2 })];
    expect(() => all[0]?.x.dataSync()).toThrow(DisposedError);
  });

  test("leaves the examples as they are", () => {
    for (const _ of minibatches(images, labels, { size: 2 }));
    expect(images.disposed || labels.disposed).toBe(false);
  });
});

describe("wrong arguments are errors at the call", () => {
  const call = (change: { size?: number; epoch?: number; images?: Tensor; labels?: Tensor; backend?: Backend }) => () =>
    minibatches(change.images ?? images, change.labels ?? labels, { size: 2, ...change });

  test("counts that differ", () => {
    expect(call({ labels: arange(6) })).toThrow(ShapeError);
    expect(call({ labels: arange(6) })).toThrow(/\[7,3\].*\[6\]/);
  });

  test("no options, or a number in their place", () => {
    for (const options of [undefined, null, 32]) {
      expect(() => minibatches(images, labels, options as never)).toThrow(ArgumentError);
      expect(() => minibatches(images, labels, options as never)).toThrow("minibatches(images, labels, { size })");
    }
  });

  test.each([
    ["a Promise", Promise.resolve(images), "Promise"],
    ["an array", [1, 2], "Array"],
    ["nothing", undefined, "undefined"],
  ])("%s in place of images or labels", (_, value, found) => {
    const message = (name: string) => `minibatches: ${name} must be a tensor, got ${found}: is an await missing?`;
    expect(() => minibatches(value as never, labels, { size: 2 })).toThrow(new ArgumentError(message("images")));
    expect(() => minibatches(images, value as never, { size: 2 })).toThrow(new ArgumentError(message("labels")));
  });

  test("no examples", () => {
    expect(call({ images: zeros([0, 3]), labels: zeros([0]) })).toThrow(ShapeError);
    expect(call({ images: zeros([0, 3]), labels: zeros([0]) })).toThrow(
      /must have at least one example, got \[0,3\] and \[0\]/,
    );
  });

  test("a scalar", () => {
    expect(call({ images: tensor(1), labels: tensor(1) })).toThrow(ShapeError);
  });

  test.each([0, -1, 2.5, Number.NaN])("a size of %d", (size) => {
    expect(call({ size })).toThrow(ArgumentError);
    expect(call({ size })).toThrow(`size must be a whole number from 1, got ${size}`);
  });

  test.each([-1, 0.5])("an epoch of %d", (epoch) => {
    expect(call({ epoch })).toThrow(ArgumentError);
    expect(call({ epoch })).toThrow(`epoch must be a whole number from 0, got ${epoch}`);
  });

  test("a backend that lacks the dtype", () => {
    const backend: Backend = { ...cpu, name: "small", dtypes: ["float32", "bool"] };
    expect(call({ backend })).toThrow(BackendError);
    expect(call({ backend })).toThrow(/dtype must be one of the backend small, .*got int32/);
  });

  test("images on a device that can't be read at once", () => {
    const { readSync: _, ...device } = { ...cpu, name: "far" };
    const far = zeros([7, 3], { backend: device });
    expect(call({ images: far })).toThrow(BackendError);
    expect(call({ images: far })).toThrow(/far can't be read at once.*to\(cpu\)/);
  });

  test("images that were disposed", () => {
    const gone = zeros([7, 3]);
    gone.dispose();
    expect(call({ images: gone })).toThrow(DisposedError);
  });
});

describe("the state of an epoch", () => {
  const rows = (batches: Iterable<{ readonly indices: Int32Array }>): number[] =>
    Array.from(batches, ({ indices }) => [...indices]).flat();

  test.each([
    ["a number as the seed", () => ({ seed: 5, epoch: 2 })],
    ["a generator as the seed", () => ({ seed: new Generator(5) })],
    ["no seed", () => ({})],
    ["their own order", () => ({ shuffle: false })],
  ])("with %s, another one goes on at its place, with the same examples", (_, options) => {
    const epoch = minibatches(images, labels, { size: 2, ...options() });
    epoch.next();
    epoch.next();
    const state = JSON.parse(JSON.stringify(epoch.state()));
    expect(state.done).toBe(4);
    const other = minibatches(images, labels, { size: 2, ...options() });
    other.next();
    other.loadState(state);
    expect(other.state()).toEqual(state);
    expect(rows(other)).toEqual(rows(epoch));
  });

  test("a generator as the seed is where it would have been, for the epochs to come", () => {
    const [one, other] = [new Generator(5), new Generator(5)];
    order({ seed: one });
    const epoch = minibatches(images, labels, { size: 2, seed: one });
    epoch.next();
    minibatches(images, labels, { size: 2, seed: other }).loadState(epoch.state());
    expect(order({ seed: other })).toEqual(order({ seed: one }));
  });

  test("the minibatches before the place are not drawn again", () => {
    const { backend, live } = counting();
    const uploads: unknown[] = [];
    const watched: Backend = {
      ...backend,
      upload(data, dtype) {
        uploads.push(dtype);
        return backend.upload(data, dtype);
      },
    };
    const state = { ...minibatches(images, labels, { size: 2, seed: 1 }).state(), done: 6 };
    const epoch = minibatches(images, labels, { size: 2, seed: 1, backend: watched });
    epoch.loadState(state);
    expect([...epoch]).toHaveLength(1);
    expect(uploads).toHaveLength(2);
    expect(live.size).toBe(0);
  });

  test.each([
    [{ size: 3, seed: 1 }, /minibatches: the state must be of the same data, with size 3, got 2/],
    [{ size: 2, shuffle: false }, /with shuffle false, got true/],
    [{ size: 2, seed: 2 }, /loadState: the state must be of seed 2, stream 0, got seed 1/],
    [{ size: 2, seed: 1, epoch: 1 }, /must be of seed 1, stream 1, got seed 1, stream 0/],
  ])("of another order is refused: %j", (options, message) => {
    const state = minibatches(images, labels, { size: 2, seed: 1 }).state();
    expect(() => minibatches(images, labels, options).loadState(state)).toThrow(message);
  });

  test("of other data is refused", () => {
    const state = minibatches(images, labels, { size: 2, seed: 1 }).state();
    const fewer = minibatches(slice(images, [0, 5]), slice(labels, [0, 5]), { size: 2, seed: 1 });
    expect(() => fewer.loadState(state)).toThrow(/with examples 5, got 7/);
  });
});
