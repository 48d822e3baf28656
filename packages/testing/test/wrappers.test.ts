import {
  add,
  apply,
  applyStep,
  type Backend,
  type Computed,
  composites,
  cpu,
  type FusedOp,
  gather,
  ops,
  Parameter,
  slice,
  tensor,
  tidy,
} from "@dlcc/tensor";
import { expect, test } from "vitest";
import { counting, deferred, recording, withoutFused, wrap } from "../src/index.ts";

test("wrap works for a backend whose methods live on a class", async () => {
  const prototype: Backend = Object.create(cpu) as Backend; // Nothing of its own: spreading it would lose all.
  const ops: string[] = [];
  const backend = wrap(prototype, ({ op, inputs }, run) => {
    ops.push(op);
    return run(inputs);
  });
  expect(await tensor([1, 2], { backend }).neg().sum().item()).toBe(-3);
  expect(ops).toEqual(["neg", "sum"]);
});

test("recording dumps the ops with their shapes, dtypes and attributes", () => {
  const backend = recording(cpu);
  const x = tensor([1, 2, 3, 4, 5, 6], { shape: [2, 3], backend });
  x.matmul(x.transpose()).sum(0).cast("int32");
  expect(backend.dump().split("\n")).toEqual([
    "matmul(float32 [2,3], float32 [3,2])",
    "sum(float32 [2,2]) axes=[0]",
    'cast(float32 [2]) dtype="int32"',
  ]);
});

test("recording sees uploads, reads, frees and flushes, too", async () => {
  const backend = recording(cpu);
  const x = tensor([1, 2], { backend });
  await x.data();
  await backend.flush();
  x.dispose();
  expect(backend.calls.map(({ op }) => op)).toEqual(["upload", "read", "flush", "free"]);
});

test("recording forgets on clear", () => {
  const backend = recording(cpu);
  tensor([1], { backend }).neg();
  backend.clear();
  expect(backend.dump()).toBe("");
});

test("recording refuses synchronous reads", () => {
  const x = tensor([1], { backend: recording(cpu) });
  expect(() => x.dataSync()).toThrow(/recording cpu can't be read at once: use await t.data\(\)/);
});

test("counting counts uploads and results, and not views", () => {
  const backend = counting(cpu);
  const x = tensor([[1, 2]], { backend });
  slice(x.transpose(), 0).broadcastTo([3, 1]);
  expect(backend.live).toBe(1);
  x.neg();
  expect(backend.live).toBe(2);
});

test("counting remembers the peak", () => {
  const backend = counting(cpu);
  tidy(() => {
    const x = tensor([1], { backend });
    x.neg().exp();
  });
  expect([backend.live, backend.peak]).toEqual([0, 3]);
});

test("counting takes a reused storage for what it is", () => {
  const backend = counting(cpu);
  const cell = tidy(() => new Parameter("w", tensor([1, 2], { backend })));
  const gradient = tensor([1, 1], { backend });
  for (let i = 0; i < 10; i++) {
    applyStep(ops.sgdStep, { lr: 0.1, weightDecay: 0, momentum: 0, nesterov: false }, [cell], gradient);
  }
  expect([backend.live, backend.peak]).toEqual([2, 2]);
});

test("counting refuses to free a storage twice", () => {
  const backend = counting(cpu);
  const storage = backend.upload(Float32Array.of(1), "float32");
  backend.free(storage);
  expect(() => backend.free(storage)).toThrow(/freed before/);
});

test("counting refuses a storage that was freed", async () => {
  const backend = counting(cpu);
  const storage = backend.upload(Float32Array.of(1), "float32");
  const view = { storage, dtype: "float32", shape: [1], strides: [1], offset: 0 } as const;
  backend.free(storage);
  expect(() => backend.kernel(ops.exp)?.({}, [view], [])).toThrow(/exp: the storage of float32 \[1\] was freed/);
  await expect(backend.read(view)).rejects.toThrow(/read: the storage/);
});

test("deferred computes nothing until the program yields", async () => {
  const log = recording(cpu);
  const backend = deferred(log);
  const x = tensor([1, 2], { backend }).neg();
  expect(log.calls).toHaveLength(0);
  expect(Array.from(await x.data())).toEqual([-1, -2]);
  expect(log.calls.map(({ op }) => op)).toEqual(["upload", "neg", "read"]);
});

test("deferred frees in turn", async () => {
  const count = counting(cpu);
  const backend = deferred(count);
  const sum = tidy(() => add(tensor([1, 2], { backend }), tensor([3, 4], { backend })));
  expect(Array.from(await sum.data())).toEqual([4, 6]);
  sum.dispose();
  await backend.flush();
  expect([count.live, count.peak]).toEqual([0, 3]);
});

test("deferred lets a failed job surface at the next read of what depends on it, with the op's name", async () => {
  const backend = deferred(cpu);
  const outside = tensor([7], { dtype: "int32", backend });
  const failed = gather(tensor([1, 2], { backend }), outside);
  const dependant = failed.neg().exp();
  const other = tensor([1], { backend }).neg();
  await backend.flush();
  await expect(dependant.data()).rejects.toThrow(/^gather: failed on deferred cpu: .*got 7/);
  expect(await other.item()).toBe(-1);
});

test("withoutFused runs each fused op as its composite, and the primitives on the backend", () => {
  const log = recording(cpu);
  const backend = withoutFused(log);
  expect(backend.name).toBe("unfused recording cpu");
  const x = tensor([[1, 2]], { backend });
  apply(ops.linear, { activation: "relu" }, x, x);
  expect(log.dump().split("\n")).toEqual(["matmul(float32 [1,2], float32 [2,1])", "relu(float32 [1,1])"]);
  for (const op of Object.keys(composites) as FusedOp[])
    expect(backend.kernel(ops[op] as unknown as Computed<FusedOp>)).toBeUndefined();
});
