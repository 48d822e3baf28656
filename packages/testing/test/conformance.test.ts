import { cpu } from "@dlcc/tensor";
import { describe, expect, test } from "vitest";
import { type ConformanceCase, conformance, counting, deferred, recording, withoutFused } from "../src/index.ts";

const testAll = (cases: readonly ConformanceCase[]): void => {
  for (const { name, run } of cases) test(name, run);
};

describe("cpu conforms", () => testAll(conformance(cpu)));
describe("recording(cpu) conforms", () => testAll(conformance(recording(cpu))));
describe("deferred(cpu) conforms", () => testAll(conformance(deferred(cpu))));

describe("counting(cpu) conforms, and each case gives all storages back", () => {
  const backend = counting(cpu);
  for (const { name, run } of conformance(backend)) {
    test(name, async () => {
      await run();
      expect(backend.live).toBe(0);
    });
  }
});

describe("a backend without fused ops conforms", () => {
  testAll(conformance(withoutFused(cpu)).filter(({ name }) => /^(linear|softmax|fused|\w+Step)/.test(name)));
});
