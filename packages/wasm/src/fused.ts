/** The fused ops: each does in one pass over memory what its composite does in several. */
import { ArgumentError, isContiguous, type Methods, sizeOf, type View } from "@dlcc/tensor";
import * as codes from "./codes.ts";
import { convolutions } from "./convolution.ts";
import { addressOf, allocate, chunksFor, codeOf, type Device } from "./device.ts";
import { activationGradient } from "./elementwise.ts";
import type { Block } from "./heap.ts";
import { matrixOf, multiply } from "./matmul.ts";
import { copy } from "./movement.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";

/** Runs `fn` with the addresses of views whose elements lie in order, each from the beginning of a block. */
function inBlocks<T>(device: Device, views: readonly View[], fn: (blocks: readonly Block[]) => T): T {
  const copies: Block[] = [];
  const blocks = views.map((view) => {
    if (view.offset === 0 && isContiguous(view.shape, view.strides)) return view.storage as Block;
    const block = copy(device, view);
    copies.push(block);
    return block;
  });
  const result = fn(blocks);
  for (const block of copies) device.heap.free(block);
  return result;
}

/** βᵗ for whole t, by squaring: `**` differs between engines. */
function integerPower(base: number, exponent: number): number {
  let power = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2), square *= square) {
    if (left % 2 === 1) power *= square;
  }
  return power;
}

/** Runs a step of an optimizer; all inputs but the last, the gradient, come out anew, over the old ones where that is allowed. */
function step(
  device: Device,
  job: number,
  inputs: readonly View[],
  reuse: readonly boolean[],
  reals: readonly number[],
  flags: readonly number[] = [],
): readonly Block[] {
  const size = sizeOf((inputs[0] as View).shape);
  return inBlocks(device, inputs, (blocks) => {
    const outputs = blocks
      .slice(0, -1)
      .map((block, i) => (reuse[i] && block === inputs[i]?.storage ? block : allocate(device, "float32", size)));
    const pointers = [...blocks, ...outputs].map(({ pointer }) => pointer);
    device.run(job, chunksFor(device, size), [size, ...pointers], reals, flags);
    return outputs;
  });
}

/** The kernels take labels for places in memory. */
function checkLabels(device: Device, op: string, labels: View, classes: number): void {
  const { integers } = device.heap;
  const [start, step] = [addressOf(labels) / 4, labels.strides[0]!];
  for (let row = 0; row < labels.shape[0]!; row++) {
    const label = integers[start + row * step]!;
    if (label >= 0 && label < classes) continue;
    throw new ArgumentError(`${op}: labels must be from 0 to ${classes - 1}, got ${label} for example ${row}`);
  }
}

/** The fused ops of a device. */
export const fusedOps = (device: Device): Required<NonNullable<Methods["fused"]>> => ({
  ...convolutions(device),
  ...pooling(device),
  ...normalization(device),

  linear({ activation }, [x, weight, bias]) {
    const [n, inner] = x!.shape as [number, number];
    const outputs = weight!.shape[0]!;
    const out = allocate(device, "float32", n * outputs);
    const code = activation ? codeOf[activation] : codes.identity;
    const [left, right] = [matrixOf(x!, 0, 1), matrixOf(weight!, 1, 0)];
    inBlocks(device, bias ? [bias] : [], ([row]) =>
      multiply(device, n, outputs, inner, left, right, out.pointer, row?.pointer ?? 0, code),
    );
    return [out];
  },

  activationGradient: ({ activation }, [gradient, output]) => [
    activationGradient(device, activation, gradient!, output!),
  ],

  softmaxCrossEntropyGradient(_, [logits, labels, gradient]) {
    const [n, classes] = logits!.shape as [number, number];
    checkLabels(device, "softmaxCrossEntropyGradient", labels!, classes);
    const out = allocate(device, "float32", n * classes);
    const g = gradient!;
    inBlocks(device, [logits!, labels!], ([z, y]) => {
      const operands = [z!.pointer, y!.pointer, addressOf(g), g.strides[0]!, out.pointer];
      device.kernels.softmaxCrossEntropyGradient(n, classes, ...operands);
    });
    return [out];
  },

  softmaxCrossEntropy(_, [logits, labels]) {
    const [n, classes] = logits!.shape as [number, number];
    checkLabels(device, "softmaxCrossEntropy", labels!, classes);
    const out = allocate(device, "float32", n);
    inBlocks(device, [logits!, labels!], ([z, y]) =>
      device.kernels.softmaxCrossEntropy(n, classes, z!.pointer, classes, y!.pointer, out.pointer),
    );
    return [out];
  },

  sgdStep: ({ lr, weightDecay }, inputs, reuse) => step(device, codes.sgdStepJob, inputs, reuse, [lr, weightDecay]),

  momentumStep: ({ lr, weightDecay, momentum, nesterov }, inputs, reuse) =>
    step(device, codes.momentumStepJob, inputs, reuse, [lr, weightDecay, momentum], [nesterov ? 1 : 0]),

  adamStep: ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step: t }, inputs, reuse) =>
    step(device, codes.adamStepJob, inputs, reuse, [
      lr / (1 - integerPower(beta1, t)),
      decoupled ? 0 : weightDecay,
      decoupled ? 1 - lr * weightDecay : 1,
      ...[beta1, 1 - beta1],
      ...[beta2, 1 - beta2],
      Math.sqrt(1 - integerPower(beta2, t)),
      epsilon,
    ]),
});
