/** Order along an axis: `argsort`. */
import { apply, type DType, isFloat, ops } from "@dlcc/tensor";
import { argsort, type NdArray } from "../reference.ts";
import { type Case, describe, expectResult, type Layout, layouts, type Subject, sample } from "./harness.ts";

/** Lengths around powers of two, of one and of none, and each axis of several. */
const shapes: readonly (readonly number[])[] = [
  [1],
  [2],
  [7],
  [8],
  [9],
  [1027],
  [2, 3, 4],
  [5, 1],
  [3, 33],
  [0, 3],
  [2, 0],
];

function casesFor(subject: Subject, dtype: DType): Case[] {
  const run = async (x: NdArray, axis: number, layout: Layout): Promise<void> => {
    const fitting = layout.fit(x);
    for (const descending of [false, true]) {
      const what = `argsort ${dtype}, ${layout.name} ${describe(x.shape)} along axis ${axis}${descending ? ", descending" : ""}`;
      await expectResult(subject, what, { dtype: "int32", ...argsort(fitting, axis, descending) }, () =>
        apply(ops.argsort, { axis, descending }, layout.place(fitting, dtype, subject)),
      );
    }
  };
  const cases: Case[] = [
    {
      name: `argsort ${dtype}`,
      async run() {
        for (const shape of shapes) {
          for (const axis of shape.keys()) {
            for (const layout of layouts) await run(sample(shape, dtype, { from: -9, to: 9 }), axis, layout);
          }
        }
      },
    },
    {
      name: `argsort ${dtype}, equal elements stay in order`,
      async run() {
        const data = Array.from({ length: 60 }, (_, i) => (i * 7) % 2);
        for (const axis of [0, 1]) {
          for (const layout of layouts) await run({ shape: [3, 20], data }, axis, layout);
        }
      },
    },
  ];
  if (isFloat(dtype)) {
    cases.push({
      name: `argsort ${dtype}, special values`,
      async run() {
        const rows = [
          [NaN, 1, -Infinity, NaN, Infinity, 0],
          [-0, 0, -1, 0, -0, 1e-30],
          [-Infinity, Infinity, Infinity, -Infinity, NaN, -1e30],
          [NaN, NaN, NaN, NaN, NaN, NaN],
        ];
        const x = { shape: [rows.length, 6], data: rows.flat() };
        await run(x, 1, layouts[0]);
        await run(x, 0, layouts[0]);
      },
    });
  }
  if (dtype === "int32") {
    cases.push({
      name: "argsort int32, large numbers",
      run: () => run({ shape: [5], data: [2 ** 31 - 1, 16777217, 16777216, -(2 ** 31), 0] }, 0, layouts[0]),
    });
  }
  return cases;
}

/** All cases of order. */
export const order = (subject: Subject): Case[] => subject.backend.dtypes.flatMap((dtype) => casesFor(subject, dtype));
