/** Normalization of channels, which are shared among the threads. */
import { type Kernel, sizeOf, type View } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { addressOf, allocate, chunksFor, type Device } from "./device.ts";
import type { Block } from "./heap.ts";
import { inOrder } from "./movement.ts";

/** The fused ops that normalize. */
type Normalization = {
  readonly [O in "channelMoments" | "channelNorm" | "channelNormSums" | "channelNormGradient"]: Kernel<O>;
};

/** A job's operands by name, beside the images that give the shape. */
interface Operands {
  readonly moments?: View | undefined;
  readonly weight?: View | undefined;
  readonly bias?: View | undefined;
  readonly gradient?: View | undefined;
  readonly sums?: View | undefined;
}

/** Runs a job over all channels of `x`. What comes out is like `x`, or two numbers for each channel. */
function run(
  device: Device,
  job: number,
  x: View,
  { moments, weight, bias, gradient, sums }: Operands,
  outputs: "alike" | "two",
  epsilon: number = 0,
): [Block] {
  const [blocks, channels, length] = x.shape as [number, number, number];
  const size = sizeOf(x.shape);
  const views = [x, moments, weight, bias, gradient, sums];
  const there = views.filter((view) => view !== undefined);
  return inOrder(device, there, (ordered) => {
    const out = allocate(device, "float32", outputs === "alike" ? size : 2 * channels);
    const pointers = views.map((view) => (view ? addressOf(ordered[there.indexOf(view)]!) : 0));
    const chunks = Math.max(1, Math.min(channels, chunksFor(device, size)));
    device.run(job, chunks, [channels, blocks, length, ...pointers, out.pointer], [epsilon]);
    return [out];
  });
}

/** Normalization on a device. */
export const normalization = (device: Device): Normalization => ({
  channelMoments: (_, [x]) => run(device, codes.channelMomentsJob, x, {}, "two"),
  channelNorm: ({ epsilon }, [x, moments, weight, bias]) =>
    run(device, codes.channelNormJob, x, { moments, weight, bias }, "alike", epsilon),
  channelNormSums: ({ epsilon }, [gradient, x, moments]) =>
    run(device, codes.channelNormSumsJob, x, { gradient, moments }, "two", epsilon),
  channelNormGradient: ({ epsilon }, [gradient, x, moments, sums, weight]) =>
    run(device, codes.channelNormGradientJob, x, { gradient, moments, sums, weight }, "alike", epsilon),
});
