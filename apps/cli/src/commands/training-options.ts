/** The options that every `dlcc train` takes: what the network is, how it learns, and where. */
import { activations, initializers, losses, optimizers, schedules } from "@dlcc/experiment";
import { type Command, Option } from "commander";
import {
  backendOption,
  choiceOption,
  layerSizes,
  namePerLayer,
  notNegative,
  positive,
  share,
  threadCount,
  wholeFrom,
} from "../options.ts";

/** The options, as the parser gives them. What is left out depends on the data. */
export interface TrainingOptions {
  readonly hidden: number[];
  /** One for all hidden layers, or one for each. */
  readonly activation: string;
  readonly loss?: string;
  readonly optimizer: string;
  readonly lr?: number;
  readonly schedule: string;
  readonly batchSize: number;
  readonly epochs?: number;
  readonly weightDecay: number;
  readonly dropout: number;
  readonly init?: string;
  readonly seed: number;
  readonly backend: string;
  readonly threads?: number;
  readonly validation: number;
  readonly diagnose?: boolean;
  readonly out?: string;
  readonly json?: boolean;
}

/** What suits the data, and how `--help` says so. */
export interface TrainingDefaults {
  readonly hidden: number;
  readonly optimizer: string;
  /** Without a name, the command chooses; then this is what is said of its choice. */
  readonly loss: string | { readonly about: string };
  readonly init: string | { readonly about: string };
  /** How many epochs there are where nobody says. */
  readonly epochs: string;
  /** What an example is called. */
  readonly examples: string;
}

/** Adds them to a command. */
export function addTrainingOptions(command: Command, defaults: TrainingDefaults): void {
  const { hidden, optimizer, loss, init, epochs, examples } = defaults;
  command.addOption(
    new Option("--hidden <sizes>", `units of the hidden layers: ${hidden}, or 300,100 for two layers, or none`)
      .argParser(layerSizes)
      .default([hidden], String(hidden)),
  );
  const activation = "of all hidden layers, or one for each: relu,tanh";
  choiceOption(command, "--activation", activation, activations, "relu", namePerLayer(activations));
  choiceOption(command, "--loss", "what is minimized", losses, loss);
  choiceOption(command, "--optimizer", "how the weights move", optimizers, optimizer);
  command.option("--lr <rate>", "learning rate (default: one that suits the optimizer)", positive);
  choiceOption(command, "--schedule", "of the learning rate", schedules, "linear");
  command
    .option("--batch-size <n>", "examples in a minibatch", wholeFrom(1), 64)
    .option("--epochs <n>", `passes over the data (default: ${epochs})`, wholeFrom(1))
    .option("--weight-decay <lambda>", "pulls the weights (never the biases) towards 0", notNegative, 0)
    .option("--dropout <p>", "leaves out so much of each hidden layer's outputs while training", share, 0);
  choiceOption(command, "--init", "how weights and biases begin", initializers, init);
  command.option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1);
  backendOption(command);
  command
    .option("--threads <n>", "how many threads the wasm backend has (default: one a core, up to 4)", threadCount)
    .option("--validation <n>", `set so many of the ${examples} aside, to judge each epoch by`, wholeFrom(0), 0)
    .option("--diagnose", "look at each layer's gradients and outputs, and say what keeps one from learning")
    .option("--out <file>", "save the model, as safetensors")
    .option("--json", "one JSON object a line, and nothing else");
}
