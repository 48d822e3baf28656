/** Digits are read in pictures as people have them: in shadow, on lines, with noise. The figures stand in docs/guide/pictures.md. */
import type { Examples } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import type { LoadedModel } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { beforeAll, describe, expect, test } from "vitest";
import { sureFrom } from "../src/digits/doubt.ts";
import { newPath } from "./dlcc.ts";
import { easy, hard, more } from "./pictures/kinds.ts";
import { doubted, heldOut, right, rightOfRaw, suretiesOf, trained } from "./pictures/reading.ts";
import { results } from "./pictures/results.ts";

/**
 * How many pictures of a kind there are: more of those that change the digit itself. A network that learned from 8,000 digits
 * reads nine of ten of them, but eight of the first twelve, and not more if they are prepared without any loss.
 */
const countOf = (name: string): number => (name === "turned by 15°" || name === "thin" ? 48 : 12);

describe("the embedded digits, by kind: 9 of 12 and more", () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await trained("embedded", newPath("digits.safetensors"));
  }, 120_000);
  test.each(Object.entries({ ...hard, ...easy, ...more }))(
    "%s",
    (name, kind) => {
      const count = countOf(name);
      expect(right(model, embeddedDigits().test, kind, count)).toBeGreaterThanOrEqual((9 / 12) * count);
    },
    120_000,
  );
});

const mnist = process.env.DLCC_MNIST_DIR;
describe.skipIf(!mnist)("MNIST (where DLCC_MNIST_DIR says that it is)", () => {
  let model: LoadedModel;
  let digits: Examples;
  beforeAll(async () => {
    model = await trained(mnist as string, newPath("digits.safetensors"));
    digits = (await loadMnist(mnist as string)).test;
  }, 240_000);

  test.each(Object.entries({ ...hard, ...easy, ...more }).filter(([name]) => name in results.kinds))(
    "%s: as many as the guide says, within 3; of the hard kinds 185 of 200, at least",
    (name, kind) => {
      const found = right(model, digits, kind, results.of);
      if (name in hard) expect(found).toBeGreaterThanOrEqual(0.925 * results.of);
      expect(Math.abs(found - (results.kinds[name]?.after ?? Number.NaN))).toBeLessThanOrEqual(3);
    },
    240_000,
  );

  test("the test digits themselves: as many as the guide says, within 20", () => {
    expect(Math.abs(rightOfRaw(model, digits) - results.raw.after)).toBeLessThanOrEqual(20);
  }, 240_000);

  test("the share of wrong guesses that are not sure, of right ones, and of what is no digit, is as the guide says, within 0.05", async () => {
    const found = await suretiesOf(model, digits, results.doubt, heldOut);
    for (const which of ["wrong", "right", "others"] as const) {
      expect(Math.abs(doubted(found[which], sureFrom) - results.doubt.shares[which]), which).toBeLessThanOrEqual(0.05);
    }
  }, 480_000);
});
