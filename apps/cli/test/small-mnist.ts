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

/**
 * Writes the four files. With more than ten classes each ten of them have a part of the columns.
 *
 * @returns The folder.
 */
export function smallMnist(
  counts: { readonly train: number; readonly test: number },
  [rows, columns]: readonly [number, number] = [28, 28],
  classes = 10,
): string {
  const folder = newFolder();
  const generator = new Generator(1);
  for (const [part, count] of [
    ["train", counts.train],
    ["t10k", counts.test],
  ] as const) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % classes);
    const parts = Math.ceil(classes / 10);
    const images = Uint8Array.from({ length: count * rows * columns }, (_, i) => {
      const row = Math.floor(i / columns) % rows;
      const label = labels[Math.floor(i / (rows * columns))] ?? 0;
      const ink = row >> 1 === label % 10 && Math.floor(((i % columns) * parts) / columns) === Math.floor(label / 10);
      return ink ? 255 : Math.floor(generator.uniform() * 60);
    });
    writeFileSync(path.join(folder, `${part}-images-idx3-ubyte`), idxBytes([count, rows, columns], images));
    writeFileSync(path.join(folder, `${part}-labels-idx1-ubyte`), idxBytes([count], labels));
  }
  return folder;
}
