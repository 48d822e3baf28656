/** Convolutions: each of the three ops against the definition, one loop over all terms. */
import { apply, type DType, type FusedActivation, isFloat, ops, type Tensor, type Window } from "@dlcc/tensor";
import { entry, map, type NdArray, positionsAlong } from "../reference.ts";
import { addToChannels, type Convolved, convolutionSums } from "../reference-convolution.ts";
import { type Case, expectResult, type Layout, layouts, layoutsOf, type Subject, sample } from "./harness.ts";

type Shape4 = readonly [number, number, number, number];

/** A convolution: what there is to convolve, and how. */
interface Shapes {
  readonly name: string;
  readonly x: Shape4;
  readonly weight: Shape4;
  readonly window: Omit<Window, "kernel">;
  readonly groups: number;
}

const plain = { stride: [1, 1], padding: [0, 0], dilation: [1, 1] } as const;

/** Each option alone, then all together and different in both directions. */
// biome-ignore format: a table
const shapes: readonly Shapes[] = [
  { name: "one pixel", x: [1, 1, 1, 1], weight: [1, 1, 1, 1], window: plain, groups: 1 },
  { name: "a kernel as large as the image", x: [2, 3, 3, 2], weight: [4, 3, 3, 2], window: plain, groups: 1 },
  { name: "square", x: [3, 2, 5, 6], weight: [5, 2, 3, 3], window: plain, groups: 1 },
  { name: "many images", x: [9, 2, 4, 5], weight: [6, 2, 2, 3], window: plain, groups: 1 },
  { name: "stride", x: [2, 2, 7, 6], weight: [3, 2, 3, 2], window: { ...plain, stride: [2, 3] }, groups: 1 },
  { name: "a stride larger than the kernel", x: [1, 2, 7, 8], weight: [2, 2, 1, 2], window: { ...plain, stride: [3, 3] }, groups: 1 },
  { name: "padding", x: [2, 1, 4, 3], weight: [2, 1, 3, 3], window: { ...plain, padding: [1, 2] }, groups: 1 },
  { name: "more padding than kernel", x: [1, 1, 2, 2], weight: [1, 1, 2, 2], window: { ...plain, padding: [3, 2] }, groups: 1 },
  { name: "dilation", x: [1, 2, 6, 7], weight: [2, 2, 2, 3], window: { ...plain, dilation: [3, 2] }, groups: 1 },
  { name: "groups", x: [2, 4, 4, 4], weight: [6, 2, 2, 2], window: plain, groups: 2 },
  { name: "depthwise", x: [2, 5, 4, 5], weight: [10, 1, 3, 3], window: { ...plain, padding: [1, 1] }, groups: 5 },
  { name: "all", x: [2, 4, 7, 8], weight: [2, 2, 3, 2], window: { stride: [2, 3], padding: [1, 2], dilation: [2, 3] }, groups: 2 },
  { name: "no images", x: [0, 2, 3, 3], weight: [2, 2, 2, 2], window: plain, groups: 1 },
  { name: "no outputs", x: [2, 2, 3, 3], weight: [0, 2, 2, 2], window: plain, groups: 1 },
  { name: "no channels", x: [2, 0, 3, 3], weight: [2, 0, 2, 2], window: plain, groups: 1 },
];

function numbersOf({ x, weight, window }: Shapes, dtype: DType, chosen: readonly Layout[]): Convolved {
  const whole: Window = { ...window, kernel: [weight[2], weight[3]] };
  const positions = ([0, 1] as const).map((axis) => positionsAlong(whole, entry(x, 2 + axis), axis));
  const [images, kernels, outputs] = [x, weight, [x[0], weight[0], ...positions]].map((shape, i) =>
    entry(chosen, i).fit(sample(shape, dtype, domain, i)),
  ) as [NdArray, NdArray, NdArray];
  return { window: whole, x: images, weight: kernels, outputs };
}

const domain = { from: -1, to: 1 };

const activations: readonly (readonly [FusedActivation | undefined, (z: number) => number])[] = [
  [undefined, (z) => z],
  ["relu", (z) => Math.max(0, z)],
  ["sigmoid", (z) => 1 / (1 + Math.exp(-z))],
  ["tanh", Math.tanh],
];

