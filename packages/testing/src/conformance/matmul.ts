/** The matrix product: sizes around those of tiles, batches, and every pair of layouts. */
import { apply, type DType, isFloat, ops } from "@dlcc/tensor";
import { map, matmul as matmulReference, type NdArray } from "../reference.ts";
import { type Case, describe, expectResult, type Layout, layouts, type Subject, sample } from "./harness.ts";

/** `[m, k, n]`: nothing, vectors, odd sizes, and one that needs several tiles and blocks each way. */
const sizes: readonly (readonly [m: number, k: number, n: number])[] = [
  [1, 1, 1],
  [1, 5, 1],
  [4, 4, 4],
  [3, 5, 7],
  [5, 1, 6],
  [9, 8, 1],
  [1, 17, 9],
  [16, 16, 16],
  [17, 33, 18],
  [0, 3, 2],
  [3, 2, 0],
  [2, 0, 3],
  [66, 35, 35],
  [2, 1100, 3],
  [131, 5, 6],
];

/** Leading axes. */
const batches: readonly (readonly number[])[] = [[1], [3], [2, 3], [0], [2, 1, 2]];

/** All cases of the matrix product. */
export function matmul(subject: Subject): Case[] {
  return subject.backend.dtypes.filter((dtype) => dtype !== "bool").flatMap((dtype) => casesFor(subject, dtype));
}

function casesFor(subject: Subject, dtype: DType): Case[] {
  const domain = isFloat(dtype) ? { from: -1, to: 1 } : { from: -9, to: 9 };
  const run = async (a: NdArray, b: NdArray, left: Layout, right: Layout): Promise<void> => {
    const [p, q] = [left.fit(a), right.fit(b)];
    const expected = matmulReference(p, q, dtype);
    const magnitude = isFloat(dtype) ? matmulReference(map(p, Math.abs), map(q, Math.abs), dtype) : undefined;
    const what = `matmul ${dtype}, ${left.name} ${describe(a.shape)} x ${right.name} ${describe(b.shape)}`;
    await expectResult(subject, what, { dtype, magnitude, ...expected }, () =>
      apply(ops.matmul, {}, left.place(p, dtype, subject), right.place(q, dtype, subject)),
    );
  };
  const runShapes = (batch: readonly number[], [m, k, n]: (typeof sizes)[number], left: Layout, right: Layout) =>
    run(sample([...batch, m, k], dtype, domain, 1), sample([...batch, k, n], dtype, domain, 2), left, right);
  const pairs = layouts.flatMap((left) => layouts.map((right) => [left, right] as const));
  const special: Case = {
    name: `matmul ${dtype}, special values`,
    async run() {
      // Zeros do not hide what they are multiplied with: 0 · NaN and 0 · ∞ are NaN.
      const a = { shape: [3, 3], data: [0, 1, 2, NaN, 0, 0, Infinity, 1, -1] };
      const b = { shape: [3, 2], data: [NaN, 1, 0, 2, 3, Infinity] };
      await run(a, b, layouts[0], layouts[0]);
    },
  };
  const large: Case = {
    name: `matmul ${dtype}, large numbers`,
    async run() {
      // Products and sums of more than 53 bits, of which 32 are kept.
      const a = { shape: [2, 3], data: [2 ** 31 - 1, -(2 ** 31), 123456789, -987654321, 65537, 3] };
      const b = { shape: [3, 2], data: [2 ** 31 - 1, -987654321, 2 ** 31 - 1, 65537, 123456789, -(2 ** 31)] };
      await run(a, b, layouts[0], layouts[0]);
    },
  };
  return [
    {
      name: `matmul ${dtype}, sizes`,
      async run() {
        for (const size of sizes) await runShapes([], size, layouts[0], layouts[0]);
      },
    },
    {
      name: `matmul ${dtype}, layouts`,
      async run() {
        for (const [left, right] of pairs) {
          await runShapes([], [3, 5, 7], left, right);
          await runShapes([], [6, 5, 4], left, right);
        }
      },
    },
    {
      name: `matmul ${dtype}, batches`,
      async run() {
        for (const batch of batches) await runShapes(batch, [3, 4, 5], layouts[0], layouts[0]);
        for (const [left, right] of pairs) await runShapes([2, 3], [2, 4, 3], left, right);
      },
    },
    isFloat(dtype) ? special : large,
  ];
}
