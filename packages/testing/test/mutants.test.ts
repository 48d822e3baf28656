/** The suite finds mistakes: backends with one each, and which case must find it. */
import { composites, cpu as unbroken } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { conformance } from "../src/index.ts";
import { array, changed, cpu } from "./fixtures/mutant.ts";
import { mutantsOfFused } from "./fixtures/mutants-of-fused.ts";
import { mutantsOfPrimitives } from "./fixtures/mutants-of-primitives.ts";

const mutants = [...mutantsOfPrimitives, ...mutantsOfFused];

describe("the harness without a mutant passes", () => {
  // A case that fails here would find every mutant.
  for (const { name, run } of conformance(changed({}))) test(name, run);
});

test("every fused op has a mutant", () => {
  const ops = new Set(mutants.map(({ foundBy }) => foundBy.split(" ")[0]));
  expect(Object.keys(composites).filter((op) => !ops.has(op))).toEqual([]);
});

test.each(mutants)("the suite finds that $mistake", async ({ backend, foundBy }) => {
  const broken = changed(backend);
  let found = 0;
  for (const { name, run } of conformance(broken)) {
    if (!name.startsWith(foundBy)) continue;
    found += await run().then(
      () => 0,
      () => 1,
    );
  }
  expect(found).toBeGreaterThan(0);
});

test("a failure names the op, the case, the backend, the expected and the actual number and the error", async () => {
  const broken = changed(mutants[0]!.backend);
  const [negation] = conformance(broken).filter(({ name }) => name === "neg float32, special values");
  await expect(negation!.run()).rejects.toThrow(
    /neg float32, special values on broken: 10 of 13 elements .* expected .*, got .*error.*allowed/,
  );
});

test("a skipped case stays in the list with its reason", () => {
  const cases = conformance(unbroken, { skip: { "pow float32": "no power here" } });
  expect(cases.find(({ name }) => name === "pow float32")?.skipped).toBe("no power here");
  expect(cases.filter(({ skipped }) => skipped !== undefined)).toHaveLength(1);
});

test("a case that is not there can't be skipped", () => {
  expect(() => conformance(unbroken, { skip: { "pow float99": "typo" } })).toThrow(
    /each name in skip must be that of a case, got "pow float99"/,
  );
});

test("no two cases have one name", () => {
  const names = conformance(unbroken).map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

test("a larger tolerance lets a less exact backend pass", async () => {
  const rough = changed({ unary: (op, x) => array(cpu.unary(op, x)).map((value) => value * 1.00001) });
  const exp = (tolerance: number) =>
    conformance(rough, { tolerance: { float32: tolerance } }).find(({ name }) => name === "exp float32")!;
  await expect(exp(1e-6).run()).rejects.toThrow();
  await exp(1e-4).run();
});
