/** Reductions: `reduce` over every choice of axes, and `argmax`. */
import { apply, type DType, isFloat, ops, type ReduceOp } from "@dlcc/tensor";
import { argmax, map, type NdArray, reduce } from "../reference.ts";
import { type Case, describe, expectResult, type Layout, layouts, type Subject, sample } from "./harness.ts";

/** Shapes, and axes to reduce them over; those of length 0 have a sum alone. */
const reductions: readonly { readonly shape: readonly number[]; readonly axes: readonly number[] }[] = [
  { shape: [], axes: [] },
  { shape: [1], axes: [0] },
  { shape: [5], axes: [] },
  { shape: [5], axes: [0] },
  { shape: [1027], axes: [0] },
  { shape: [33, 3], axes: [0] },
  { shape: [3, 33], axes: [1] },
  { shape: [2, 3, 4], axes: [0] },
  { shape: [2, 3, 4], axes: [1] },
  { shape: [2, 3, 4], axes: [2] },
  { shape: [2, 3, 4], axes: [0, 1] },
  { shape: [2, 3, 4], axes: [0, 2] },
  { shape: [2, 3, 4], axes: [1, 2] },
  { shape: [2, 3, 4], axes: [0, 1, 2] },
  { shape: [2, 1, 4], axes: [1] },
  { shape: [0, 3], axes: [1] },
  { shape: [2, 3, 2, 3], axes: [1, 3] },
];

const empty: typeof reductions = [
  { shape: [0], axes: [0] },
  { shape: [2, 0, 3], axes: [1] },
  { shape: [2, 0, 3], axes: [0, 1, 2] },
];

function reduceCases(subject: Subject, op: ReduceOp, dtype: DType): Case[] {
  const run = async (x: NdArray, axes: readonly number[], layout: Layout): Promise<void> => {
    const fitting = layout.fit(x);
    const what = `${op} ${dtype}, ${layout.name} ${describe(x.shape)} over axes ${describe(axes)}`;
    const magnitude = op === "sum" && isFloat(dtype) ? reduce("sum", map(fitting, Math.abs), axes, dtype) : undefined;
    await expectResult(subject, what, { dtype, magnitude, ...reduce(op, fitting, axes, dtype) }, () =>
      apply(ops[op], { axes }, layout.place(fitting, dtype, subject)),
    );
  };
  const cases: Case[] = [
    {
      name: `${op} ${dtype}`,
      async run() {
        for (const { shape, axes } of op === "sum" ? [...reductions, ...empty] : reductions) {
          for (const layout of layouts) await run(sample(shape, dtype, { from: -9, to: 9 }), axes, layout);
        }
      },
    },
  ];
  if (isFloat(dtype)) {
    cases.push({
      name: `${op} ${dtype}, special values`,
      async run() {
        const rows = [
          [1, NaN, 3],
          [NaN, 2, 1],
          [Infinity, 1, 2],
          [-Infinity, 1, 2],
          [-Infinity, -Infinity, -Infinity],
          [Infinity, -Infinity, 0],
        ];
        const x = { shape: [rows.length, 3], data: rows.flat() };
        await run(x, [1], layouts[0]);
        await run(x, [0], layouts[0]);
      },
    });
  }
  if (dtype === "int32") {
    cases.push({
      name: `${op} int32, large numbers`,
      run: () => run({ shape: [4], data: [2 ** 31 - 1, 2 ** 31 - 1, -(2 ** 31), 16777217] }, [0], layouts[0]),
    });
  }
  return cases;
}

function argmaxCases(subject: Subject, dtype: DType): Case[] {
  const run = async (x: NdArray, axis: number, layout: Layout): Promise<void> => {
    const fitting = layout.fit(x);
    const what = `argmax ${dtype}, ${layout.name} ${describe(x.shape)} along axis ${axis}`;
    await expectResult(subject, what, { dtype: "int32", ...argmax(fitting, axis) }, () =>
      apply(ops.argmax, { axis }, layout.place(fitting, dtype, subject)),
    );
  };
  const shapes = [[1], [7], [1027], [2, 3, 4], [5, 1], [0, 3], [1, 9]];
  const cases: Case[] = [
    {
      name: `argmax ${dtype}`,
      async run() {
        for (const shape of shapes) {
          for (const axis of shape.keys()) {
            if (shape[axis] === 0) continue;
            for (const layout of layouts) await run(sample(shape, dtype, { from: -9, to: 9 }), axis, layout);
          }
        }
      },
    },
    {
      name: `argmax ${dtype}, the first of equals`,
      async run() {
        const x = { shape: [3, 4], data: [1, 5, 5, 0, 2, 2, 2, 2, -3, -7, -3, -9] };
        for (const layout of layouts) await run(x, 1, layout);
      },
    },
  ];
  if (isFloat(dtype)) {
    cases.push({
      name: `argmax ${dtype}, special values`,
      async run() {
        const rows = [
          [1, NaN, Infinity],
          [NaN, NaN, 1],
          [-Infinity, -Infinity, -Infinity],
          [-Infinity, -1, NaN],
          [0, Infinity, Infinity],
        ];
        await run({ shape: [rows.length, 3], data: rows.flat() }, 1, layouts[0]);
      },
    });
  }
  return cases;
}

/** All reductions. */
export function reduction(subject: Subject): Case[] {
  const { dtypes } = subject.backend;
  const numbers = dtypes.filter((dtype) => dtype !== "bool");
  return [
    ...numbers.flatMap((dtype) => reduceCases(subject, "sum", dtype)),
    ...dtypes.flatMap((dtype) => reduceCases(subject, "max", dtype)),
    ...dtypes.flatMap((dtype) => reduceCases(subject, "min", dtype)),
    ...numbers.flatMap((dtype) => argmaxCases(subject, dtype)),
  ];
}
