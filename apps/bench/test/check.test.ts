import { expect, test } from "vitest";
import { type Case, caseId, cases, inUnit, isProduct, type ProductCase, sizesOf } from "../src/cases.ts";
import { dense, lenet5, nielsen } from "../src/networks.ts";
import { checksum, operands, transposed, uniform } from "../src/recipe.ts";
import { referenceOf, tolerance, trainedLoss } from "../src/reference.ts";

const square: ProductCase = { kind: "matmul", n: 64 };

function product(c: ProductCase): Float64Array {
  const { a, b } = operands(c);
  const { m, n, k } = sizesOf(c);
  return Float64Array.from({ length: m * n }, (_, at) => {
    const [row, column] = [Math.floor(at / n), at % n];
    let total = 0;
    for (let p = 0; p < k; p++) total += a[row * k + p]! * b[p * n + column]!;
    return total;
  });
}

test.each([square, ...cases.filter((c: Case) => c.kind === "layer" && c.batch === 10)].filter(isProduct))(
  "the checksum of the right product is the reference's, which never forms the product: %o",
  (c) => {
    expect(checksum(c, product(c))).toBeCloseTo(referenceOf(c), 10);
  },
);

test("a transposed product, and one that is wrong in one element, have other checksums", () => {
  const reference = referenceOf(square);
  const right = product(square);
  expect(Math.abs(checksum(square, transposed(Float32Array.from(right), 64, 64)) - reference)).toBeGreaterThan(
    tolerance,
  );
  right[100] = 0;
  expect(Math.abs(checksum(square, right) - reference)).toBeGreaterThan(tolerance);
});

test("a product of another size is no product", () => {
  expect(() => checksum(square, new Float32Array(10))).toThrow("the product has 10 elements, not 4096");
});

test("the reference begins near chance, −log 1/10, and learns", () => {
  for (const network of [dense, lenet5]) {
    expect(Math.abs(trainedLoss(network, 4, 0) - Math.log(10))).toBeLessThan(0.2);
    expect(trainedLoss(network, 4, 5)).toBeLessThan(trainedLoss(network, 4, 4));
  }
});

test("one step more or less is outside of the tolerance: a contender that skips one is found", () => {
  for (const [network, batch] of [
    [dense, 10],
    [dense, 64],
    [lenet5, 10],
    [nielsen, 4],
  ] as const) {
    const [four, five] = [4, 5].map((steps) => trainedLoss(network, batch, steps)) as [number, number];
    expect(Math.abs(five - four)).toBeGreaterThan(2 * tolerance);
  }
});

test("the recipe's numbers fill their range evenly, and differ by seed", () => {
  const values = uniform(1, 10_000, -1, 1);
  expect(values.every((value) => value >= -1 && value < 1)).toBe(true);
  expect(values.reduce((p, q) => p + q) / values.length).toBeCloseTo(0, 1);
  expect(uniform(2, 10, -1, 1)).not.toEqual(values.subarray(0, 10));
});

test("a product of n = 1000 in 2 s is 1 GFLOP/s", () => {
  expect(inUnit({ kind: "matmul", n: 1000 }, 2000)).toBe(1);
});

test("each case has a name of its own", () => {
  expect(new Set(cases.map(caseId)).size).toBe(cases.length);
});
