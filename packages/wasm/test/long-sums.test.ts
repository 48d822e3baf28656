/** Products over a long inner axis keep their digits. The bounds are what PyTorch's are off. */
import { full, matmul, tidy } from "@dlcc/tensor";
import { afterAll, expect, test } from "vitest";
import { createWasm } from "../src/index.ts";

const backend = await createWasm({ threads: 1 });
afterAll(() => backend.dispose());

test.each([
  [1, 1, 1023, 1e-6],
  [1, 1, 100_000, 2.6e-6],
  [1, 1, 100_003, 2.6e-6],
  [1, 1, 1_000_000, 3.2e-5],
  [3, 5, 100_001, 2.6e-6],
])("0.1 · 0.1, [%d × %d], over %d", async (m, n, k, bound) => {
  const product = tidy(() => matmul(full([m, k], 0.1, { backend }), full([n, k], 0.1, { backend }).transpose()));
  const exact = Math.fround(0.1) ** 2 * k;
  for (const value of await product.data()) expect(Math.abs(value - exact) / exact).toBeLessThanOrEqual(bound);
  product.dispose();
});
