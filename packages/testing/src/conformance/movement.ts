/** Movement: views, `copy`, `pad`, `concat`, `gather`, `scatterAdd`. */
import {
  apply,
  broadcastTo,
  type DType,
  isFloat,
  ops,
  type Padding,
  permute,
  reshape,
  slice,
  type Tensor,
} from "@dlcc/tensor";
import * as reference from "../reference.ts";
import {
  type Case,
  describe,
  type Expected,
  expectResult,
  layouts,
  layoutsOf,
  type Subject,
  sample,
  upload,
} from "./harness.ts";

const { entry } = reference;
const domain = { from: -9, to: 9 };

/** Views of `x`, which counts 0, 1, … in `[2, 3, 4]`, and what they show; by the definition, element by element. */
const views: readonly {
  readonly name: string;
  readonly of: (x: Tensor) => Tensor;
  readonly shape: readonly number[];
  readonly element: (index: readonly number[]) => number;
}[] = [
  {
    name: "permuted",
    of: (x) => permute(x, [2, 0, 1]),
    shape: [4, 2, 3],
    element: ([i = 0, j = 0, k = 0]) => 12 * j + 4 * k + i,
  },
  { name: "one row", of: (x) => slice(x, 1, -1), shape: [4], element: ([i = 0]) => 20 + i },
  { name: "one column", of: (x) => slice(x, 0, [], 2), shape: [3], element: ([i = 0]) => 4 * i + 2 },
  {
    name: "backwards",
    of: (x) => slice(x, [], [], [undefined, undefined, -1]),
    shape: [2, 3, 4],
    element: ([i = 0, j = 0, k = 0]) => 12 * i + 4 * j + 3 - k,
  },
  {
    name: "every second, backwards",
    of: (x) => slice(x, 1, [], [3, undefined, -2]),
    shape: [3, 2],
    element: ([i = 0, j = 0]) => 12 + 4 * i + 3 - 2 * j,
  },
  { name: "empty", of: (x) => slice(x, [], [2, 2]), shape: [2, 0, 4], element: () => NaN },
  { name: "one element", of: (x) => slice(x, 1, 2, 3), shape: [], element: () => 23 },
  { name: "reshaped", of: (x) => reshape(x, [6, 4]), shape: [6, 4], element: ([i = 0, j = 0]) => 4 * i + j },
  {
    name: "a reshaped part",
    of: (x) => reshape(slice(x, [], [1]), [2, 8]),
    shape: [2, 8],
    element: ([i = 0, j = 0]) => 12 * i + 4 + j,
  },
  {
    name: "a transpose, reshaped",
    of: (x) => reshape(permute(x, [2, 1, 0]), [4, 6]),
    shape: [4, 6],
    element: ([i = 0, j = 0]) => 12 * (j % 2) + 4 * Math.floor(j / 2) + i,
  },
  {
    name: "broadcast in the middle",
    of: (x) => broadcastTo(slice(x, [], [1, 2]), [2, 5, 4]),
    shape: [2, 5, 4],
    element: ([i = 0, , k = 0]) => 12 * i + 4 + k,
  },
  {
    name: "broadcast, permuted and backwards",
    of: (x) => slice(permute(broadcastTo(slice(x, 1, 2), [3, 4]), [1, 0]), [undefined, undefined, -1]),
    shape: [4, 3],
    element: ([i = 0]) => 23 - i,
  },
];

const viewCases = (subject: Subject, dtype: DType): Case[] =>
  views.flatMap(({ name, of, shape, element }) => {
    const counted = reference.build([2, 3, 4], ([i = 0, j = 0, k = 0]) => 12 * i + 4 * j + k);
    const convert = (value: number): number => reference.convert(dtype === "bool" ? value % 3 : value, dtype);
    const expected: Expected = { dtype, ...reference.build(shape, (index) => convert(element(index))) };
    const make = (): Tensor => of(upload(reference.map(counted, convert), dtype, subject));
    return [
      {
        name: `read ${dtype}, ${name}`,
        run: () => expectResult(subject, `read ${dtype}, ${name}`, expected, make),
      },
      {
        name: `copy ${dtype}, ${name}`,
        run: () => expectResult(subject, `copy ${dtype}, ${name}`, expected, () => apply(ops.copy, {}, make())),
      },
    ];
  });

const copyCase = (subject: Subject, dtype: DType): Case => ({
  name: `copy ${dtype}`,
  async run() {
    for (const shape of [[], [0], [1], [5], [2, 3, 4], [1027], [3, 2, 1, 2, 3]]) {
      for (const layout of layouts) {
        const x = layout.fit(sample(shape, dtype, domain));
        const what = `copy ${dtype}, ${layout.name} ${describe(shape)}`;
        await expectResult(subject, what, { dtype, ...x }, () => apply(ops.copy, {}, layout.place(x, dtype, subject)));
      }
    }
  },
});

// biome-ignore format: a table
const paddings: readonly { readonly shape: readonly number[]; readonly padding: readonly Padding[] }[] = [
  { shape: [], padding: [] },
  { shape: [3], padding: [[0, 0]] },
  { shape: [3], padding: [[2, 1]] },
  { shape: [0], padding: [[1, 2]] },
  { shape: [2, 3], padding: [[0, 1], [2, 0]] },
  { shape: [2, 1, 4], padding: [[1, 1], [0, 3], [2, 0]] },
];

