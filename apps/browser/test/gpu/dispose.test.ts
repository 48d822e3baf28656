/** What `dispose()` leaves behind in the browser: nothing, whatever the program was in the middle of. */
import { createGpu } from "@dlcc/gpu";
import { matmul, randn, tensor } from "@dlcc/tensor";
import { expect, test } from "vitest";
// @boundaries-ignore the suites of packages/testing share it
import { countDeviceObjects, modes } from "../../../../packages/testing/test/fixtures/gpu.ts";

const deviceObjects = countDeviceObjects();

test.each(modes)(
  "%s: reads that were asked for before get their numbers, and all memory is given back",
  async (mode) => {
    const before = deviceObjects();
    const backend = await createGpu({ mode, allowSoftware: true });
    const a = randn([32, 32], { seed: 1, backend });
    const sum = tensor([1, 2], { backend }).add(1).array();
    const product = matmul(a, a).data();
    expect(deviceObjects()).toBeGreaterThan(before);
    await backend.dispose(); // Nothing was awaited, no tensor disposed of.
    expect(await sum).toEqual([2, 3]);
    expect(await product).toHaveLength(32 * 32);
    await expect(a.data()).rejects.toThrow(/disposed of: make a new one/);
    expect(deviceObjects()).toBe(before);
  },
);
