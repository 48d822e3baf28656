/** What is measured on the graphics card, in Node and in the page. */
import { dense, lenet5, type Network } from "../networks.ts";

/** A product of two n × n matrices, or a training step. */
export type GpuCase =
  | { readonly title: string; readonly n: number }
  | { readonly title: string; readonly network: Network; readonly batch: number };

/** Layers so wide that a card has work. */
const wide: Network = {
  name: "wide",
  title: "784-4096-4096-10",
  learningRate: 0.1,
  layers: [
    { kind: "dense", inputs: 784, outputs: 4096, activation: "relu" },
    { kind: "dense", inputs: 4096, outputs: 4096, activation: "relu" },
    { kind: "dense", inputs: 4096, outputs: 10 },
  ],
};

const step = (network: Network, batch: number): GpuCase => ({
  title: `step of ${network.title}, batch ${batch}, ms`,
  network,
  batch,
});
const product = (n: number): GpuCase => ({ title: `product ${n} × ${n}, GFLOP/s`, n });

/** All of them; `small`: those that software does in seconds, to try the script itself. */
export const casesOf = (small: boolean): readonly GpuCase[] => [
  ...(small ? [128, 256] : [256, 512, 1024, 2048, 4096]).map(product),
  step(dense, 64),
  ...(small ? [] : [step(wide, 1024), step(lenet5, 256)]),
];
