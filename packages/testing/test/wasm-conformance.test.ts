import { createWasm } from "@dlcc/wasm";
import { afterAll, describe, expect, test } from "vitest";
import { conformance, counting } from "../src/index.ts";

for (const threads of [1, 2]) {
  const wasm = await createWasm({ threads });
  afterAll(() => wasm.dispose());

  describe(`wasm on ${threads} threads conforms, and each case gives all storages back`, () => {
    test("it has the threads", () => expect(wasm.info).toEqual({ threads }));
    const before = wasm.memory;
    const backend = counting(wasm);
    for (const { name, run } of conformance(backend)) {
      test(name, async () => {
        await run();
        expect(backend.live).toBe(0);
        expect(wasm.memory).toMatchObject({ held: before.held, storages: before.storages });
      });
    }
  });
}
