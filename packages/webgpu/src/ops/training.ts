/** The fused ops of training. None reuses a storage: the pool has one that was freed a step before. */
import { type Kernel, type StepOp, sizeOf, type View } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { countOf, type Scratch } from "../scratch.ts";
import type { Kernel as Shader } from "../wgsl/kernel.ts";
import * as kernels from "../wgsl/training.ts";
import { map } from "./elementwise.ts";
import { withScratch } from "./scratch.ts";

type Training = {
  readonly [O in
    | "activationGradient"
    | "softmaxCrossEntropy"
    | "softmaxCrossEntropyGradient"
    | "channelMoments"
    | "channelNorm"
    | "channelNormSums"
    | "channelNormGradient"
    | StepOp]: Kernel<O>;
};

/**
 * Runs the step of an optimizer: a result for each input but the last. One kernel for each parameter: WebGPU's default limits
 * have room for eight buffers, of which Adam takes seven for one parameter; and to bring parameters into one buffer, and
 * gradients with them, takes as many jobs as it saves. In a step of LeNet-5, 10 of 49 jobs are these.
 */
const step = (device: Device, shader: Shader, views: readonly View[], numbers: readonly number[]): readonly Numbers[] =>
  withScratch(device, (scratch) => {
    const size = countOf(views[0] as View);
    const outputs = views.slice(1).map(() => device.make(shader.name, size));
    const count = Math.ceil(size / 4);
    const inputs = views.map((view) => scratch.inOrder(view));
    device.launch({ kernel: shader, inputs, outputs, params: [count, ...numbers] });
    return outputs;
  });

/** A workgroup for each channel of `[n, channels, length]`, with two results. */
function sums(scratch: Scratch, shader: Shader, views: readonly View[], epsilon: number): readonly Numbers[] {
  const [n, channels, length] = (views[0] as View).shape as [number, number, number];
  return [scratch.run(shader, views, 2 * channels, [channels, n, length, epsilon])];
}

/** A thread for each element of `[n, channels, length]`. */
function each(scratch: Scratch, shader: Shader, views: readonly View[], epsilon: number): readonly Numbers[] {
  const { shape } = views[0] as View;
  const [n, channels, length] = shape as [number, number, number];
  const count = sizeOf(shape);
  return [scratch.run(shader, views, count, [count, channels, length, n * length, epsilon])];
}

const given = (views: readonly (View | undefined)[]): View[] => views.filter((view) => view !== undefined);

/** The fused ops of training on a device. */
export const training = (device: Device): Training => ({
  activationGradient: ({ activation }, [gradient, output]) => [
    map(device, kernels.activationGradient(activation), [gradient, output], gradient.shape),
  ],

  softmaxCrossEntropy: (_, [logits, labels]) =>
    withScratch(device, (scratch) => {
      const [n, classes] = logits.shape as [number, number];
      const y = scratch.line(labels);
      const params = [n, classes, y.start, y.step, 0, 0];
      return [scratch.run(kernels.softmaxCrossEntropy(), [logits, y.numbers], n, params)];
    }),

  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    withScratch(device, (scratch) => {
      const [n, classes] = logits.shape as [number, number];
      const [y, g] = [scratch.line(labels), scratch.line(gradient)];
      const inputs = [logits, y.numbers, g.numbers];
      const params = [n, classes, y.start, y.step, g.start, g.step];
      return [scratch.run(kernels.softmaxCrossEntropyGradient(), inputs, n * classes, params)];
    }),

  sgdStep: ({ lr, weightDecay }, views) => step(device, kernels.steps.sgdStep(), views, [weightDecay, lr]),

  momentumStep: ({ lr, weightDecay, momentum, nesterov }, views) =>
    step(device, kernels.steps.momentumStep(), views, [weightDecay, lr, momentum, Number(nesterov)]),

  adamStep: ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step: count }, views) =>
    step(device, kernels.steps.adamStep(), views, [
      decoupled ? 0 : weightDecay,
      ...[beta1, 1 - beta1, beta2, 1 - beta2],
      decoupled ? 1 - lr * weightDecay : 1,
      lr / (1 - beta1 ** count),
      1 / Math.sqrt(1 - beta2 ** count),
      epsilon,
    ]),

  channelMoments: (_, [x]) => withScratch(device, (scratch) => sums(scratch, kernels.channelMoments(), [x], 0)),

  channelNorm: ({ epsilon }, [x, moments, weight, bias]) =>
    withScratch(device, (scratch) =>
      each(scratch, kernels.channelNorm(weight !== undefined), given([x, moments, weight, bias]), epsilon),
    ),

  channelNormSums: ({ epsilon }, [gradient, x, moments]) =>
    withScratch(device, (scratch) => sums(scratch, kernels.channelNormSums(), [gradient, x, moments], epsilon)),

  channelNormGradient: ({ epsilon }, [gradient, x, moments, totals, weight]) =>
    withScratch(device, (scratch) => {
      const views = given([gradient, x, moments, totals, weight]);
      return each(scratch, kernels.channelNormGradient(weight !== undefined), views, epsilon);
    }),
});
