/** Minibatches of examples that are on a device are drawn there, and are those that cpu draws. */
import { minibatches } from "@dlcc/data";
import { createGpu } from "@dlcc/gpu";
import { type Backend, BackendError, cpu, greater, randn, type Tensor, tensor, transpose } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { modes } from "./fixtures/gpu.ts";

const count = 100;
/** So large that threads share the work of a minibatch. */
const pixels = 784;
const images = randn([count, pixels], { seed: 1 });
const labels = tensor(Int32Array.from({ length: count }, (_, i) => i % 10));

/** All elements of an epoch, minibatch by minibatch. */
async function epochOf(x: Tensor, y: Tensor, size: number): Promise<unknown[]> {
  const found: unknown[] = [];
  for (const batch of minibatches(x, y, { size, seed: 3 })) {
    expect([batch.x.backend, batch.y.backend]).toEqual([x.backend, y.backend]);
    found.push([...batch.indices], batch.x.shape, await batch.x.data(), batch.y.shape, await batch.y.data());
  }
  return found;
}

interface Device {
  readonly backend: Backend & { readonly memory: { readonly storages: number } };
  readonly end: () => unknown;
}

const devices: readonly (readonly [string, () => Promise<Device>])[] = [
  ...[1, 2].map((threads): readonly [string, () => Promise<Device>] => [
    `wasm with ${threads} threads`,
    async () => {
      const backend = await createWasm({ threads });
      return { backend, end: () => backend.dispose() };
    },
  ]),
  ...modes.map((mode): readonly [string, () => Promise<Device>] => [
    `gpu by ${mode}`,
    async () => {
      const backend = await createGpu({ mode, allowSoftware: true });
      return { backend, end: () => backend.dispose() };
    },
  ]),
];

describe.each(devices)("on %s", async (_, open) => {
  const { backend, end } = await open();
  afterAll(end);
  const [x, y] = [await images.to(backend), await labels.to(backend)];

  test.each([64, 7])("of %d examples", async (size) => {
    expect(await epochOf(x, y, size)).toEqual(await epochOf(images, labels, size));
  });

  test("of a view, and of booleans", async () => {
    const [columns, there] = [transpose(randn([6, count], { seed: 2 })), randn([6, count], { seed: 2, backend })];
    const [signs, signsThere] = [greater(columns, 0), greater(transpose(there), 0)];
    expect(await epochOf(transpose(there), signsThere, 32)).toEqual(await epochOf(columns, signs, 32));
  });

  test("of images there and labels on cpu", async () => {
    for (const batch of minibatches(x, labels, { size: 50, seed: 3 })) {
      expect([batch.x.backend, batch.y.backend]).toEqual([backend, backend]);
      expect(await batch.y.data()).toEqual(batch.indices.map((i) => i % 10));
    }
  });

  test("leaves nothing behind, also after a break", async () => {
    const { storages } = backend.memory;
    for (const _ of minibatches(x, y, { size: 10 }));
    for (const _ of minibatches(x, y, { size: 10 })) break;
    await backend.flush();
    expect(backend.memory.storages).toBe(storages);
  });

  test("onto cpu, where the device can be read at once; else it says what to do", () => {
    const draw = (): readonly number[] => [...minibatches(x, y, { size: 2, seed: 3, backend: cpu })].map(() => 1);
    if (backend.readSync) expect(draw()).toHaveLength(count / 2);
    else expect(draw).toThrow(BackendError);
    if (!backend.readSync) expect(draw).toThrow(/use await t.data\(\) or t.to\(cpu\)/);
  });
});
