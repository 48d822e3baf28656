/** Pooling: each op against its composite, as the other fused ops. */
import { apply, type DType, type Inputs, isFloat, maxPool2d, type Tensor, type Window } from "@dlcc/tensor";
import { entry, type NdArray } from "../reference.ts";
import { expectComposite } from "./fused.ts";
import { type Case, describe, layouts, layoutsOf, rounded, type Subject, sample } from "./harness.ts";

type Image = readonly [images: number, channels: number, height: number, width: number];

/** Images and windows: each option alone, then all together and different in both directions. */
// biome-ignore format: a table
const windows: readonly { readonly name: string; readonly image: Image; readonly pooled: readonly [number, number]; readonly window: Window }[] = [
  { name: "one pixel", image: [1, 1, 1, 1], pooled: [1, 1], window: { kernel: [1, 1], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "2 × 2", image: [2, 3, 4, 6], pooled: [2, 3], window: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] } },
  { name: "2 × 2 at odd sizes", image: [3, 2, 5, 23], pooled: [2, 11], window: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] } },
  { name: "2 × 2 of many images", image: [5, 3, 8, 18], pooled: [4, 9], window: { kernel: [2, 2], stride: [2, 2], padding: [0, 0], dilation: [1, 1] } },
  { name: "the whole image", image: [2, 2, 3, 2], pooled: [1, 1], window: { kernel: [3, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "overlapping", image: [2, 3, 4, 5], pooled: [3, 3], window: { kernel: [2, 3], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
  { name: "gaps between windows", image: [1, 1, 5, 6], pooled: [2, 3], window: { kernel: [1, 1], stride: [3, 2], padding: [0, 0], dilation: [1, 1] } },
  { name: "padding", image: [1, 2, 7, 5], pooled: [4, 3], window: { kernel: [3, 3], stride: [2, 2], padding: [1, 1], dilation: [1, 1] } },
  { name: "dilation", image: [1, 2, 5, 6], pooled: [2, 2], window: { kernel: [2, 3], stride: [1, 1], padding: [0, 0], dilation: [3, 2] } },
  { name: "all", image: [2, 3, 9, 8], pooled: [4, 3], window: { kernel: [3, 2], stride: [2, 3], padding: [1, 1], dilation: [2, 3] } },
  { name: "no images", image: [0, 2, 3, 3], pooled: [2, 2], window: { kernel: [2, 2], stride: [1, 1], padding: [0, 0], dilation: [1, 1] } },
];

/** Of few numbers, so that some windows have several largest ones. */
const few = (x: NdArray): NdArray => ({ shape: x.shape, data: x.data.map(Math.round) });

function forwards(subject: Subject, op: "maxPool2d" | "avgPool2d", dtype: DType): Case[] {
  const run = (what: string, x: NdArray, window: Window, layout = layouts[0]): Promise<void> => {
    const fitting = layout.fit(x);
    const inputs = (): Inputs<typeof op> => [layout.place(fitting, dtype, subject)];
    return expectComposite(subject, `${op} ${dtype}, ${what}`, op, { window }, inputs, dtype, 2);
  };
  return [
    {
      name: `${op} ${dtype}`,
      async run() {
        for (const { name, image, window } of windows) {
          for (const layout of name === "all" ? layouts : layouts.slice(0, 1)) {
            await run(`${name}, ${layout.name}`, sample(image, dtype, { from: -2, to: 2 }), window, layout);
          }
        }
      },
    },
    {
      name: `${op} ${dtype}, special values`,
      async run() {
        const values = [1, NaN, 2, 3, Infinity, -Infinity, -Infinity, -Infinity, 0, -0, 5, 4, NaN, NaN, Infinity, 1];
        const x = rounded({ shape: [1, 1, 2, 8], data: values }, dtype);
        await run("special values", x, entry(windows, 1).window);
      },
    },
  ];
}

const maxBackwards = (subject: Subject, dtype: DType): Case => ({
  name: `maxPool2dGradient ${dtype}`,
  async run() {
    for (const { name, image, pooled, window } of windows) {
      for (const tied of [false, true]) {
        for (const chosen of name === "all" ? layoutsOf(2) : layoutsOf(2).slice(0, 1)) {
          const [first, second] = [entry(chosen, 0), entry(chosen, 1)];
          const drawn = sample(image, dtype, { from: -2, to: 2 }, 1);
          const x = second.fit(tied ? few(drawn) : drawn);
          const g = first.fit(sample([image[0], image[1], ...pooled], dtype, { from: -1, to: 1 }, 2));
          const inputs = (): Inputs<"maxPool2dGradient"> => {
            const images: Tensor = second.place(x, dtype, subject);
            return [first.place(g, dtype, subject), images, apply(maxPool2d, { window }, images)];
          };
          const what = `${name}, ${tied ? "ties, " : ""}${first.name} and ${second.name} ${describe(image)}`;
          await expectComposite(
            subject,
            `maxPool2dGradient ${dtype}, ${what}`,
            "maxPool2dGradient",
            { window },
            inputs,
            dtype,
            4,
          );
        }
      }
    }
  },
});

const avgBackwards = (subject: Subject, dtype: DType): Case => ({
  name: `avgPool2dGradient ${dtype}`,
  async run() {
    for (const { name, image, pooled, window } of windows) {
      const [n, channels, height, width] = image;
      for (const layout of name === "all" ? layouts : layouts.slice(0, 1)) {
        const g = layout.fit(sample([n, channels, ...pooled], dtype, { from: -1, to: 1 }, 2));
        await expectComposite(
          subject,
          `avgPool2dGradient ${dtype}, ${name}, ${layout.name}`,
          "avgPool2dGradient",
          { window, size: [height, width] },
          () => [layout.place(g, dtype, subject)],
          dtype,
          4,
        );
      }
    }
  },
});

/** All cases of pooling. */
export const pooling = (subject: Subject): Case[] =>
  subject.backend.dtypes
    .filter(isFloat)
    .flatMap((dtype) => [
      ...forwards(subject, "maxPool2d", dtype),
      maxBackwards(subject, dtype),
      ...forwards(subject, "avgPool2d", dtype),
      avgBackwards(subject, dtype),
    ]);
