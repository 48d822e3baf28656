/** Every primitive against central differences: the derivative, and, where it is smooth, the derivative's derivative. */
import { customOp, grad, gradCheck, valueAndGrad } from "@dlcc/autograd";
import {
  argmax,
  argsort,
  atan2,
  broadcastTo,
  concat,
  contiguous,
  equal,
  type FusedOp,
  floorDivide,
  fold,
  gather,
  greater,
  less,
  max,
  maximum,
  min,
  minimum,
  mod,
  type Op,
  pad,
  permute,
  pow,
  randn,
  scatterAdd,
  slice,
  type Tensor,
  tensor,
  type UnaryOp,
  unfold,
  where,
} from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type Case, check, normal, opsOf, positive } from "./cases.ts";

const indices = (...values: number[]): Tensor => tensor(Int32Array.from(values));
const window = { stride: [2, 1], padding: [1, 2], dilation: [1, 2] } as const;
const mask = tensor([[true, false, true]]);

/** A hand-made op for the table: x³. */
const cube = customOp<[Tensor]>({
  name: "cube",
  forward: (x) => x.mul(x).mul(x),
  backward: (gradient, [x]) => [gradient.mul(x).mul(x).mul(3)],
});

/** For each op of tensors that is neither fused nor elementwise of one input (those: packages/testing), cases by name. Flat ones have no derivative to check. The type asks for all of them. */
const primitives: { readonly [O in Exclude<Op, FusedOp | UnaryOp>]: Readonly<Record<string, Case>> | "no derivative" } =
  {
    add: {
      "of one shape": check((a, b) => a.add(b), normal([2, 3]), normal([2, 3], 2)),
      "of a column and a row": check((a, b) => a.add(b), normal([2, 1]), normal([3], 2)),
      "with a scalar": check((a, b) => a.add(b), normal([]), normal([2, 2], 2)),
      "of a tensor and itself": check((x) => x.add(x), normal([3])),
    },
    sub: {
      "of one shape": check((a, b) => a.sub(b), normal([2, 3]), normal([2, 3], 2)),
      "of a row and a batch": check((a, b) => a.sub(b), normal([3]), normal([2, 2, 3], 2)),
    },
    mul: {
      "of one shape": check((a, b) => a.mul(b), normal([2, 3]), normal([2, 3], 2)),
      "with a broadcast axis in the middle": check((a, b) => a.mul(b), normal([2, 1, 3]), normal([4, 1], 2)),
      "of a tensor and itself": check((x) => x.mul(x), normal([3])),
    },
    div: {
      "of one shape": check((a, b) => a.div(b), normal([2, 3]), positive([2, 3], 2)),
      "of a scalar by a column": check((a, b) => a.div(b), normal([]), positive([2, 1], 2)),
    },
    pow: {
      "with a tensor as exponent": check((a, b) => pow(a, b), positive([2, 3]), normal([2, 3], 2)),
      "with a broadcast exponent": check((a, b) => pow(a, b), positive([2, 3]), normal([3], 2)),
      "of a negative base to a whole number": check((x) => pow(x, 3), positive([3]).neg()),
      "to a negative number": check((x) => pow(x, -2), positive([3])),
      "to a fraction": check((x) => pow(x, 0.5), positive([3])),
    },
    maximum: {
      "of one shape": check((a, b) => maximum(a, b), normal([2, 3]), normal([2, 3], 2)),
      "with a number": check((x) => maximum(x, 0.1), normal([5])),
      broadcast: check((a, b) => maximum(a, b), normal([2, 1]), normal([3], 2)),
    },
    minimum: {
      "of one shape": check((a, b) => minimum(a, b), normal([2, 3]), normal([2, 3], 2)),
      broadcast: check((a, b) => minimum(a, b), normal([2, 1]), normal([3], 2)),
    },
    mod: {
      "of one shape": check((a, b) => mod(a, b), normal([2, 3]), positive([2, 3], 2)),
      "with a number": check((x) => mod(x, 0.7), normal([5])),
    },
    atan2: {
      "of one shape": check((a, b) => atan2(a, b), normal([2, 3]), normal([2, 3], 2)),
      broadcast: check((a, b) => atan2(a, b), normal([2, 1]), normal([3], 2)),
      "with a number": check((x) => atan2(2, x), normal([5])),
    },
    floorDivide: "no derivative",
    equal: "no derivative",
    less: "no derivative",
    greater: "no derivative",

    where: {
      "with a broadcast condition": check((a, b) => where(mask, a, b), normal([2, 3]), normal([2, 3], 2)),
      "with broadcast branches": check((a, b) => where(mask, a, b), normal([2, 1]), normal([], 2)),
      "that depends on its branches": check((x) => where(x.greater(0), x.exp(), x.mul(x)), normal([6])),
    },
    // Through float32 there are too few digits for differences; the gradient's way through it is tested below.
    cast: { "to its own dtype and back": check((x) => x.cast("float64").mul(x.less(0).cast("float64")), normal([4])) },

    sum: {
      "over all axes": check((x) => x.sum(), normal([2, 3])),
      "over the first": check((x) => x.sum(0), normal([2, 3])),
      "over two of three, kept": check((x) => x.sum([0, 2], { keepDims: true }), normal([2, 3, 2])),
      "over none": check((x) => x.sum([]), normal([3])),
    },
    max: {
      "over all axes": check((x) => max(x), normal([2, 3])),
      "over the last": check((x) => max(x, 1), normal([3, 4])),
      "over two of three, kept": check((x) => max(x, [0, 2], { keepDims: true }), normal([2, 3, 2])),
    },
    min: {
      "over all axes": check((x) => min(x), normal([2, 3])),
      "over the first and last": check((x) => min(x, [0, -1]), normal([2, 3, 2])),
    },
    argmax: "no derivative",
    argsort: "no derivative",

    matmul: {
      "of matrices": check((a, b) => a.matmul(b), normal([2, 3]), normal([3, 4], 2)),
      "of a transpose and a flip": check(
        (a, b) => a.transpose().matmul(slice(b, [undefined, undefined, -1])),
        normal([3, 2]),
        normal([3, 4], 2),
      ),
      "of batches": check((a, b) => a.matmul(b), normal([2, 2, 3]), normal([2, 3, 2], 2)),
      "of a batch and one matrix": check((a, b) => a.matmul(b), normal([2, 2, 3]), normal([3, 2], 2)),
      "of batches that broadcast": check((a, b) => a.matmul(b), normal([2, 1, 2, 2]), normal([3, 2, 1], 2)),
      "of vectors": check((a, b) => a.matmul(b), normal([3]), normal([3], 2)),
      "of a matrix and a vector": check((a, b) => a.matmul(b), normal([2, 3]), normal([3], 2)),
      "of a matrix and itself": check((x) => x.matmul(x), normal([3, 3])),
    },

    copy: { "of a transpose": check((x) => contiguous(x.transpose()), normal([2, 3])) },
    pad: {
      "on all sides": check(
        (x) =>
          pad(
            x,
            [
              [1, 2],
              [0, 1],
            ],
            7,
          ),
        normal([2, 3]),
      ),
      "on none": check((x) => pad(x, [[0, 0]]), normal([2])),
    },
    concat: {
      "along the first axis": check((a, b) => concat([a, b]), normal([2, 3]), normal([1, 3], 2)),
      "along the last, one of them twice": check((a, b) => concat([a, b, a], -1), normal([2, 1]), normal([2, 3], 2)),
    },
    gather: {
      "with repeated indices": check((x) => gather(x, indices(2, 0, -1, 2)), normal([3, 2])),
      "along the last axis": check((x) => gather(x, indices(1, 1), -1), normal([2, 3])),
      "with indices in a table": check((x) => gather(x, indices(0, 1, 1, 0).reshape([2, 2]), 1), normal([2, 2, 2])),
    },
    scatterAdd: {
      "with repeated indices": check((x) => scatterAdd(x, indices(1, -3, 3), 0, 4), normal([3, 2])),
      "along the last axis": check((x) => scatterAdd(x, indices(2, 0, 2), 1, 3), normal([2, 3])),
    },
    unfold: {
      "of a small image": check((x) => unfold(x, 2), normal([1, 2, 3, 3])),
      "with stride, padding and dilation": check((x) => unfold(x, [3, 2], window), normal([2, 2, 5, 4])),
      "with a stride past the kernel": check((x) => unfold(x, 1, { stride: 2 }), normal([1, 1, 3, 4])),
    },
    fold: {
      "into a small image": check((x) => fold(x, [3, 3], 2), normal([1, 8, 4])),
      "with stride, padding and dilation": check((x) => fold(x, [5, 4], [3, 2], window), normal([1, 12, 18])),
    },

    reshape: { "": check((x) => x.reshape([3, 2]), normal([2, 3])) },
    permute: { "of three axes": check((x) => permute(x, [2, 0, 1]), normal([2, 3, 2])) },
    broadcastTo: {
      "with new and stretched axes": check((x) => broadcastTo(x, [2, 3, 2]), normal([3, 1])),
      "of a scalar": check((x) => broadcastTo(x, [2, 2]), normal([])),
      "of a length of 1 that stays": check((x) => broadcastTo(x, [3, 1, 2]), normal([1, 2])),
    },
    slice: {
      "of a range": check((x) => slice(x, [1, 3], [0, 2]), normal([4, 3])),
      "by a negative step": check((x) => slice(x, [undefined, undefined, -1], [3, 0, -2]), normal([2, 4])),
      "by a step, between padding": check((x) => slice(x, [1, 6, 2], [1, 2]), normal([7, 3])),
      "at an index": check((x) => slice(x, -1, [], 0), normal([2, 2, 2])),
      "of nothing": check((x) => concat([x, slice(x, [1, 1])]), normal([2, 2])),
    },

    custom: { "of one's own": check((x) => cube(x), normal([4])) },
  };

