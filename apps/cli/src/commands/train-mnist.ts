import {
  architecture,
  buildNetwork,
  buildOptimizer,
  digitClasses,
  losses,
  type ModelUse,
  optimizers,
  pick,
  valueFor,
} from "@dlcc/experiment";
import { countParameters, type Sequential } from "@dlcc/layers";
import type { Optimizer } from "@dlcc/optim";
import type { Backend } from "@dlcc/tensor";
import { accuracy, type Loss } from "@dlcc/train";
import type { Command } from "commander";
import { adviceFor } from "../advice.ts";
import { countExamples, countInputs, type Part, setAside } from "../batches.ts";
import { optionsOfRun } from "../checkpoints.ts";
import type { Context } from "../context.ts";
import { cacheFolder, type OpenDigits, openDigits } from "../digits/find.ts";
import { judge } from "../digits/judge.ts";
import { open } from "../network/backends.ts";
import { confusionTable } from "../terminal/confusion.ts";
import { outcome, percent } from "../terminal/figures.ts";
import { openReporter, type Start } from "../terminal/reporter.ts";
import { checkFiles, openSave } from "./save.ts";
import { bestLine, runTraining } from "./training.ts";
import { addTrainingOptions, type TrainingOptions } from "./training-options.ts";

/** The options, as the parser gives them. */
export interface TrainOptions extends TrainingOptions {
  readonly loss: string;
  readonly init: string;
  readonly data?: string;
}

/**
 * Measured with the other defaults, over five seeds: on the 60,000 digits two passes give a test accuracy of 97.6 to 97.8 %
 * (one gives 97.2 %); on the 8,000 embedded digits five give 95.5 to 95.8 %, and more add little.
 */
const defaultEpochs = (examples: number): number => (examples > 20_000 ? 2 : 5);

/** Adds `train mnist`. */
export function addTrainMnist(train: Command, { write, exit, complain, typed }: Context): void {
  const command = train
    .command("mnist")
    .summary("learn to read handwritten digits")
    .description(
      "Trains a fully connected network on MNIST: 28x28 pictures of the digits 0 to 9.\n\n" +
        `The digits come from --data, else from the folder in DLCC_MNIST_DIR, else from the cache (${cacheFolder()}), else from the 10,000 that come with dlcc.`,
    );
  addTrainingOptions(command, {
    hidden: 128,
    optimizer: "nesterov",
    loss: "cross-entropy",
    init: "he",
    epochs: "2, or 5 for the embedded digits",
    examples: "training digits",
  });
  command
    .option("--data <dir>", "a folder with the four MNIST files, plain or .gz; or embedded")
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  dlcc train mnist",
        "  dlcc train mnist --hidden 300,100 --out model.safetensors",
        "  dlcc train mnist --epochs 50 --checkpoint runs/1   # save the run every minute",
        "  dlcc train --resume runs/1                         # and go on with it",
        "",
        "Nielsen's first network:",
        "  dlcc train mnist --hidden 30 --activation sigmoid --loss quadratic \\",
        "    --init normal --optimizer sgd --lr 3 --schedule constant \\",
        "    --batch-size 10 --epochs 30",
      ].join("\n"),
    )
    .action(async (options: TrainOptions) => {
      const onTrouble = (error: Error): void => {
        complain(error);
        exit(1);
      };
      const run = await optionsOfRun(command, options, typed);
      exit(await trainMnist(run.options, write, run.typed, onTrouble));
    });
}

