import { createGpu } from "@dlcc/gpu";
import { afterAll, describe, expect, test } from "vitest";
import { conformance, counting } from "../src/index.ts";
import { modes, refusal, tolerance, tooFewDigits, withoutDigits, withoutWholeNumbers } from "./fixtures/gpu.ts";

for (const mode of modes) {
  const gpu = await createGpu({ mode, allowSoftware: true });
  afterAll(() => gpu.dispose());

  describe(`gpu by ${mode} conforms, and each case gives all storages back`, () => {
    test("it has the mode", () => expect(gpu.info.mode).toBe(mode));
    const backend = counting(gpu);
    for (const { name, run, skipped } of conformance(backend, {
      tolerance,
      skip: { ...withoutWholeNumbers, ...withoutDigits },
    })) {
      test(skipped === undefined ? name : `${name}: refused, as ${skipped}`, async () => {
        if (skipped === undefined) await run();
        else await expect(run()).rejects.toThrow(name in withoutDigits ? tooFewDigits : refusal);
        expect(backend.live).toBe(0);
        await gpu.flush();
        expect(gpu.memory).toMatchObject({ storages: 0, handles: 0 });
      });
    }
  });
}