describe("the derivative of each primitive agrees with differences", () => {
  for (const [op, cases] of Object.entries(primitives)) {
    if (cases === "no derivative") continue;
    for (const [name, { f, at }] of Object.entries(cases)) {
      test(`${op} ${name}`.trim(), async () => {
        if (op !== "cast") expect(opsOf(() => f(...at))).toContain(op);
        expect(await gradCheck(f, at)).toBeLessThan(1);
      });
    }
  }
});

describe("the derivative's derivative agrees with differences", () => {
  for (const [op, cases] of Object.entries(primitives)) {
    if (cases === "no derivative") continue;
    for (const [name, { f, at }] of Object.entries(cases)) {
      test(`${op} ${name}`.trim(), async () => {
        // Squared first, so that linear ops have a second derivative, too.
        const slope = grad((x: Tensor, ...rest: Tensor[]) => {
          const y = f(x, ...rest);
          return y
            .mul(y)
            .mul(randn(y.shape, { seed: 9, dtype: "float64" }))
            .sum();
        }) as (...inputs: Tensor[]) => Tensor;
        expect(await gradCheck(slope, at)).toBeLessThan(1);
      });
    }
  }
});

describe("an op that is flat wherever it is smooth passes no derivative on", () => {
  const x = normal([2, 3]);
  const flat: Readonly<Record<string, () => Tensor>> = {
    floorDivide: () => floorDivide(x, 0.7),
    equal: () => equal(x, 0),
    less: () => less(x, 0),
    greater: () => greater(0, x),
    argmax: () => argmax(x, 1),
    argsort: () => argsort(x),
  };
  test("the list is that of the table", () => {
    const named = Object.entries(primitives).flatMap(([op, cases]) => (cases === "no derivative" ? [op] : []));
    expect(Object.keys(flat).sort()).toEqual(named.sort());
  });
  test.each(Object.entries(flat))("%s", (op, f) => {
    expect(opsOf(f)).toContain(op);
    expect(valueAndGrad(() => f().cast("float64").sum(), [x]).gradients.size).toBe(0);
  });
});

describe("cast", () => {
  test("brings the gradient back in the input's dtype", async () => {
    const x = tensor([1, 2]); // float32
    const { gradients } = valueAndGrad(() => x.cast("float64").mul(x.cast("float64")).sum(), [x]);
    expect(gradients.get(x)?.dtype).toBe("float32");
    expect(await gradients.get(x)?.array()).toEqual([2, 4]);
  });
  test("through whole numbers has no derivative", () => {
    const x = tensor([1.5, 2.5]);
    const { gradients } = valueAndGrad(() => x.cast("int32").cast("float32").sum(), [x]);
    expect(gradients.size).toBe(0);
  });
});
