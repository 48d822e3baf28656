/** Elementwise ops: `unary`, `binary` with the comparisons, `where`, `cast`. */
import {
  type ArithmeticOp,
  apply,
  type BinaryOp,
  type ComparisonOp,
  cast,
  type DType,
  isFloat,
  ops,
  type Tensor,
  type UnaryOp,
  unaryOps,
} from "@dlcc/tensor";
import { binary, convert, entry, isComparison, map, type NdArray, where, zip } from "../reference.ts";
import { type Takes, takes, unaryRows } from "../unary-rows.ts";
import {
  type Case,
  type Domain,
  describe,
  expectResult,
  type Layout,
  layouts,
  layoutsOf,
  rounded,
  type Subject,
  sample,
  upload,
} from "./harness.ts";

/** Shapes that are awkward in some way: nothing, one, odd lengths, lengths around those of vector registers. */
const shapes: readonly (readonly number[])[] = [
  [],
  [0],
  [1],
  [3],
  [4],
  [7],
  [17],
  [1027],
  [2, 0, 3],
  [3, 1, 2],
  [2, 3, 4, 5],
];

/** Each shape as it comes, and one in each layout. */
const inputsOf = (count: number): readonly { shape: readonly number[]; chosen: readonly Layout[] }[] => [
  ...shapes.map((shape) => ({ shape, chosen: Array.from({ length: count }, () => layouts[0]) })),
  ...layoutsOf(count).flatMap((chosen) => [[2, 3, 4], [5], []].map((shape) => ({ shape, chosen }))),
];

const named = (chosen: readonly Layout[]): string => chosen.map((layout) => layout.name).join(" and ");

/** Numbers at which formulas break: what a float can hold besides numbers, both zeros, and large and small ones. */
const special: readonly number[] = [NaN, Infinity, -Infinity, 0, -0, 1, -1, 0.5, -2, 200, -200, 1e-30, -1e30];

function unaryCases(subject: Subject, op: UnaryOp, dtype: DType): Case[] {
  const { f, from, to } = unaryRows[op];
  const run = async (what: string, x: NdArray, layout: Layout): Promise<void> => {
    const fitting = layout.fit(x);
    await expectResult(subject, `${op} ${dtype}, ${what}`, { dtype, ...map(fitting, f) }, () =>
      apply(ops[op], {}, layout.place(fitting, dtype, subject)),
    );
  };
  const cases: Case[] = [
    {
      name: `${op} ${dtype}`,
      async run() {
        for (const { shape, chosen } of inputsOf(1)) {
          const x = sample(shape, dtype, { from, to });
          await run(`${named(chosen)} ${describe(shape)}`, x, entry(chosen, 0));
        }
      },
    },
  ];
  if (isFloat(dtype)) {
    cases.push({
      name: `${op} ${dtype}, special values`,
      run: () => run("special values", rounded({ shape: [special.length], data: special }, dtype), layouts[0]),
    });
  }
  return cases;
}

/** Where each function is defined, and for which dtypes. Whole numbers have no negative powers. */
export const binaryDomains: {
  readonly [O in ArithmeticOp | ComparisonOp]: { readonly a: Domain; readonly b: Domain; readonly kind: Takes };
} = {
  add: { a: { from: -5, to: 5 }, b: { from: -5, to: 5 }, kind: "numbers" },
  sub: { a: { from: -5, to: 5 }, b: { from: -5, to: 5 }, kind: "numbers" },
  mul: { a: { from: -5, to: 5 }, b: { from: -5, to: 5 }, kind: "numbers" },
  div: { a: { from: -5, to: 5 }, b: { from: 1, to: 5 }, kind: "floats" },
  pow: { a: { from: 1, to: 4 }, b: { from: 0, to: 3 }, kind: "numbers" },
  maximum: { a: { from: -2, to: 2 }, b: { from: -2, to: 2 }, kind: "all" },
  minimum: { a: { from: -2, to: 2 }, b: { from: -2, to: 2 }, kind: "all" },
  floorDivide: { a: { from: -5, to: 5 }, b: { from: 1, to: 5 }, kind: "numbers" },
  mod: { a: { from: -5, to: 5 }, b: { from: 1, to: 5 }, kind: "numbers" },
  atan2: { a: { from: -5, to: 5 }, b: { from: -5, to: 5 }, kind: "floats" },
  // Few numbers, so that some are equal.
  equal: { a: { from: 0, to: 2 }, b: { from: 0, to: 2 }, kind: "all" },
  less: { a: { from: -2, to: 2 }, b: { from: -2, to: 2 }, kind: "all" },
  greater: { a: { from: -2, to: 2 }, b: { from: -2, to: 2 }, kind: "all" },
};