/** A convolution in one layout of its inputs. */
interface Variant {
  readonly what: string;
  readonly numbers: Convolved;
  readonly groups: number;
  readonly place: (i: 0 | 1 | 2) => Tensor;
}

/** All shapes as they come, and two of them in all layouts. */
function variantsOf(subject: Subject, dtype: DType): Variant[] {
  const plainly = [layouts[0], layouts[0], layouts[0]] as const;
  const all = [
    ...shapes.map((shape) => ({ shape, chosen: plainly as readonly Layout[] })),
    ...shapes
      .filter(({ name }) => name === "square" || name === "all")
      .flatMap((shape) => layoutsOf(3).map((chosen) => ({ shape, chosen }))),
  ];
  return all.map(({ shape, chosen }) => {
    const numbers = numbersOf(shape, dtype, chosen);
    const arrays = [numbers.x, numbers.weight, numbers.outputs] as const;
    return {
      what: `${dtype}, ${shape.name}, ${chosen.map(({ name }) => name).join(" and ")}`,
      numbers,
      groups: shape.groups,
      place: (i) => entry(chosen, i).place(arrays[i], dtype, subject),
    };
  });
}

function casesFor(subject: Subject, dtype: DType): Case[] {
  const plainly = layouts[0];
  const biasOf = (channels: number): NdArray => sample([channels], dtype, domain, 4);
  return [
    {
      name: `conv2d ${dtype}`,
      async run() {
        for (const { what, numbers, groups, place } of variantsOf(subject, dtype)) {
          const { sums, sizes } = convolutionSums(numbers, groups, "outputs");
          const { window } = numbers;
          const bias = biasOf(entry(numbers.weight.shape, 0));
          for (const [activation, f] of activations) {
            for (const add of activation ? [bias] : [bias, undefined]) {
              const z = addToChannels(sums, add);
              const expected = {
                dtype,
                shape: z.shape,
                data: z.data.map(f),
                magnitude: addToChannels(sizes, add && map(add, () => 1)),
              };
              await expectResult(subject, `conv2d ${what}, ${activation ?? "no activation"}`, expected, () =>
                add
                  ? apply(
                      ops.conv2d,
                      { window, groups, activation },
                      place(0),
                      place(1),
                      plainly.place(add, dtype, subject),
                    )
                  : apply(ops.conv2d, { window, groups, activation }, place(0), place(1)),
              );
            }
          }
        }
      },
    },
    {
      name: `convTranspose2d ${dtype}`,
      async run() {
        for (const { what, numbers, groups, place } of variantsOf(subject, dtype)) {
          const { sums, sizes } = convolutionSums(numbers, groups, "x");
          const { window, x } = numbers;
          const size = x.shape.slice(2) as [number, number];
          for (const add of [biasOf(entry(x.shape, 1)), undefined]) {
            const expected = {
              dtype,
              ...addToChannels(sums, add),
              magnitude: addToChannels(sizes, add && map(add, () => 1)),
            };
            await expectResult(subject, `convTranspose2d ${what}`, expected, () =>
              add
                ? apply(
                    ops.convTranspose2d,
                    { window, groups, size },
                    place(2),
                    place(1),
                    plainly.place(add, dtype, subject),
                  )
                : apply(ops.convTranspose2d, { window, groups, size }, place(2), place(1)),
            );
          }
        }
      },
    },
    {
      name: `conv2dWeightGradient ${dtype}`,
      async run() {
        for (const { what, numbers, groups, place } of variantsOf(subject, dtype)) {
          const { sums, sizes } = convolutionSums(numbers, groups, "weight");
          const { window } = numbers;
          await expectResult(subject, `conv2dWeightGradient ${what}`, { dtype, ...sums, magnitude: sizes }, () =>
            apply(ops.conv2dWeightGradient, { window, groups }, place(0), place(2)),
          );
        }
      },
    },
  ];
}

/** All cases of convolutions. */
export const convolution = (subject: Subject): Case[] =>
  subject.backend.dtypes.filter(isFloat).flatMap((dtype) => casesFor(subject, dtype));
