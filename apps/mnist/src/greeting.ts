/** The model that greets the visitor: `scripts/greeting.js` trains it. */
import type { NetworkOptions } from "@dlcc/experiment";

/** The eleventh class: what is no digit. */
export const notADigit = 10;

/** Its network: 36,500 weights, in 74 KB. */
export const greetingNetwork: NetworkOptions = {
  inputs: [1, 28, 28],
  hidden: [],
  layers: "conv 16 5, pool 2, conv 40 3, norm, conv 40 3, norm, pool 2, dense 24",
  outputs: notADigit + 1,
  activation: "relu",
  loss: "cross-entropy",
  init: "he",
  dropout: 0,
  seed: 7,
};

/** What the page says of it. */
export const greeting = {
  about: "a small convolutional network, trained with distorted digits and with scribbles",
  /** Of the 2,000 test digits, in per cent. */
  accuracy: 99.3,
} as const;