/** All pairs of special values. */
function specialPairs(dtype: DType): { a: NdArray; b: NdArray } {
  const values = rounded({ shape: [special.length], data: special }, dtype).data;
  const pairs = values.flatMap((a) => values.map((b) => [a, b] as const));
  const shape = [pairs.length];
  return { a: { shape, data: pairs.map(([a]) => a) }, b: { shape, data: pairs.map(([, b]) => b) } };
}

/** Whole numbers whose sums and products need more than 32 bits. */
const large: readonly number[] = [2 ** 31 - 1, -(2 ** 31), 123456789, -987654321, 65537, 3];

/** Division has a meaning of its own where the divisor is 0. */
const dividing: ReadonlySet<BinaryOp> = new Set<BinaryOp>(["floorDivide", "mod"]);

/** A number literal in place of either operand, beside a view in every layout. */
async function literalCase(subject: Subject, op: BinaryOp, dtype: DType): Promise<void> {
  const { a, b } = binaryDomains[op];
  const dtypeOfResult = isComparison(op) ? "bool" : dtype;
  const filled = (x: NdArray, value: number): NdArray => ({ shape: x.shape, data: x.data.map(() => value) });
  const [left, right] = [entry(sample([1], dtype, a, 1).data, 0), entry(sample([1], dtype, b, 2).data, 0)];
  for (const layout of layouts) {
    const what = `${op} ${dtype}, ${layout.name}`;
    const [x, y] = [layout.fit(sample([2, 3, 4], dtype, a, 3)), layout.fit(sample([2, 3, 4], dtype, b, 4))];
    const onTheRight = { dtype: dtypeOfResult, ...zip(x, filled(x, right), binary(op, dtype)) } as const;
    const onTheLeft = { dtype: dtypeOfResult, ...zip(filled(y, left), y, binary(op, dtype)) } as const;
    const place = (operand: NdArray): Tensor => layout.place(operand, dtype, subject);
    await expectResult(subject, `${what}, a number on the right`, onTheRight, () =>
      apply(ops[op], {}, place(x), right),
    );
    await expectResult(subject, `${what}, a number on the left`, onTheLeft, () => apply(ops[op], {}, left, place(y)));
  }
}

function binaryCases(subject: Subject, op: BinaryOp, dtype: DType): Case[] {
  const f = binary(op, dtype);
  const result = isComparison(op) ? "bool" : dtype;
  const run = async (what: string, a: NdArray, b: NdArray, chosen: readonly Layout[]): Promise<void> => {
    const [left, right] = [entry(chosen, 0), entry(chosen, 1)];
    const [p, q] = [left.fit(a), right.fit(b)];
    await expectResult(subject, `${op} ${dtype}, ${what}`, { dtype: result, ...zip(p, q, f) }, () =>
      apply(ops[op], {}, left.place(p, dtype, subject), right.place(q, dtype, subject)),
    );
  };
  const plain = [layouts[0], layouts[0]];
  const cases: Case[] = [
    {
      name: `${op} ${dtype}`,
      async run() {
        for (const { shape, chosen } of inputsOf(2)) {
          const a = sample(shape, dtype, binaryDomains[op].a, 1);
          const b = sample(shape, dtype, binaryDomains[op].b, 2);
          await run(`${named(chosen)} ${describe(shape)}`, a, b, chosen);
        }
      },
    },
  ];
  cases.push({ name: `${op} ${dtype}, number literals`, run: () => literalCase(subject, op, dtype) });
  if (isFloat(dtype)) {
    const { a, b } = specialPairs(dtype);
    cases.push({ name: `${op} ${dtype}, special values`, run: () => run("special values", a, b, plain) });
  } else if (dtype === "int32" && op !== "pow") {
    const shape = [large.length, large.length];
    const a = { shape, data: large.flatMap((value) => large.map(() => value)) };
    const b = { shape, data: large.flatMap(() => large) };
    cases.push({ name: `${op} int32, large numbers`, run: () => run("large numbers", a, b, plain) });
    if (dividing.has(op)) {
      const small = [7, 6, 1, 0, -1, -6, -7, 2 ** 24 - 1, 1 - 2 ** 24, 6000001];
      const square = [small.length, small.length];
      const p = { shape: square, data: small.flatMap((value) => small.map(() => value)) };
      const q = { shape: square, data: small.flatMap(() => small) };
      cases.push({ name: `${op} int32, of all signs, by 0`, run: () => run("of all signs, by 0", p, q, plain) });
    }
  }
  return cases;
}

