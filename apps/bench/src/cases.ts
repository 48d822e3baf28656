import { dense, lenet5, type Network, nielsen, pixels } from "./networks.ts";

/** What is measured. */
export type Case = MatmulCase | LayerCase | StepCase;

/** The product of two n × n matrices, float32. */
export interface MatmulCase {
  readonly kind: "matmul";
  readonly n: number;
}

/** The skinny products of a training step, of its large layer: 784 inputs, 128 outputs. */
export interface LayerCase {
  readonly kind: "layer";
  /** `x Wᵀ`, or the weight's gradient, `δᵀ x`. */
  readonly pass: "forward" | "gradient";
  readonly batch: number;
}

/** A training step of a network on a minibatch: forward, backward, update. */
export interface StepCase {
  /** Not everyone who trains dense networks can train convolutional ones. */
  readonly kind: "step" | "convolution";
  readonly network: Network;
  readonly batch: number;
}

/** Cases whose result is a matrix. */
export type ProductCase = MatmulCase | LayerCase;

/** The large layer of the dense network. */
export const layers: { readonly inputs: number; readonly hidden: number } = { inputs: pixels, hidden: 128 };

export const cases: readonly Case[] = [
  ...[64, 128, 256, 512, 1024].map((n): Case => ({ kind: "matmul", n })),
  ...[10, 64, 128].flatMap((batch): Case[] => [
    { kind: "layer", pass: "forward", batch },
    { kind: "layer", pass: "gradient", batch },
  ]),
  ...[10, 64, 128].map((batch): Case => ({ kind: "step", network: dense, batch })),
  ...[lenet5, nielsen].map((network): Case => ({ kind: "convolution", network, batch: 64 })),
];

export const isProduct = (c: Case): c is ProductCase => c.kind === "matmul" || c.kind === "layer";

/** An m × k matrix times a k × n matrix. */
export interface Sizes {
  readonly m: number;
  readonly n: number;
  readonly k: number;
}

export function sizesOf(c: ProductCase): Sizes {
  if (c.kind === "matmul") return { m: c.n, n: c.n, k: c.n };
  const { inputs, hidden } = layers;
  return c.pass === "forward" ? { m: c.batch, n: hidden, k: inputs } : { m: hidden, n: inputs, k: c.batch };
}

/** As `--only` and the JSON file know it. */
export function caseId(c: Case): string {
  if (c.kind === "matmul") return `matmul-${c.n}`;
  if (c.kind === "layer") return `${c.pass}-${c.batch}`;
  return c.kind === "step" ? `step-${c.batch}` : `step-${c.network.name}`;
}

export function caseTitle(c: Case): string {
  if (!isProduct(c)) return `training step, ${c.network.title}, batch ${c.batch}`;
  const { m, n, k } = sizesOf(c);
  const product = `${m}×${k} by ${k}×${n}, float32`;
  if (c.kind === "matmul") return `matmul, ${product}`;
  return `${c.pass === "forward" ? "x Wᵀ" : "δᵀ x"} of the layer ${layers.inputs}-${layers.hidden}, batch ${c.batch}: ${product}`;
}

/** What a median in milliseconds is shown as. */
export const unitOf = (c: Case): "GFLOP/s" | "ms" => (isProduct(c) ? "GFLOP/s" : "ms");

/** A product takes 2mnk operations: mnk multiplications and as many additions. */
export function inUnit(c: Case, milliseconds: number): number {
  if (!isProduct(c)) return milliseconds;
  const { m, n, k } = sizesOf(c);
  return (2 * m * n * k) / (milliseconds * 1e6);
}
