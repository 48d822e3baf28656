/** The options of every `dlcc train`: the network, its training, and the backend. */
import { activations, initializers, losses, optimizers, schedules } from "@dlcc/experiment";
import type { CheckpointInterval } from "@dlcc/train";
import { type Command, Option } from "commander";
import {
  backendOption,
  choiceOption,
  interval,
  layerSizes,
  namePerLayer,
  notNegative,
  positive,
  share,
  threadCount,
  wholeFrom,
} from "../options.ts";

/** The options, as the parser gives them. The defaults of optional ones depend on the data. */
export interface TrainingOptions {
  readonly hidden: number[];
  /** One name for all hidden layers, or one for each. */
  readonly activation?: string;
  readonly loss?: string;
  readonly optimizer: string;
  readonly lr?: number;
  readonly schedule?: string;
  readonly batchSize: number;
  readonly epochs?: number;
  readonly weightDecay?: number;
  readonly dropout: number;
  readonly init?: string;
  readonly seed: number;
  readonly backend: string;
  readonly threads?: number;
  /** How many examples, or which share of them; undefined if the command chooses. */
  readonly validation?: number;
  readonly diagnose?: boolean;
  readonly profile?: string;
  /** Whether to read the data while training; undefined to decide by their size. */
  readonly stream?: boolean;
  readonly out?: string;
  readonly bestBy?: "loss" | "accuracy";
  readonly patience?: number;
  /** The folder of the run's checkpoints. */
  readonly checkpoint?: string;
  readonly every: CheckpointInterval;
  readonly keep: number;
  /** The folder of a run to go on with. */
  readonly resume?: string;
  readonly json?: boolean;
}

/** The options, when the command has chosen what was left to it. */
export interface SettledOptions extends TrainingOptions {
  readonly schedule: string;
  readonly weightDecay: number;
}

/** The usual learning rate over time. */
export const usualSchedule = "linear";

/** The defaults for the data, as `--help` shows them. */
export interface TrainingDefaults {
  readonly hidden: number;
  /** A name; or, if the command chooses, a description of its choice. */
  readonly activation: string | { readonly about: string };
  readonly optimizer: string;
  /** A name; or, if the command chooses, a description of its choice. */
  readonly loss: string | { readonly about: string };
  readonly init: string | { readonly about: string };
  /** A description, if the command chooses. Default: the usual schedule, and no decay. */
  readonly schedule?: { readonly about: string };
  readonly weightDecay?: { readonly about: string };
  /** The default number of epochs. */
  readonly epochs: string;
  /** The word for examples. */
  readonly examples: string;
  /** What `--validation` takes, if the command chooses a default. */
  readonly validation?: { readonly about: string; readonly parse: (text: string) => number };
}

/** Adds the options to a command. */
export function addTrainingOptions(command: Command, defaults: TrainingDefaults): void {
  const {
    hidden,
    activation,
    optimizer,
    loss,
    init,
    schedule = usualSchedule,
    weightDecay,
    epochs,
    examples,
    validation,
  } = defaults;
  command.addOption(
    new Option(
      "--hidden <sizes>",
      `units of the hidden layers: ${hidden}, or 300,100 for two layers, or none; a network 784-128-10 has 784 inputs, 128 hidden units and 10 outputs`,
    )
      .argParser(layerSizes)
      .default([hidden], String(hidden)),
  );
  const each = "for all hidden layers, or one for each: relu,tanh";
  choiceOption(command, "--activation", each, activations, activation, namePerLayer(activations));
  choiceOption(command, "--loss", "the function to minimize", losses, loss);
  choiceOption(command, "--optimizer", "how the weights move", optimizers, optimizer);
  command.option("--lr <rate>", "learning rate (default: one that suits the optimizer)", positive);
  choiceOption(command, "--schedule", "the learning rate over time", schedules, schedule);
  const decay = new Option(
    "--weight-decay <lambda>",
    `pull the weights (never the biases) towards 0${weightDecay ? ` (default: ${weightDecay.about})` : ""}`,
  ).argParser(notNegative);
  command
    .option("--batch-size <n>", "examples per minibatch", wholeFrom(1), 64)
    .option("--epochs <n>", `passes over the data (default: ${epochs})`, wholeFrom(1))
    .addOption(weightDecay ? decay : decay.default(0))
    .option("--dropout <p>", "share of each dense hidden layer's outputs to drop while training", share, 0);
  choiceOption(command, "--init", "initial weights and biases", initializers, init);
  command.option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1);
  backendOption(command);
  command
    .option("--threads <n>", "threads of the wasm or blas backend (default: one per core, up to 4)", threadCount)
    .addOption(
      validation
        ? new Option("--validation <n>", validation.about).argParser(validation.parse)
        : new Option("--validation <n>", `number of ${examples} to set aside, to validate each epoch`)
            .argParser(wholeFrom(0))
            .default(0),
    )
    .option("--stream", `read the ${examples} while training, a part at a time (default: if the files are large)`)
    .option("--no-stream", "read all at the start, whatever the size")
    .option("--diagnose", "look at each layer's gradients and outputs, and explain why a layer does not learn")
    .option("--profile <file>", "show where the time goes, op by op; the file is for chrome://tracing or Perfetto")
    .option("--out <file>", "save the model as safetensors")
    .addOption(
      new Option(
        "--best-by <figure>",
        "keep the epoch with the best loss or accuracy, of validation if there is one: the model ends with its values, and --out has them as soon as they are found (default: loss with --patience; else the last epoch's are kept)",
      ).choices(["loss", "accuracy"]),
    )
    .option("--patience <n>", "end after so many epochs without a better one", wholeFrom(1))
    .option("--checkpoint <dir>", "save the whole run in a folder now and then, so that --resume can go on with it")
    .addOption(
      new Option("--every <interval>", "how often: 30s, 10m, 2h, 1epoch, 500steps; also at the end, and after Ctrl-C")
        .argParser(interval)
        .default({ seconds: 60 }, "60s"),
    )
    .option("--keep <n>", "how many of the last checkpoints to keep", wholeFrom(1), 3)
    .option("--resume <dir>", "go on with the run in a folder, with the options that it began with; to the last bit")
    .option("--json", "print one JSON object per line, and nothing else");
}