const whereCase = (subject: Subject, dtype: DType): Case => ({
  name: `where ${dtype}`,
  async run() {
    const domain = { from: -5, to: 5 };
    for (const { shape, chosen } of inputsOf(3)) {
      const condition = entry(chosen, 0).fit(sample(shape, "bool", domain, 1));
      const a = entry(chosen, 1).fit(sample(shape, dtype, domain, 2));
      const b = entry(chosen, 2).fit(sample(shape, dtype, domain, 3));
      const what = `where ${dtype}, ${named(chosen)} ${describe(shape)}`;
      await expectResult(subject, what, { dtype, ...where(condition, a, b) }, () =>
        apply(
          ops.where,
          {},
          entry(chosen, 0).place(condition, "bool", subject),
          entry(chosen, 1).place(a, dtype, subject),
          entry(chosen, 2).place(b, dtype, subject),
        ),
      );
    }
  },
});

/** The branch that is not chosen has no influence, not even as NaN. */
const wherePicks = (subject: Subject, dtype: DType): Case => ({
  name: `where ${dtype}, special values`,
  async run() {
    const condition = { shape: [4], data: [1, 0, 1, 0] };
    const a = { shape: [4], data: [1, NaN, -0, Infinity] };
    const b = { shape: [4], data: [NaN, 2, Infinity, -Infinity] };
    await expectResult(subject, `where ${dtype}, special values`, { dtype, ...where(condition, a, b) }, () =>
      apply(ops.where, {}, upload(condition, "bool", subject), upload(a, dtype, subject), upload(b, dtype, subject)),
    );
  },
});

function castCases(subject: Subject, from: DType, to: DType): Case[] {
  const run = async (what: string, x: NdArray, layout: Layout): Promise<void> => {
    const fitting = layout.fit(x);
    const expected = { dtype: to, ...map(fitting, (value) => convert(value, to)) };
    await expectResult(subject, `cast ${from} to ${to}, ${what}`, expected, () =>
      from === to
        ? apply(ops.cast, { dtype: to }, layout.place(fitting, from, subject))
        : cast(layout.place(fitting, from, subject), to),
    );
  };
  const cases: Case[] = [
    {
      name: `cast ${from} to ${to}`,
      async run() {
        for (const { shape, chosen } of inputsOf(1)) {
          const x = sample(shape, from, { from: -3, to: 3 });
          await run(`${named(chosen)} ${describe(shape)}`, x, entry(chosen, 0));
        }
      },
    },
  ];
  const values = to === "int32" ? [0, -0, 0.999, -0.999] : special;
  const add = (what: string, data: readonly number[]): void => {
    const x = rounded({ shape: [data.length], data }, from);
    cases.push({ name: `cast ${from} to ${to}, ${what}`, run: () => run(what, x, layouts[0]) });
  };
  if (isFloat(from)) add("special values", values);
  if (isFloat(from) && to === "int32") {
    add("large numbers", [1e9, -1e9]);
    add("numbers that it lacks", [NaN, Infinity, -Infinity, 2 ** 31, 3e9, -3e9, 1e20, -1e20]);
  }
  return cases;
}

/** All elementwise ops. */
export function elementwise(subject: Subject): Case[] {
  const { dtypes } = subject.backend;
  return [
    ...unaryOps.flatMap((op) =>
      dtypes.filter(takes[unaryRows[op].takes]).flatMap((dtype) => unaryCases(subject, op, dtype)),
    ),
    ...(Object.keys(binaryDomains) as BinaryOp[]).flatMap((op) =>
      dtypes.filter(takes[binaryDomains[op].kind]).flatMap((dtype) => binaryCases(subject, op, dtype)),
    ),
    ...dtypes.map((dtype) => whereCase(subject, dtype)),
    ...dtypes.filter(isFloat).map((dtype) => wherePicks(subject, dtype)),
    ...dtypes.flatMap((from) => dtypes.flatMap((to) => castCases(subject, from, to))),
  ];
}
