/** What the words of the page mean, each in a sentence, and the chapter that tells the rest. */
import type { ChapterName } from "@dlcc/course";

export interface TermText {
  /** The question that the button beside the word asks. */
  readonly question: string;
  readonly sentence: string;
  readonly chapter: ChapterName;
}

/** By the names of the settings, and of the figures. */
export const terms = {
  hidden: {
    question: "What is a hidden layer?",
    sentence:
      "A row of units between the picture and the answer: each unit weighs up all numbers before it and hands on one of its own.",
    chapter: "multilayer-perceptron",
  },
  convolution: {
    question: "What is a convolution?",
    sentence:
      "A small window of weights, the kernel, slides over the picture; where the picture looks like it, its feature map is strong. All places share these few weights.",
    chapter: "convolution",
  },
  pooling: {
    question: "What is pooling?",
    sentence:
      "Of each small square of a feature map only the largest number stays: less to compute, and where exactly a shape lies matters less.",
    chapter: "convolution",
  },
  activation: {
    question: "What is an activation?",
    sentence:
      "The function that a unit applies to its weighted sum; without one, many layers could do no more than one.",
    chapter: "activations",
  },
  loss: {
    question: "What is a loss?",
    sentence: "One number for how wrong the answers are; training makes it smaller.",
    chapter: "losses",
  },
  optimizer: {
    question: "What is an optimizer?",
    sentence: "The rule that turns the gradient into a step of the weights.",
    chapter: "gradient-descent",
  },
  lr: {
    question: "What is the learning rate?",
    sentence: "How far each step goes down the slope: too small takes for ever, too large jumps over the valley.",
    chapter: "gradient-descent",
  },
  schedule: {
    question: "Why does the rate change over time?",
    sentence: "Large steps get near the valley fast, and small ones at the end find its floor.",
    chapter: "gradient-descent",
  },
  batchSize: {
    question: "What is a minibatch?",
    sentence:
      "A few examples drawn at random: the gradient of these is a noisy guess at the gradient of all, and takes a fraction of the time.",
    chapter: "stochastic-gradient-descent",
  },
  epochs: {
    question: "What is an epoch?",
    sentence: "One pass over all training digits, in a new random order.",
    chapter: "stochastic-gradient-descent",
  },
  parameters: {
    question: "What are parameters?",
    sentence: "The weights and biases: all the numbers that training changes, and all that a model file holds.",
    chapter: "multilayer-perceptron",
  },
  seed: {
    question: "What is the seed?",
    sentence:
      "The number from which all that is random comes: the initial weights, and the order of the digits. The same seed gives the same run.",
    chapter: "stochastic-gradient-descent",
  },
  weightDecay: {
    question: "What is weight decay?",
    sentence: "A pull of every weight towards 0, so that none grows large without need.",
    chapter: "overfitting",
  },
  dropout: {
    question: "What is dropout?",
    sentence: "In each step a share of the units is switched off at random, so that none can rely on another.",
    chapter: "overfitting",
  },
  augment: {
    question: "What is augmentation?",
    sentence: "Digits that are turned, slanted and shifted at random stand for more digits than there are.",
    chapter: "overfitting",
  },
  init: {
    question: "Why do the initial weights matter?",
    sentence:
      "With weights that begin too small or too large, signals and gradients fade or explode from layer to layer.",
    chapter: "unstable-gradients",
  },
  accuracy: {
    question: "What is the validation accuracy?",
    sentence:
      "The share of digits read rightly among those that the network never learns from: it tells whether it has understood, or learned by heart.",
    chapter: "overfitting",
  },
  gradient: {
    question: "Why do gradients vanish?",
    sentence:
      "On its way back the gradient is multiplied once a layer; factors below 1 leave little of it for the first layers.",
    chapter: "unstable-gradients",
  },
  scores: {
    question: "What are these percentages?",
    sentence: "Softmax turns the ten outputs into shares that add up to 100%: how sure the network is of each digit.",
    chapter: "softmax",
  },
} as const satisfies Record<string, TermText>;
