/** The ops as methods: each is the function of its name. */
import { describe, expect, test } from "vitest";
import * as library from "../src/index.ts";
import { ops, Tensor, tensor } from "../src/index.ts";
import { methodNames } from "../src/methods.ts";

test("chains go on as PyTorch's do", async () => {
  const x = tensor([
    [3, -4],
    [6, 8],
  ]);
  expect(await x.square().sum(1).sqrt().array()).toEqual([5, 10]);
  expect(await x.abs().max(1, { keepDims: true }).array()).toEqual([[4], [8]]);
  expect(x.unsqueeze(0).permute([2, 0, 1]).flatten().shape).toEqual([2, 2]);
  expect(await x.softmax(1).sum(1).round().array()).toEqual([1, 1]);
  expect(x.split(1, 1).map((part) => part.shape)).toEqual([
    [2, 1],
    [2, 1],
  ]);
});

/** Ops that PyTorch has as functions alone, or whose first argument is not what a chain goes on from. */
const functionsAlone = [
  ...["concat", "einsum", "fold", "meshgrid", "oneHot", "pad", "scatterAdd", "stack", "tensordot", "unfold", "where"],
  ...["conv1d", "conv2d", "convTranspose2d", "maxPool2d", "avgPool2d", "adaptiveAvgPool2d", "upsample"],
  ...["batchNorm", "layerNorm", "groupNorm", "hardSwish", "prelu"],
  ...["elu", "gelu", "leakyRelu", "silu", "softplus"],
];

/** What layers, losses, optimizers and extensions are made of. */
const parts = [
  ...["linear", "activationGradient", "softmaxCrossEntropy", "softmaxCrossEntropyGradient"],
  ...["conv2dWeightGradient", "maxPool2dGradient", "avgPool2dGradient"],
  ...["channelMoments", "channelNorm", "channelNormSums", "channelNormGradient"],
  ...["sgdStep", "momentumStep", "adamStep", "step", "copy", "custom"],
];

test("every op that PyTorch has as a method is one", () => {
  const without = Object.keys(ops).filter((name) => !(name in Tensor.prototype) && name in library);
  expect(without.sort()).toEqual([...functionsAlone, ...parts].sort());
});

describe.each(methodNames)("%s", (name) => {
  test("is the function of its name", () => {
    expect(ops).toHaveProperty(name);
    expect(Object.keys(Tensor.prototype)).not.toContain(name);
  });
});
