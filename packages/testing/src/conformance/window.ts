/** Sliding windows: `unfold` and `fold`. */
import { apply, type DType, isFloat, ops, type Window } from "@dlcc/tensor";
import { fold, map, unfold } from "../reference.ts";
import { type Case, expectResult, layouts, type Subject, sample } from "./harness.ts";

type Image = readonly [images: number, channels: number, height: number, width: number];

/** Images and windows: each option alone, then all together and different in both directions. */
// biome-ignore format: a table
const windows: readonly { readonly name: string; readonly image: Image; readonly window: Window }[] = [
  { name: "one pixel", image: [1, 1, 1, 1], window: { kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "the whole image", image: [2, 2, 3, 2], window: { kernel: [3, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "overlapping", image: [2, 3, 4, 5], window: { kernel: [2, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "stride", image: [1, 2, 5, 7], window: { kernel: [2, 2], stride: [2, 3], padding: [0, 0], dilation: [1, 1] } },
  { name: "gaps between windows", image: [1, 1, 5, 6], window: { kernel: [1, 1], stride: [3, 2], padding: [0, 0], dilation: [1, 1] } },
  { name: "padding", image: [1, 2, 3, 3], window: { kernel: [3, 3], stride: [1, 1], padding: [1, 2], dilation: [1, 1] } },
  { name: "more padding than image", image: [1, 1, 1, 2], window: { kernel: [2, 2], stride: [1, 1], padding: [2, 3], dilation: [1, 1] } },
  { name: "dilation", image: [1, 2, 5, 6], window: { kernel: [2, 3], stride: [1, 1], padding: [0, 0], dilation: [3, 2] } },
  { name: "all", image: [2, 3, 6, 7], window: { kernel: [3, 2], stride: [2, 3], padding: [1, 2], dilation: [2, 3] } },
  { name: "no images", image: [0, 2, 3, 3], window: { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
];

function casesFor(subject: Subject, dtype: DType): Case[] {
  const domain = { from: -2, to: 2 };
  return [
    {
      name: `unfold ${dtype}`,
      async run() {
        for (const { name, image, window } of windows) {
          for (const layout of layouts) {
            const x = layout.fit(sample(image, dtype, domain));
            await expectResult(
              subject,
              `unfold ${dtype}, ${name}, ${layout.name}`,
              { dtype, ...unfold(x, window) },
              () => apply(ops.unfold, { window }, layout.place(x, dtype, subject)),
            );
          }
        }
      },
    },
    {
      name: `fold ${dtype}`,
      async run() {
        for (const { name, image, window } of windows) {
          const [, , height, width] = image;
          const { shape } = unfold(sample(image, dtype, domain), window);
          for (const layout of layouts) {
            const x = layout.fit(sample(shape, dtype, domain));
            const magnitude = fold(map(x, Math.abs), window, [height, width]);
            const expected = { dtype, magnitude, ...fold(x, window, [height, width]) };
            await expectResult(subject, `fold ${dtype}, ${name}, ${layout.name}`, expected, () =>
              apply(ops.fold, { window, size: [height, width] }, layout.place(x, dtype, subject)),
            );
          }
        }
      },
    },
  ];
}

/** All cases of sliding windows. */
export const window = (subject: Subject): Case[] =>
  subject.backend.dtypes.filter(isFloat).flatMap((dtype) => casesFor(subject, dtype));
