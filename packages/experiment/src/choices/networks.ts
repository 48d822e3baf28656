import type { Choice } from "./choice.ts";

/** A network by name: its hidden layers, and the activation and the training that suit it. */
export interface NetworkChoice extends Pick<Choice<unknown>, "name" | "title" | "about"> {
  /** Its hidden layers as text: see `parseLayers`. Without them it has those of `--hidden`. */
  readonly layers?: string;
  /** A name in `activations`. */
  readonly activation: string;
  /** A name in `initializers`. */
  readonly init: string;
  /** The learning rate that suits it with the usual optimizer. Default: the optimizer's own. */
  readonly lr?: number;
  /** How many passes over MNIST's 60,000 digits suit it. Default: what suits dense layers. */
  readonly epochs?: number;
  /** A name in `schedules`. Default: the usual one. */
  readonly schedule?: string;
  /** The weight decay that suits it. Default: none. */
  readonly weightDecay?: number;
}

/** The networks; the usual one first. */
export const networks: readonly NetworkChoice[] = [
  { name: "mlp", title: "Dense", about: "dense layers, as --hidden says", activation: "relu", init: "he" },
  {
    name: "lenet5",
    title: "LeNet-5",
    about: "LeCun's of 1998, with max pooling and a dense output layer",
    layers: "conv 6 5 same, pool 2, conv 16 5, pool 2, dense 120, dense 84",
    activation: "tanh",
    init: "xavier",
    lr: 0.05,
    epochs: 10,
  },
  {
    name: "nielsen",
    title: "Nielsen’s",
    about: "two convolutions and a dense layer, of chapter 6 of his book",
    layers: "conv 20 5, pool 2, conv 40 5, pool 2, dense 100",
    activation: "relu",
    init: "he",
    lr: 0.05,
    epochs: 5,
  },
  {
    name: "cnn",
    title: "Convolutional",
    about: "small convolutions with batch normalization: the best of these",
    layers: "conv 24 5, norm, pool 2, conv 48 3 same, norm, pool 2, conv 64 3, norm, dense 128",
    activation: "relu",
    init: "he",
    // Chosen on 10,000 validation digits, with augmentation.
    lr: 0.1,
    epochs: 5,
    schedule: "one-cycle",
    weightDecay: 0.0005,
  },
];
