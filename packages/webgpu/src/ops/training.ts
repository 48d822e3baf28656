/** The fused ops of training. None reuses a storage: the pool has one that was freed a step before. */
import type { Kernel, StepOp, View } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { countOf } from "../scratch.ts";
import * as kernels from "../wgsl/index.ts";
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
const step = (
  device: Device,
  shader: kernels.Kernel,
  views: readonly View[],
  numbers: readonly number[],
): readonly Numbers[] =>
  withScratch(device, (scratch) => {
    const size = countOf(views[0] as View);
    const outputs = views.slice(1).map(() => device.make(shader.name, size));
    const count = Math.ceil(size / 4);
    const inputs = views.map((view) => scratch.inOrder(view));
    device.launch({ kernel: shader, inputs, outputs, params: [count, ...numbers] });
    return outputs;
  });

/** A workgroup for each row of logits; the other inputs have a number for each, and come with how to walk through them. */
const rows = (
  device: Device,
  shader: kernels.Kernel,
  logits: View,
  others: readonly View[],
  size: number,
): readonly Numbers[] =>
  withScratch(device, (scratch) => {
    const [n, classes] = logits.shape as [number, number];
    const lines = others.map((view) => scratch.line(view));
    const inputs = [logits, ...lines.map(({ numbers }) => numbers)];
    return [scratch.run(shader, inputs, size, [n, classes, ...lines.flatMap(({ start, step }) => [start, step])])];
  });

/** A workgroup for each channel of `[n, channels, length]`, with two results. */
const sums = (device: Device, shader: kernels.Kernel, views: readonly View[], epsilon: number): readonly Numbers[] =>
  withScratch(device, (scratch) => {
    const [n, channels, length] = (views[0] as View).shape as [number, number, number];
    return [scratch.run(shader, views, 2 * channels, [channels, n, length, epsilon])];
  });

/** A thread for each element of `[n, channels, length]`. What is left out is none of its inputs. */
const each = (
  device: Device,
  shader: kernels.Kernel,
  views: readonly (View | undefined)[],
  epsilon: number,
): readonly Numbers[] =>
  withScratch(device, (scratch) => {
    const given = views.filter((view) => view !== undefined);
    const [n, channels, length] = (given[0] as View).shape as [number, number, number];
    const count = n * channels * length;
    return [scratch.run(shader, given, count, [count, channels, length, n * length, epsilon])];
  });

/** The fused ops of training on a device. */
export const training = (device: Device): Training => ({
  activationGradient: ({ activation }, [gradient, output]) => [
    map(device, kernels.activationGradient(activation), [gradient, output], gradient.shape),
  ],

  softmaxCrossEntropy: (_, [logits, labels]) =>
    rows(device, kernels.softmaxCrossEntropy(), logits, [labels], countOf(labels)),

  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    rows(device, kernels.softmaxCrossEntropyGradient(), logits, [labels, gradient], countOf(logits)),

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

  channelMoments: (_, [x]) => sums(device, kernels.channelMoments(), [x], 0),

  channelNorm: ({ epsilon }, [x, moments, weight, bias]) =>
    each(device, kernels.channelNorm(weight !== undefined), [x, moments, weight, bias], epsilon),

  channelNormSums: ({ epsilon }, [gradient, x, moments]) =>
    sums(device, kernels.channelNormSums(), [gradient, x, moments], epsilon),

  channelNormGradient: ({ epsilon }, [gradient, x, moments, totals, weight]) =>
    each(device, kernels.channelNormGradient(weight !== undefined), [gradient, x, moments, totals, weight], epsilon),
});