const padCase = (subject: Subject, dtype: DType): Case => ({
  name: `pad ${dtype}`,
  async run() {
    const values = isFloat(dtype) ? [0, 2.5, -Infinity] : [0, 1];
    for (const { shape, padding } of paddings) {
      for (const layout of layouts) {
        for (const value of values) {
          const x = layout.fit(sample(shape, dtype, domain));
          const what = `pad ${dtype}, ${layout.name} ${describe(shape)} by ${padding.map(describe).join()} with ${value}`;
          await expectResult(subject, what, { dtype, ...reference.pad(x, padding, value) }, () =>
            apply(ops.pad, { padding, value }, layout.place(x, dtype, subject)),
          );
        }
      }
    }
  },
});

// biome-ignore format: a table
const joins: readonly { readonly shapes: readonly (readonly number[])[]; readonly axis: number }[] = [
  { shapes: [[3]], axis: 0 },
  { shapes: [[2], [3]], axis: 0 },
  { shapes: [[2, 3], [1, 3], [4, 3]], axis: 0 },
  { shapes: [[2, 3], [2, 1], [2, 2]], axis: 1 },
  { shapes: [[2, 0], [2, 3]], axis: 1 },
  { shapes: [[2, 3, 4], [2, 2, 4]], axis: 1 },
  { shapes: [[0, 2], [0, 2]], axis: 0 },
];

const concatCase = (subject: Subject, dtype: DType): Case => ({
  name: `concat ${dtype}`,
  async run() {
    for (const { shapes, axis } of joins) {
      for (const chosen of layoutsOf(shapes.length)) {
        const inputs = shapes.map((shape, i) => entry(chosen, i).fit(sample(shape, dtype, domain, i)));
        const what = `concat ${dtype}, ${shapes.map((shape, i) => `${entry(chosen, i).name} ${describe(shape)}`).join(", ")} along axis ${axis}`;
        await expectResult(subject, what, { dtype, ...reference.concat(inputs, axis) }, () =>
          apply(ops.concat, { axis }, ...inputs.map((x, i) => entry(chosen, i).place(x, dtype, subject))),
        );
      }
    }
  },
});

/** An axis of `x`, and how many indices into it there are, in which shape. */
const picks: readonly { readonly x: readonly number[]; readonly axis: number; readonly indices: readonly number[] }[] =
  [
    { x: [5], axis: 0, indices: [] },
    { x: [5], axis: 0, indices: [3] },
    { x: [1], axis: 0, indices: [4] },
    { x: [5, 3], axis: 0, indices: [7] },
    { x: [3, 5], axis: 1, indices: [2] },
    { x: [3, 5], axis: 1, indices: [] },
    { x: [2, 5, 3], axis: 1, indices: [2, 3] },
    { x: [2, 5, 3], axis: 2, indices: [0] },
    { x: [2, 0, 3], axis: 2, indices: [2] },
  ];

/** Of both signs: negative ones count from the end. */
const pickIndices = (shape: readonly number[], size: number): reference.NdArray =>
  sample(shape, "int32", { from: -size, to: size - 1 }, 5);

const gatherCase = (subject: Subject, dtype: DType): Case => ({
  name: `gather ${dtype}`,
  async run() {
    for (const pick of picks) {
      for (const chosen of layoutsOf(2)) {
        const [first, second] = [entry(chosen, 0), entry(chosen, 1)];
        const x = first.fit(sample(pick.x, dtype, domain));
        const indices = second.fit(pickIndices(pick.indices, entry(pick.x, pick.axis)));
        const what = `gather ${dtype}, ${first.name} ${describe(pick.x)} at ${second.name} ${describe(pick.indices)} along axis ${pick.axis}`;
        await expectResult(subject, what, { dtype, ...reference.gather(x, indices, pick.axis) }, () =>
          apply(
            ops.gather,
            { axis: pick.axis },
            first.place(x, dtype, subject),
            second.place(indices, "int32", subject),
          ),
        );
      }
    }
  },
});

const scatterAddCase = (subject: Subject, dtype: DType): Case => ({
  name: `scatterAdd ${dtype}`,
  async run() {
    for (const pick of picks) {
      for (const chosen of layoutsOf(2)) {
        const [first, second] = [entry(chosen, 0), entry(chosen, 1)];
        const size = entry(pick.x, pick.axis);
        const shape = reference.replaceAxis(pick.x, pick.axis, ...pick.indices);
        const x = first.fit(sample(shape, dtype, domain));
        const indices = second.fit(pickIndices(pick.indices, size));
        const magnitude = reference.scatterAdd(reference.map(x, Math.abs), indices, pick.axis, size);
        const expected = { dtype, magnitude, ...reference.scatterAdd(x, indices, pick.axis, size) };
        const what = `scatterAdd ${dtype}, ${first.name} ${describe(shape)} at ${second.name} ${describe(pick.indices)} along axis ${pick.axis}`;
        await expectResult(subject, what, expected, () =>
          apply(
            ops.scatterAdd,
            { axis: pick.axis, size },
            first.place(x, dtype, subject),
            second.place(indices, "int32", subject),
          ),
        );
      }
    }
  },
});

/** All ops that move elements, and all views. */
export function movement(subject: Subject): Case[] {
  const { dtypes } = subject.backend;
  return [
    ...dtypes.flatMap((dtype) => viewCases(subject, dtype)),
    ...dtypes.map((dtype) => copyCase(subject, dtype)),
    ...dtypes.map((dtype) => padCase(subject, dtype)),
    ...dtypes.map((dtype) => concatCase(subject, dtype)),
    ...dtypes.map((dtype) => gatherCase(subject, dtype)),
    ...dtypes.filter((dtype) => dtype !== "bool").map((dtype) => scatterAddCase(subject, dtype)),
  ];
}