/** Everything that makes a run. */
interface Plan {
  readonly digits: OpenDigits;
  readonly train: Part;
  readonly validation: Part | undefined;
  readonly backend: Backend;
  readonly backendTitle: string;
  readonly model: Sequential;
  readonly sizes: { readonly inputs: number; readonly hidden: readonly number[]; readonly outputs: number };
  readonly loss: Loss;
  readonly outputs: ModelUse["outputs"];
  readonly optimizer: Optimizer;
  readonly lr: number;
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** Makes the network and its optimizer. */
async function prepare(digits: OpenDigits, options: TrainOptions): Promise<Plan> {
  const { train, validation } = setAside(digits.train, options.validation, options.seed);
  const { backend, title: backendTitle } = await open(options.backend, options.threads);
  const sizes = { inputs: countInputs(train), hidden: options.hidden, outputs: digitClasses.length };
  const model = await buildNetwork({ ...options, ...sizes }).to(backend);
  const { outputs } = pick(losses, options.loss);
  const loss = valueFor(losses, options.loss);
  const lr = options.lr ?? pick(optimizers, options.optimizer).lr;
  const examples = countExamples(train);
  const epochs = options.epochs ?? defaultEpochs(examples);
  const stepsPerEpoch = Math.ceil(examples / options.batchSize);
  const optimizer = buildOptimizer(model, { ...options, lr, steps: epochs * stepsPerEpoch });
  return {
    digits,
    train,
    validation,
    backend,
    backendTitle,
    model,
    sizes,
    loss,
    outputs,
    optimizer,
    lr,
    epochs,
    stepsPerEpoch,
  };
}

/** The report before training. */
const announce = (plan: Plan, options: TrainOptions): Start => ({
  dataset: plan.digits.name,
  reason: plan.digits.reason,
  model: architecture(plan.sizes),
  parameters: countParameters(plan.model),
  backend: plan.backendTitle,
  trainExamples: countExamples(plan.train),
  validationExamples: plan.validation ? countExamples(plan.validation) : 0,
  testExamples: countExamples(plan.digits.test),
  epochs: plan.epochs,
  stepsPerEpoch: plan.stepsPerEpoch,
  settings: {
    activation: options.activation,
    loss: options.loss,
    optimizer: options.optimizer,
    lr: plan.lr,
    schedule: options.schedule,
    "batch size": options.batchSize,
    epochs: plan.epochs,
    ...(options.weightDecay > 0 && { "weight decay": options.weightDecay }),
    ...(options.dropout > 0 && { dropout: options.dropout }),
    init: options.init,
    seed: options.seed,
  },
});

/** Trains, and reports the outcome. @param typed The command, for the model file. @returns The exit code. */
async function trainMnist(
  options: TrainOptions,
  write: (line: string) => void,
  typed: string,
  onTrouble: (error: Error) => void,
): Promise<number> {
  await checkFiles(options);
  const digits = await openDigits(options.data, options.stream);
  try {
    return await trainOn(digits, options, write, typed, onTrouble);
  } finally {
    await digits.close();
  }
}

/** Trains on digits, and reports the outcome. @returns The exit code. */
async function trainOn(
  digits: OpenDigits,
  options: TrainOptions,
  write: (line: string) => void,
  typed: string,
  onTrouble: (error: Error) => void,
): Promise<number> {
  const { out } = options;
  const plan = await prepare(digits, options);
  const { model, sizes, backend, loss, outputs } = plan;
  const reporter = openReporter(options.json, write);
  const start = announce(plan, options);

  const use: ModelUse = {
    input: { shape: [sizes.inputs], range: [0, 1] },
    classes: digitClasses,
    outputs,
    loss: options.loss,
  };
  const facts = { dataset: digits.name, seed: String(options.seed), command: typed };
  const save = await openSave({ out, model, use, facts }, onTrouble);
  try {
    reporter.start(start);
    const begun = { what: ["mnist"], typed, paths: { data: digits.data } };
    const run = { ...plan, options, begun, lossName: options.loss, metrics: { accuracy }, save, reporter };
    const trained = await runTraining(run);
    if ("exitCode" in trained) return trained.exitCode;
    const { reports, report, best, seconds } = trained;
    const judged = await judge(digits.test, { model, loss, classes: sizes.outputs, backend });
    const testAccuracy = judged.accuracy;
    const saved = await save({ ...trained.facts, testAccuracy: String(testAccuracy) });
    reporter.done(
      {
        testAccuracy,
        validationAccuracy: report?.validation?.metrics.accuracy ?? null,
        trainLoss: report?.loss ?? Number.NaN,
        parameters: start.parameters,
        epochs: reports.length,
        ...(best !== undefined && { bestEpoch: best }),
        seconds,
        backend: backend.name,
        dataset: digits.name,
        model: start.model,
        out: saved ?? null,
      },
      [
        outcome("test accuracy", percent(testAccuracy)),
        ...bestLine(trained, plan.epochs),
        "",
        ...confusionTable(judged.confusion).split("\n"),
      ],
      adviceFor({
        ...options,
        testAccuracy,
        trainAccuracy: report?.metrics.accuracy ?? 0,
        embedded: digits.name.includes("embedded"),
      }),
    );
    return 0;
  } finally {
    reporter.close();
  }
}
