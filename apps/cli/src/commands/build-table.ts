/** The network for a table, and what trains it: the defaults depend on the rows and on the target. */
import { buildNetwork, buildOptimizer, type LoadedModel, losses, optimizers, pick, valueFor } from "@dlcc/experiment";
import type { Sequential } from "@dlcc/layers";
import { weightedCrossEntropy } from "@dlcc/losses";
import type { Optimizer } from "@dlcc/optim";
import { type Backend, tensor } from "@dlcc/tensor";
import type { Loss } from "@dlcc/train";
import { countExamples, type Part } from "../batches.ts";
import { open } from "../network/backends.ts";
import { type Beginning, begin } from "../network/transfer.ts";
import { inputsOf, type Target } from "../table/column.ts";
import { TableError } from "../table/csv.ts";
import { shown } from "../table/names.ts";
import type { Prepared } from "../table/prepare.ts";
import type { CsvOptions } from "./train-csv.ts";
import { usualSchedule } from "./training-options.ts";

/** A run that ends early has at most this many steps, or this many epochs, */
const [mostSteps, mostEpochs] = [20_000, 500];
/** and ends when so many steps, or epochs, have found nothing better. */
const [patientSteps, patientEpochs] = [400, 10];
/**
 * Without validation: measured on Fisher's irises and on 100,000 rows of a noisy sum, over five seeds: after this many steps the
 * test loss falls no further, and a network with hidden layers begins to overfit small tables.
 */
const [usualSteps, mostUsualEpochs] = [1000, 300];
const fewestEpochs = 5;

/** Adam's learning rates for the steps above. The cost of a single layer is a smooth bowl, which allows larger steps. */
const [usualRate, linearRate] = [0.005, 0.03];

/** The learning rate, if nothing is said. */
export const defaultRate = ({ optimizer, hidden }: Pick<CsvOptions, "optimizer" | "hidden">): number => {
  if (optimizer !== "adam") return pick(optimizers, optimizer).lr;
  return hidden.length === 0 ? linearRate : usualRate;
};

/** How long to train. @param validates Whether there are rows that say when to end. */
function lengthOf(
  { epochs, patience }: CsvOptions,
  stepsPerEpoch: number,
  validates: boolean,
): { readonly epochs: number; readonly patience?: number } {
  const [steps, most] = validates ? [mostSteps, mostEpochs] : [usualSteps, mostUsualEpochs];
  const enough = Math.min(most, Math.max(fewestEpochs, Math.ceil(steps / stepsPerEpoch)));
  const settled = { epochs: epochs ?? enough, ...(patience !== undefined && { patience }) };
  if (epochs !== undefined || patience !== undefined || !validates) return settled;
  return { ...settled, patience: Math.max(patientEpochs, Math.ceil(patientSteps / stepsPerEpoch)) };
}

/** The loss that suits the target. @throws {TableError} if `--loss` is for classes and the target is a number. */
function lossFor(target: Target, named: string | undefined): string {
  if (target.kind === "category") return named ?? "cross-entropy";
  const forClasses = (name: string): boolean => {
    const { output, outputs } = pick(losses, name);
    return output !== undefined || outputs !== "activations";
  };
  if (named === undefined || !forClasses(named)) return named ?? "mse";
  const others = losses.map(({ name }) => name).filter((name) => !forClasses(name));
  throw new TableError(
    `--loss must be one of ${others.join(", ")} for a number such as ${shown(target.name)}, got ${named}`,
  );
}

/** The loss as a function: with `--class-weights balanced`, all classes count the same, as `n / (classes · rows of the class)`. */
async function weighted(target: Target, name: string, { classWeights }: CsvOptions, backend: Backend): Promise<Loss> {
  if (classWeights === "none") return valueFor(losses, name);
  if (target.kind === "number" || name !== "cross-entropy") {
    const got = target.kind === "number" ? `the numbers of ${shown(target.name)}` : `--loss ${name}`;
    throw new TableError(`--class-weights balanced must go with classes and --loss cross-entropy, got ${got}`);
  }
  const { counts } = target;
  const all = counts.reduce((sum, count) => sum + count, 0);
  const weight = await tensor(counts.map((count) => (count === 0 ? 0 : all / (counts.length * count)))).to(backend);
  return (outputs, labels) => weightedCrossEntropy(outputs, labels, { weight });
}

const initFor = ({ hidden, activation }: CsvOptions): string => {
  if (hidden.length === 0) return "zero";
  return activation === "relu" ? "he" : "xavier";
};

/** A network for a table, and everything that trains it. */
export interface Built {
  readonly backend: Backend;
  /** For people. */
  readonly title: string;
  readonly sizes: { readonly inputs: number; readonly hidden: readonly number[]; readonly outputs: number };
  readonly named: { readonly loss: string; readonly init: string };
  readonly begun: Beginning;
  readonly model: Sequential;
  readonly lr: number;
  readonly loss: Loss;
  readonly train: Part;
  readonly validation: Part | undefined;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly optimizer: Optimizer;
  /** The options with what was left to the command. */
  readonly settled: CsvOptions;
}

/** Makes them, by the rows, the target and the options. */
export async function build(
  { schema, train, validation }: Prepared,
  options: CsvOptions,
  from: LoadedModel | undefined,
): Promise<Built> {
  const { target } = schema;
  const { backend, title } = await open(options.backend, options.threads);
  const outputs = target.kind === "number" ? 1 : target.values.length;
  const sizes = { inputs: inputsOf(schema.columns), hidden: options.hidden, outputs };
  const named = { loss: lossFor(target, options.loss ?? from?.loss), init: options.init ?? initFor(options) };
  const begun: Beginning = await begin(
    { ...options, ...named },
    from,
    () => buildNetwork({ ...options, ...named, ...sizes }),
    {
      chosen: options.chosen,
      inputs: sizes.inputs,
      classes: outputs,
    },
  );
  const model = await begun.model.to(backend);
  const lr = options.lr ?? defaultRate(options);
  const loss = await weighted(target, named.loss, options, backend);
  const stepsPerEpoch = Math.ceil(countExamples(train) / options.batchSize);
  const length = lengthOf(options, stepsPerEpoch, validation !== undefined);
  // How long it will be is not known where it ends early.
  const schedule = options.schedule ?? (length.patience === undefined ? usualSchedule : "constant");
  const { epochs } = length;
  const optimizer = buildOptimizer(model, { ...options, schedule, lr, epochs, steps: epochs * stepsPerEpoch });
  const settled: CsvOptions = { ...options, ...length, schedule };
  return {
    backend,
    title,
    sizes,
    named,
    begun,
    model,
    lr,
    loss,
    train,
    validation,
    stepsPerEpoch,
    epochs,
    optimizer,
    settled,
  };
}
