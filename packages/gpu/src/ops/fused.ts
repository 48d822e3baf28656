/** The fused ops: a kernel for each result. None reuses a storage: outputs of gpu.js are always fresh. */
import { type Kernel, type StepOp, sizeOf, type View } from "@dlcc/tensor";
import type { Device, Numbers } from "../device.ts";
import * as matrices from "../kernels/matmul.ts";
import * as kernels from "../kernels/training.ts";
import { fill, type Scratch, withScratch } from "../scratch.ts";
import { alongLines, nonFinite } from "./elementwise.ts";
import { type Matrix, nothing } from "./matmul.ts";

const [nan] = nonFinite;

/** The inputs of a step, in order. */
const inOrder = (scratch: Scratch, views: readonly View[]): readonly Numbers[] =>
  views.map((view) => scratch.inOrder(view));

const matrix = (view: View): Matrix => ({
  numbers: view.storage as Numbers,
  start: view.offset,
  strides: [0, view.strides[0] as number, view.strides[1] as number],
});

/** The fused ops that have a kernel here; the others run as their composites. */
type Fused = {
  readonly [O in
    | "linear"
    | "activationGradient"
    | "softmaxCrossEntropy"
    | "softmaxCrossEntropyGradient"
    | StepOp]: Kernel<O>;
};

/** The fused ops on a device. */
export const fusedOps = (device: Device): Fused => ({
  linear: ({ activation }, [x, weight, bias]) =>
    withScratch(device, (scratch) => {
      const [n, inner] = x.shape as [number, number];
      const [columns] = weight.shape as [number];
      const a = inner === 0 ? nothing(scratch) : matrix(x);
      const b = inner === 0 ? nothing(scratch) : matrix(weight);
      const line = bias ? scratch.line(bias) : undefined;
      const inputs = [a.numbers, b.numbers, ...(line ? [line.numbers] : [])];
      const [, aRow, aStep] = a.strides;
      const [, bColumn, bStep] = b.strides; // The weight is transposed.
      const scalars = [columns, a.start, aRow, aStep, b.start, bStep, bColumn, line?.start ?? 0, line?.step ?? 0, nan];
      const kernel = matrices.linear(activation, bias !== undefined);
      return [device.launch(kernel, n * columns, inputs, scalars, { inner: inner || 1 })];
    }),

  softmaxCrossEntropy: (_, [logits, labels]) =>
    withScratch(device, (scratch) => {
      const [n, classes] = logits.shape as [number, number];
      if (classes === 0) return [fill(device, n, nan)];
      const { numbers, start, step } = scratch.line(labels);
      const inputs = [scratch.inOrder(logits), numbers];
      return [device.launch(kernels.softmaxCrossEntropy, n, inputs, [start, step, ...nonFinite], { classes })];
    }),

  activationGradient: ({ activation }, [gradient, output]) => [
    alongLines(device, kernels.activationGradient[activation], [gradient, output], [nan]),
  ],

  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    withScratch(device, (scratch) => {
      const [n, classes] = logits.shape as [number, number];
      const size = n * classes;
      if (size === 0) return [fill(device, 0, 0)];
      const z = scratch.inOrder(logits);
      const rows = scratch.keep(device.launch(kernels.softmaxRows, 2 * n, [z], [n], { classes }));
      const y = scratch.line(labels);
      const g = scratch.line(gradient);
      const scalars = [n, classes, y.start, y.step, g.start, g.step, nan];
      return [device.launch(kernels.softmaxCrossEntropyGradient, size, [z, rows, y.numbers, g.numbers], scalars)];
    }),

  sgdStep: ({ lr, weightDecay }, inputs) =>
    withScratch(device, (scratch) => [
      device.launch(kernels.sgdStep, sizeOf(inputs[0].shape), inOrder(scratch, inputs), [lr, weightDecay]),
    ]),

  momentumStep: ({ lr, weightDecay, momentum, nesterov }, inputs) =>
    withScratch(device, (scratch) => {
      const size = sizeOf(inputs[0].shape);
      const [p, v, g] = inOrder(scratch, inputs) as [Numbers, Numbers, Numbers];
      const next = device.launch(kernels.velocity, size, [p, v, g], [weightDecay, momentum]);
      const scalars = [lr, weightDecay, momentum, nesterov ? 1 : 0];
      return [device.launch(kernels.momentumStep, size, [p, next, g], scalars), next];
    }),

  adamStep: ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step }, inputs) =>
    withScratch(device, (scratch) => {
      const size = sizeOf(inputs[0].shape);
      const [p, m, v, g] = inOrder(scratch, inputs) as [Numbers, Numbers, Numbers, Numbers];
      const decay = decoupled ? 0 : weightDecay;
      const first = device.launch(kernels.firstMoment, size, [p, m, g], [decay, beta1, 1 - beta1]);
      const second = device.launch(kernels.secondMoment, size, [p, v, g], [decay, beta2, 1 - beta2]);
      const rate = lr / (1 - beta1 ** step);
      const scale = 1 / Math.sqrt(1 - beta2 ** step);
      const shrink = decoupled ? 1 - lr * weightDecay : 1;
      const scalars = [shrink, rate, scale, epsilon];
      return [device.launch(kernels.adamStep, size, [p, first, second], scalars), first, second];
    }),
});
