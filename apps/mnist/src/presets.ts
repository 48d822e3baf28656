/** Experiments that each ask a question. */
import { defaults, type Experiment } from "@dlcc/experiment";
import { augmentedBy, rateOf, withLayers } from "./experiment.ts";

export interface Preset {
  readonly name: string;
  readonly title: string;
  readonly question: string;
  /** What to look at. */
  readonly look: string;
  readonly experiment: Experiment;
}

const layers = (count: number, units: number, activation: string): Experiment["hidden"] =>
  Array.from({ length: count }, () => ({ units, activation }));

const preset = (name: string, title: string, question: string, look: string, part: Partial<Experiment>): Preset => ({
  name,
  title,
  question,
  look,
  experiment: { ...defaults, ...augmentedBy(null), ...withLayers(defaults.hidden), ...part },
});

export const presets: readonly Preset[] = [
  preset(
    "usual",
    "One hidden layer",
    "How much can 128 units learn in five seconds?",
    "Watch the digits turn green. A hard one may stay red: which, and why?",
    {},
  ),
  preset(
    "deep-sigmoid",
    "Deep sigmoid",
    "Where does the gradient go?",
    "Look at “How far the gradient reaches”: the first layer’s line lies far below the last one’s.",
    { hidden: layers(5, 30, "sigmoid"), optimizer: "sgd", lr: rateOf("sgd"), init: "xavier", epochs: 3 },
  ),
  preset(
    "large-rate",
    "A rate that is too large",
    "What happens when each step goes too far?",
    "Look at the loss: it leaps up at once, and only comes back to what guessing costs, 2.3.",
    { lr: 5, schedule: "constant", epochs: 2 },
  ),
  preset(
    "wide",
    "800 units",
    "Does a larger network read better?",
    "Compare its accuracy with that of the run before, and its speed.",
    {
      hidden: layers(1, 800, "relu"),
    },
  ),
  preset(
    "none",
    "No hidden layer",
    "How far does one get without any?",
    "Look at “What the first layer looks for”: ten pictures, one for each digit.",
    {
      hidden: [],
    },
  ),
  preset(
    "convolution",
    "A convolution",
    "Does it see shapes?",
    "Each kernel slides over the digit and paints a picture of what it finds. Compare the accuracy with that of the run before.",
    { ...withLayers("conv 8 5, pool 2, conv 16 5, pool 2, dense 64"), lr: 0.05, epochs: 3 },
  ),
  preset(
    "one-example",
    "Minibatches of one",
    "How noisy is the gradient of a single digit?",
    "Look at the thin line of the loss, and at the examples a second.",
    { batchSize: 1, optimizer: "sgd", lr: 0.01, epochs: 1 },
  ),
  preset(
    "augmented",
    "Distorted digits",
    "Do turned and slanted digits teach more?",
    "Draw a slanted digit when it is done.",
    {
      ...augmentedBy("strong"),
      epochs: 10,
    },
  ),
];
