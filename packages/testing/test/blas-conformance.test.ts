import { expect, test } from "vitest";
import { conformance, counting } from "../src/index.ts";
import { describeBlas } from "./machine-blas.ts";

await describeBlas("blas conforms, and each case gives all storages back", (blas) => {
  test("it says what it runs on", () => {
    expect(blas.info).toMatchObject({ library: expect.stringMatching(/./), file: expect.stringMatching(/./) });
  });
  const before = blas.memory;
  const backend = counting(blas);
  for (const { name, run } of conformance(backend)) {
    test(name, async () => {
      await run();
      expect(backend.live).toBe(0);
      expect(blas.memory).toMatchObject({ held: before.held, storages: before.storages });
    });
  }
});
