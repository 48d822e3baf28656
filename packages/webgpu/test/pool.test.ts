import { expect, test } from "vitest";
import { Pool, sizeClass } from "../src/pool.ts";

/** A device that notes which of its buffers were destroyed. */
function poolWith(): { pool: Pool; destroyed: number[] } {
  const destroyed: number[] = [];
  const device = { createBuffer: ({ size }: { size: number }) => ({ destroy: () => destroyed.push(size) }) };
  return { pool: new Pool(device as unknown as GPUDevice), destroyed };
}

test.each([
  [1, 256],
  [256, 256],
  [257, 320],
  [1024, 1024],
  [1025, 1280],
  [5000, 5120],
  [2 ** 20 + 4, 2 ** 20 * 1.25],
])("%d bytes have a buffer of %d", (bytes, size) => {
  expect(sizeClass(bytes)).toBe(size);
});

test("a block that was given back is taken again, for the same class of sizes", () => {
  const { pool } = poolWith();
  const block = pool.make(1000);
  expect(pool.take(1000)).toBeUndefined();
  pool.give(block);
  expect([pool.used, pool.spare, pool.bytes]).toEqual([0, 1, 1024]);
  expect(pool.take(2000)).toBeUndefined();
  expect(pool.take(1024)).toBe(block);
  expect([pool.used, pool.spare, pool.bytes]).toEqual([1, 0, 1024]);
});

test("the host gets no block that is used by what has not been sent", () => {
  const { pool } = poolWith();
  const [old, fresh] = [pool.make(100), pool.make(100)];
  [old.usedBy, fresh.usedBy] = [6, 7];
  pool.give(old);
  pool.give(fresh);
  expect(pool.take(100, 7)).toBe(old);
  expect(pool.take(100, 7)).toBeUndefined();
  expect(pool.take(100)).toBe(fresh);
});

test("what is too much goes when all has been sent, and everything when it is asked for", () => {
  const { pool, destroyed } = poolWith();
  const large = 300 * 2 ** 20;
  const blocks = [pool.make(large), pool.make(large)];
  for (const block of blocks) pool.give(block);
  expect([destroyed.length, pool.spare]).toEqual([0, 1]);
  pool.sweep();
  expect(destroyed).toEqual([sizeClass(large)]);
  pool.sweep(true);
  expect([destroyed.length, pool.spare, pool.bytes]).toEqual([2, 0, 0]);
});
