/** A folder with very few made-up digits, in MNIST's format: a digit d has ink in the rows 2d and 2d + 1, and some noise. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { Generator } from "@dlcc/tensor";
import { newFolder } from "./dlcc.ts";

/** A file: two zeros, the type's code (bytes), the number of dimensions, their lengths in 4 bytes each, the contents. */
const idxBytes = (shape: readonly number[], contents: Uint8Array): Uint8Array => {
  const lengths = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...lengths, ...contents]);
};

/** Writes the four files. @returns The folder. */
export function smallMnist(counts: { readonly train: number; readonly test: number }, size = 28): string {
  const folder = newFolder();
  const generator = new Generator(1);
  for (const [part, count] of [
    ["train", counts.train],
    ["t10k", counts.test],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
    const images = Uint8Array.from({ length: count * size * size }, (_, i) => {
      const row = Math.floor(i / size) % size;
      const ink = row >> 1 === (labels[Math.floor(i / (size * size))] ?? 0);
      return ink ? 255 : Math.floor(generator.uniform() * 60);
    });
    writeFileSync(path.join(folder, `${part}-images-idx3-ubyte`), idxBytes([count, size, size], images));
    writeFileSync(path.join(folder, `${part}-labels-idx1-ubyte`), idxBytes([count], labels));
  }
  return folder;
}
