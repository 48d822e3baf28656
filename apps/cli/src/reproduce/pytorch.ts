import type { TrainingRecipe } from "./recipe.ts";

/** The mean and the standard deviation of MNIST's pixels, by which the example normalizes them. */
const [mean, standardDeviation] = [0.1307, 0.3081];

/** PyTorch's own example for MNIST. */
export const pytorch: readonly TrainingRecipe[] = [
  {
    kind: "training",
    name: "pytorch-mnist",
    about: "PyTorch's own example",
    source: "PyTorch's examples, mnist/main.py",
    seeds: 1,
    settings: {
      train: 60_000,
      validation: 0,
      test: 10_000,
      hidden: [],
      layers: "conv 32 3, conv 64 3, pool 2, dropout 0.25, dense 128, dropout 0.5",
      activation: "relu",
      loss: "cross-entropy",
      range: [-mean / standardDeviation, (1 - mean) / standardDeviation],
      init: "pytorch",
      optimizer: "adadelta",
      lr: 1,
      schedule: "step",
      batchSize: 64,
      epochs: 14,
      lambda: 0,
    },
    statistic: { of: "test", at: "last epoch", over: "mean", as: "accuracy" },
    published: 99,
    agreement: { within: 0.5 },
    note: "The example prints whole per cents: 99. Its settings are its defaults.",
  },
];
