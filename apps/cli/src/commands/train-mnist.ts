import { minibatches, split } from "@dlcc/data";
import { checkWritable } from "@dlcc/io/node";
import { argmax, tidy, unrecorded } from "@dlcc/tensor";
import { accuracy, evaluate, fit, NonFiniteLossError } from "@dlcc/train";
import type { Command } from "commander";
import { adviceFor } from "../advice.ts";
import { cacheFolder, findDigits } from "../digits/find.ts";
import { saveModel } from "../model-file.ts";
import { architecture, buildNetwork, buildOptimizer } from "../network/build.ts";
import { activations, backends, initializers, losses, optimizers } from "../network/choices.ts";
import { countConfusion } from "../terminal/confusion.ts";
import { HumanReporter, JsonReporter, type Reporter } from "../terminal/reporter.ts";
import { choiceOption, layerSizes, notNegative, positive, wholeFrom } from "./options.ts";

/** The options, as the parser gives them. */
export interface TrainOptions {
  readonly hidden: number[];
  readonly activation: keyof typeof activations;
  readonly loss: string;
  readonly optimizer: string;
  readonly lr?: number;
  readonly schedule: "constant" | "linear";
  readonly batchSize: number;
  readonly epochs: number;
  readonly weightDecay: number;
  readonly init: string;
  readonly seed: number;
  readonly backend: string;
  readonly validation: number;
  readonly data?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** What the shell gives for a program that Ctrl-C ended. */
const interruptedExitCode = 130;

/** Examples at a time where nothing is learned: enough to keep the matrix product busy. */
const evaluationBatch = 250;

/** Adds `train mnist`. */
export function addTrainMnist(train: Command, write: (line: string) => void, exit: (code: number) => void): void {
  const command = train
    .command("mnist")
    .summary("learn to read handwritten digits")
    .description(
      "Trains a fully connected network on MNIST: 28x28 pictures of the digits 0 to 9.\n\n" +
        `The digits come from --data, else from the folder in DLCC_MNIST_DIR, else from the cache\n(${cacheFolder()}), else from the 10,000 that come with dlcc.`,
    )
    .option(
      "--hidden <sizes>",
      "units of the hidden layers: 128, or 300,100 for two layers, or none",
      layerSizes,
      [128],
    );
  choiceOption(command, "--activation", "of the hidden layers", activations, "relu");
  choiceOption(command, "--loss", "what is minimized", losses, "cross-entropy");
  choiceOption(command, "--optimizer", "how the weights move", optimizers, "adam");
  command.option("--lr <rate>", "learning rate (default: one that suits the optimizer)", positive);
  choiceOption(
    command,
    "--schedule",
    "of the learning rate",
    {
      linear: { value: "linear", about: "down to 0 in a straight line" },
      constant: { value: "constant", about: "the same all the time" },
    },
    "linear",
  );
  command
    .option("--batch-size <n>", "examples in a minibatch", wholeFrom(1), 64)
    .option("--epochs <n>", "passes over the data", wholeFrom(1), 5)
    .option("--weight-decay <lambda>", "pulls the weights (never the biases) towards 0", notNegative, 0);
  choiceOption(command, "--init", "how weights and biases begin", initializers, "pytorch");
  command.option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1);
  choiceOption(command, "--backend", "what computes", backends, "cpu");
  command
    .option("--validation <n>", "set so many of the training digits aside, to judge each epoch by", wholeFrom(0), 0)
    .option("--data <dir>", "a folder with the four MNIST files, plain or .gz")
    .option("--out <file>", "save the model, as safetensors")
    .option("--json", "one JSON object a line, and nothing else")
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  dlcc train mnist",
        "  dlcc train mnist --hidden 300,100 --out model.safetensors",
        "  dlcc train mnist --hidden 30 --activation sigmoid --loss quadratic --init normal \\",
        "    --optimizer sgd --lr 3 --schedule constant --batch-size 10 --epochs 30   # Nielsen's first network",
      ].join("\n"),
    )
    .action(async (options: TrainOptions) => exit(await trainMnist(options, write)));
}

