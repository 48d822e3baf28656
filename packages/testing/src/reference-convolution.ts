/** The definition of convolution, one loop over all terms: each of its three ops leaves one of three arrays out. */
import type { Window } from "@dlcc/tensor";
import { entry, type NdArray } from "./reference.ts";

type Shape4 = readonly [number, number, number, number];

/** Images, weights and outputs that fit each other. Of the one that is asked for, only the shape counts. */
export interface Convolved {
  readonly window: Window;
  /** `[n, channels, height, width]` */
  readonly x: NdArray;
  /** `[outputs, channels / groups, kernel height, kernel width]` */
  readonly weight: NdArray;
  /** `[n, outputs, rows, columns]` */
  readonly outputs: NdArray;
}

/** Calls back for each product of the sum, with the places of its three numbers. */
function forEachTerm(
  { window: { stride, padding, dilation }, x, weight, outputs }: Convolved,
  groups: number,
  visit: (x: number, weight: number, output: number) => void,
): void {
  const [n, channels, height, width] = x.shape as Shape4;
  const [all, inner, kernelRows, kernelColumns] = weight.shape as Shape4;
  const [, , rows, columns] = outputs.shape as Shape4;
  for (let i = 0; i < n; i++) {
    for (let o = 0; o < all; o++) {
      for (let c = 0; c < inner; c++) {
        const channel = Math.floor(o / (all / groups)) * inner + c;
        for (let k = 0; k < kernelRows; k++) {
          for (let l = 0; l < kernelColumns; l++) {
            for (let row = 0; row < rows; row++) {
              for (let column = 0; column < columns; column++) {
                const y = row * stride[0] + k * dilation[0] - padding[0];
                const z = column * stride[1] + l * dilation[1] - padding[1];
                if (y < 0 || y >= height || z < 0 || z >= width) continue;
                visit(
                  ((i * channels + channel) * height + y) * width + z,
                  ((o * inner + c) * kernelRows + k) * kernelColumns + l,
                  ((i * all + o) * rows + row) * columns + column,
                );
              }
            }
          }
        }
      }
    }
  }
}

/** The sums of the products of two, at the places of the third, with `Σ |terms|`. */
export function convolutionSums(
  numbers: Convolved,
  groups: number,
  wanted: "x" | "weight" | "outputs",
): { sums: NdArray; sizes: NdArray } {
  const { x, weight, outputs } = numbers;
  const { shape, data } = numbers[wanted];
  const [sums, sizes] = [data.map(() => 0), data.map(() => 0)];
  forEachTerm(numbers, groups, (i, j, k) => {
    const [at, term] =
      wanted === "outputs"
        ? [k, entry(x.data, i) * entry(weight.data, j)]
        : wanted === "x"
          ? [i, entry(weight.data, j) * entry(outputs.data, k)]
          : [j, entry(x.data, i) * entry(outputs.data, k)];
    sums[at] = entry(sums, at) + term;
    sizes[at] = entry(sizes, at) + Math.abs(term);
  });
  return { sums: { shape, data: sums }, sizes: { shape, data: sizes } };
}

/** Adds a number for each channel, if there are any. */
export function addToChannels({ shape, data }: NdArray, bias: NdArray | undefined): NdArray {
  if (!bias) return { shape, data };
  const pixels = entry(shape, 2) * entry(shape, 3);
  return { shape, data: data.map((value, i) => value + entry(bias.data, Math.floor(i / pixels) % entry(shape, 1))) };
}
