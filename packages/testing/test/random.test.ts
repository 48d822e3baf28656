/** A seeded thousand of the random suite; `npm run test:random -- --cases 20000` runs more. */
import { cpu } from "@dlcc/tensor";
import { createWasm } from "@dlcc/wasm";
import { afterAll, expect, test } from "vitest";
import { runRandom } from "../src/index.ts";
import { words, wordsOfOps } from "../src/random/words/index.ts";

const wasm = await Promise.all([1, 2].map((threads) => createWasm({ threads })));
afterAll(() => {
  for (const backend of wasm) backend.dispose();
});

test("every op has a row", () => {
  expect(Object.keys(words).sort()).toEqual(wordsOfOps);
});

test("a thousand random cases give what the definitions give", async () => {
  const { checks, failures, byWord } = await runRandom([cpu, ...wasm], { seed: 1, cases: 1000 });
  expect(failures.map(({ index, message }) => `case ${index}: ${message}`)).toEqual([]);
  expect([...byWord.keys()].sort()).toEqual(wordsOfOps);
  expect(checks).toBeGreaterThan(3000);
});
