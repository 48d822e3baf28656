/** Normalization of channels: each op against its composite, as the other fused ops. */
import {
  apply,
  channelMoments,
  channelNormSums,
  type DType,
  type FusedOp,
  type Inputs,
  isFloat,
  type StepOp,
  type Tensor,
} from "@dlcc/tensor";
import { entry, type NdArray } from "../reference.ts";
import { expectComposite } from "./fused.ts";
import { type Case, describe, type Layout, layouts, layoutsOf, type Subject, sample } from "./harness.ts";

/** `[n, channels, length]`: vectors' lengths and others, features without a length, one row for each channel, and nothing. */
const shapes: readonly (readonly [n: number, channels: number, length: number])[] = [
  [2, 3, 4],
  [3, 2, 17],
  [5, 7, 1],
  [1, 6, 5],
  [1, 1, 1],
  [5, 3, 36],
  [2, 0, 3],
];

/** The inputs of a case: images, a gradient, weight and bias, each in its layout; and what follows from the images. */
interface Drawn {
  readonly x: Tensor;
  readonly gradient: Tensor;
  readonly moments: Tensor;
  readonly weight: Tensor;
  readonly bias: Tensor;
}

function forEachInput(
  subject: Subject,
  dtype: DType,
  visit: (what: string, draw: () => Drawn, count: number) => Promise<void>,
): () => Promise<void> {
  return async () => {
    const variants = [
      ...shapes.map((shape) => ({ shape, chosen: layouts.slice(0, 1) as readonly Layout[] })),
      ...layoutsOf(4).map((chosen) => ({ shape: entry(shapes, 0), chosen })),
    ];
    for (const { shape, chosen } of variants) {
      const layoutOf = (i: number): Layout => entry(chosen, chosen.length === 1 ? 0 : i);
      const channels = [shape[1]];
      const arrays = [shape, shape, channels, channels].map(
        (own, i): NdArray => layoutOf(i).fit(sample(own, dtype, { from: -1, to: 2 }, i + 1)),
      );
      const draw = (): Drawn => {
        const [x, gradient, weight, bias] = arrays.map((array, i) => layoutOf(i).place(array, dtype, subject)) as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        return { x, gradient, moments: channelMoments(x), weight, bias };
      };
      const what = `${chosen.map(({ name }) => name).join(" and ")} ${describe(shape)}`;
      await visit(what, draw, Math.max(1, shape[0] * shape[2]));
    }
  };
}

const epsilon = 0.1;

/** How large a term, or a result, can be: where a channel's elements are equal, its deviation is √ε = 0.3. */
const largest = 8;

/** One case of an op, with the inputs that `choose` makes of what was drawn. */
const caseOf = <O extends Exclude<FusedOp, StepOp>>(
  subject: Subject,
  op: O,
  dtype: DType,
  variants: Readonly<Record<string, (drawn: Drawn) => Inputs<O>>>,
): Case => ({
  name: `${op} ${dtype}`,
  run: forEachInput(subject, dtype, async (what, draw, count) => {
    for (const [variant, choose] of Object.entries(variants)) {
      await expectComposite(
        subject,
        `${op} ${dtype}, ${variant}${what}`,
        op,
        { epsilon } as never,
        () => choose(draw()),
        dtype,
        op === "channelNormSums" ? largest * count : largest,
      );
    }
  }),
});

const sumsOf = ({ gradient, x, moments }: Drawn): Tensor => apply(channelNormSums, { epsilon }, gradient, x, moments);

/** All cases of normalization. */
export const normalization = (subject: Subject): Case[] =>
  subject.backend.dtypes.filter(isFloat).flatMap((dtype) => [
    caseOf(subject, "channelMoments", dtype, { "": ({ x }) => [x] }),
    caseOf(subject, "channelNorm", dtype, {
      "weight and bias, ": ({ x, moments, weight, bias }) => [x, moments, weight, bias],
      "": ({ x, moments }) => [x, moments],
    }),
    caseOf(subject, "channelNormSums", dtype, { "": ({ gradient, x, moments }) => [gradient, x, moments] }),
    caseOf(subject, "channelNormGradient", dtype, {
      "weight, ": (drawn) => [drawn.gradient, drawn.x, drawn.moments, sumsOf(drawn), drawn.weight],
      "": (drawn) => [drawn.gradient, drawn.x, drawn.moments, sumsOf(drawn)],
    }),
  ]);
