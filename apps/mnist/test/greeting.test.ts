/** The figures of the model that greets the visitor, as the page says them. `scripts/greeting.js` trains it. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { measureGreeting } from "../scripts/greeting/measure.ts";
import { greeting } from "../src/greeting.ts";

test("it reads what the page says of it: small digits as well as large ones, and typed ones", async () => {
  const bytes = readFileSync(new URL("../src/greeting.safetensors", import.meta.url));
  expect(bytes.length).toBeLessThan(80_000);
  const found = await measureGreeting(bytes, 100);
  console.log(found);
  expect(Math.abs(found.scanned - greeting.accuracy)).toBeLessThan(0.06);
  expect(found["drawn as they are"]).toBeGreaterThanOrEqual(98.6);
  expect(found["turned by 15 degrees"]).toBeGreaterThanOrEqual(98);
  expect(found["a quarter as high and wide"]).toBeGreaterThanOrEqual(98.6);
  // 59 of 60.
  expect(found["typed in six fonts"]).toBeGreaterThanOrEqual(98);
  expect(found.scribbles).toBeGreaterThanOrEqual(96);
}, 900_000);