/** Trains, and says how it went. @returns The exit code. */
export async function trainMnist(options: TrainOptions, write: (line: string) => void): Promise<number> {
  if (options.out !== undefined) await checkWritable(options.out);
  const digits = await findDigits(options.data);
  const aside = options.validation;
  const { train, validation } =
    aside > 0
      ? split(digits.train.images, digits.train.labels, aside, { seed: options.seed })
      : { train: digits.train, validation: undefined };

  const backend = await (backends[options.backend] ?? backends.cpu)?.value();
  if (!backend) throw new Error(`there is no backend ${options.backend}`);
  const sizes = { inputs: train.images.shape[1] ?? 0, hidden: options.hidden, outputs: 10 };
  const model = await buildNetwork({ ...options, ...sizes }).to(backend);
  const parameters = model.parameters().reduce((sum, parameter) => sum + parameter.peek().size, 0);
  const { loss } = losses[options.loss]?.value ?? {};
  const lr = options.lr ?? optimizers[options.optimizer]?.value.lr;
  if (!loss || lr === undefined)
    throw new Error(`there is no loss ${options.loss} or no optimizer ${options.optimizer}`);

  const { batchSize, epochs, seed } = options;
  const trainExamples = train.images.shape[0] ?? 0;
  const stepsPerEpoch = Math.ceil(trainExamples / batchSize);
  const optimizer = buildOptimizer(model, { ...options, lr, steps: epochs * stepsPerEpoch });
  const reporter: Reporter = options.json ? new JsonReporter(write) : new HumanReporter(write);
  reporter.start({
    dataset: digits.name,
    reason: digits.reason,
    model: architecture(sizes),
    parameters,
    backend: backend.name,
    trainExamples,
    validationExamples: validation ? aside : 0,
    testExamples: digits.test.images.shape[0] ?? 0,
    epochs,
    stepsPerEpoch,
    settings: settingsOf(options, lr),
  });

  const interrupt = new AbortController();
  const onInterrupt = (): void => interrupt.abort();
  process.once("SIGINT", onInterrupt);
  const facts = { dataset: digits.name, seed: String(seed) };
  try {
    const started = performance.now();
    const reports = await fit({
      model,
      loss,
      optimizer,
      batches: (epoch) => minibatches(train.images, train.labels, { size: batchSize, seed, epoch, backend }),
      epochs,
      metrics: { accuracy },
      ...(validation && {
        validate: () =>
          evaluate({
            model,
            loss,
            metrics: { accuracy },
            batches: minibatches(validation.images, validation.labels, {
              size: evaluationBatch,
              shuffle: false,
              backend,
            }),
          }),
      }),
      onProgress: (progress) => reporter.progress(progress),
      onEpoch: (report) => reporter.epoch(report),
      signal: interrupt.signal,
    });
    const seconds = (performance.now() - started) / 1000;
    if (options.out !== undefined) await saveModel(options.out, model, facts);
    if (interrupt.signal.aborted) {
      reporter.interrupted(
        options.out === undefined
          ? "interrupted: nothing saved (--out FILE would have)"
          : `interrupted: what was learned so far is in ${options.out}`,
      );
      return interruptedExitCode;
    }

    model.eval();
    const labels = await digits.test.labels.data();
    const guesses: number[] = [];
    const { images, labels: testLabels } = digits.test;
    for (const { x } of minibatches(images, testLabels, { size: evaluationBatch, shuffle: false, backend })) {
      const guess = unrecorded(() => tidy(() => argmax(model.forward(x), 1)));
      guesses.push(...(await guess.data()));
      guess.dispose();
    }
    const last = reports[reports.length - 1];
    const testAccuracy = guesses.filter((guess, i) => guess === labels[i]).length / guesses.length;
    reporter.done(
      {
        testAccuracy,
        validationAccuracy: last?.validation?.metrics.accuracy ?? null,
        trainLoss: last?.loss ?? Number.NaN,
        parameters,
        epochs,
        seconds,
        backend: backend.name,
        dataset: digits.name,
        model: architecture(sizes),
        out: options.out ?? null,
      },
      countConfusion(labels, guesses, sizes.outputs),
      adviceFor({
        ...options,
        testAccuracy,
        trainAccuracy: last?.metrics.accuracy ?? 0,
        embedded: digits.name.includes("embedded"),
        saved: options.out !== undefined,
      }),
    );
    return 0;
  } catch (error) {
    if (!(error instanceof NonFiniteLossError) || options.out === undefined) throw error;
    await saveModel(options.out, model, facts);
    throw new Error(`${error.message}. They are saved in ${options.out}`, { cause: error });
  } finally {
    process.removeListener("SIGINT", onInterrupt);
    reporter.close();
  }
}

const settingsOf = (options: TrainOptions, lr: number): Record<string, string | number> => ({
  activation: options.activation,
  loss: options.loss,
  optimizer: options.optimizer,
  lr,
  schedule: options.schedule,
  "batch size": options.batchSize,
  epochs: options.epochs,
  ...(options.weightDecay > 0 && { "weight decay": options.weightDecay }),
  init: options.init,
  seed: options.seed,
});
