/** What is measured. */
export type Case = MatmulCase | StepCase;

/** The product of two n × n matrices, float32. */
export interface MatmulCase {
  readonly kind: "matmul";
  readonly n: number;
}

/** A training step of 784-128-10 on a minibatch: forward, backward, update. */
export interface StepCase {
  readonly kind: "step";
  readonly batch: number;
}

/** The network: a 28×28 image, one hidden layer of relu, ten digits. */
export const layers = { inputs: 784, hidden: 128, classes: 10 } as const;

export const learningRate = 0.1;

export const cases: readonly Case[] = [
  ...[64, 128, 256, 512, 1024].map((n): Case => ({ kind: "matmul", n })),
  ...[10, 64, 128].map((batch): Case => ({ kind: "step", batch })),
];

/** As `--only` and the JSON file know it. */
export const caseId = (c: Case): string => (c.kind === "matmul" ? `matmul-${c.n}` : `step-${c.batch}`);

export const caseTitle = (c: Case): string =>
  c.kind === "matmul"
    ? `matmul, ${c.n}×${c.n} by ${c.n}×${c.n}, float32`
    : `training step, ${layers.inputs}-${layers.hidden}-${layers.classes}, batch ${c.batch}`;

/** What a median in milliseconds is shown as. */
export const unitOf = (c: Case): "GFLOP/s" | "ms" => (c.kind === "matmul" ? "GFLOP/s" : "ms");

/** A product takes 2n³ operations: n³ multiplications and as many additions. */
export const inUnit = (c: Case, milliseconds: number): number =>
  c.kind === "matmul" ? (2 * c.n ** 3) / (milliseconds * 1e6) : milliseconds;
