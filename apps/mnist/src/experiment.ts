/** An experiment as plain data, and as the part of the page's address that keeps it. `command.ts` and `program.ts` have its other forms. */
import { learningRates } from "@dlcc/cli/experiment";

export interface HiddenLayer {
  readonly units: number;
  readonly activation: string;
}

/** All that decides how a run goes. */
export interface Experiment {
  readonly hidden: readonly HiddenLayer[];
  readonly loss: string;
  readonly optimizer: string;
  readonly lr: number;
  readonly schedule: "linear" | "constant";
  readonly batchSize: number;
  readonly epochs: number;
  readonly weightDecay: number;
  /** How much of each hidden layer's outputs is left out while training. */
  readonly dropout: number;
  readonly init: string;
  readonly seed: number;
  readonly backend: string;
}

/** Which digits the page learns from: those that come with it, or files of the user's. */
export type Digits = "embedded" | "files";

/** The names that each choice has: those of the command, which has the tables behind them. */
export const choices = {
  activation: ["relu", "sigmoid", "tanh"],
  loss: ["cross-entropy", "sigmoid-cross-entropy", "quadratic", "l2", "l1", "mse", "mae", "huber"],
  optimizer: ["nesterov", "momentum", "sgd", "adam", "adamw", "rmsprop", "adagrad"],
  schedule: ["linear", "constant"],
  init: ["he", "he-uniform", "xavier", "xavier-uniform", "pytorch", "nielsen", "normal", "zero"],
  backend: ["auto", "wasm", "cpu", "gpu"],
} as const;

/** What a name says, where it says too little. */
const titles: Readonly<Record<string, string>> = {
  relu: "ReLU",
  "cross-entropy": "Cross-entropy",
  "sigmoid-cross-entropy": "Sigmoid cross-entropy",
  quadratic: "Quadratic cost",
  l1: "L1",
  l2: "L2",
  mse: "Mean squared error",
  mae: "Mean absolute error",
  nesterov: "Nesterov",
  sgd: "SGD",
  adam: "Adam",
  adamw: "AdamW",
  rmsprop: "RMSprop",
  adagrad: "AdaGrad",
  he: "He",
  "he-uniform": "He, uniform",
  xavier: "Xavier",
  "xavier-uniform": "Xavier, uniform",
  pytorch: "PyTorch’s",
  nielsen: "Nielsen’s",
  normal: "N(0, 1)",
  zero: "All zero",
  linear: "Down to 0",
  wasm: "WebAssembly",
  cpu: "TypeScript",
  gpu: "GPU",
};

/** A name with a capital, or its title. */
export const titleOf = (name: string): string => titles[name] ?? name.charAt(0).toUpperCase() + name.slice(1);

/** The rate that suits an optimizer. */
export const rateOf = (optimizer: string): number =>
  (learningRates as Readonly<Record<string, number>>)[optimizer] ?? learningRates.nesterov;

export const defaults: Experiment = {
  hidden: [{ units: 128, activation: "relu" }],
  loss: "cross-entropy",
  optimizer: "nesterov",
  lr: rateOf("nesterov"),
  schedule: "linear",
  batchSize: 64,
  epochs: 5,
  weightDecay: 0,
  dropout: 0,
  init: "he",
  seed: 1,
  backend: "auto",
};

/** Most that the page takes: a slip of the finger should not fill the memory. */
export const limits = {
  layers: 6,
  units: 1024,
  leastRate: 1e-6,
  rate: 100,
  batchSize: 1024,
  epochs: 100,
  weightDecay: 1,
  dropout: 0.9,
  seed: 2 ** 31,
} as const;

const layersIn = (hidden: readonly HiddenLayer[]): string =>
  hidden.map(({ units, activation }) => `${units}-${activation}`).join("_") || "none";

/** The part of the address that differs from the defaults. A rate is left out where it is the optimizer's own. */
export function toQuery(experiment: Experiment): string {
  const { hidden, ...rest } = experiment;
  const usual: Experiment = { ...defaults, lr: rateOf(experiment.optimizer) };
  const query = new URLSearchParams();
  if (layersIn(hidden) !== layersIn(usual.hidden)) query.set("hidden", layersIn(hidden));
  for (const [key, value] of Object.entries(rest)) {
    if (value !== usual[key as keyof Experiment]) query.set(key, String(value));
  }
  return query.toString();
}

/** Reads an address; what it can't use stays at its default. */
export function fromQuery(text: string): Experiment {
  const query = new URLSearchParams(text);
  const name = <K extends keyof typeof choices>(key: K, fallback: string): string => {
    const found = query.get(key);
    return found !== null && (choices[key] as readonly string[]).includes(found) ? found : fallback;
  };
  const usual: Experiment = { ...defaults, lr: rateOf(name("optimizer", defaults.optimizer)) };
  type Numbers = "lr" | "batchSize" | "epochs" | "weightDecay" | "dropout" | "seed";
  const number = (key: Numbers, low: number, high: number, whole = true): number => {
    const text = query.get(key) ?? "";
    const found = Number(text);
    return text.trim() !== "" && found >= low && found <= high && (!whole || Number.isInteger(found))
      ? found
      : usual[key];
  };
  return {
    hidden: layersOf(query.get("hidden")),
    loss: name("loss", defaults.loss),
    optimizer: name("optimizer", defaults.optimizer),
    lr: number("lr", limits.leastRate, limits.rate, false),
    schedule: name("schedule", defaults.schedule) as Experiment["schedule"],
    batchSize: number("batchSize", 1, limits.batchSize),
    epochs: number("epochs", 1, limits.epochs),
    weightDecay: number("weightDecay", 0, limits.weightDecay, false),
    dropout: number("dropout", 0, limits.dropout, false),
    init: name("init", defaults.init),
    seed: number("seed", 0, limits.seed),
    backend: name("backend", defaults.backend),
  };
}

function layersOf(text: string | null): readonly HiddenLayer[] {
  if (text === null) return defaults.hidden;
  if (text === "none") return [];
  const layers = text.split("_").map((part) => {
    const [units, activation = ""] = part.split("-");
    return { units: Number(units), activation };
  });
  const good = layers.every(
    ({ units, activation }) =>
      Number.isInteger(units) &&
      units >= 1 &&
      units <= limits.units &&
      (choices.activation as readonly string[]).includes(activation),
  );
  return good && layers.length <= limits.layers ? layers : defaults.hidden;
}

/** The sizes, such as `784-128-10`. */
export const architectureOf = ({ hidden }: Experiment): string =>
  [784, ...hidden.map(({ units }) => units), 10].join("-");

/** One name for all hidden layers, or one for each. */
export const activationsOf = ({ hidden }: Experiment): string => {
  const names = hidden.map(({ activation }) => activation);
  return new Set(names).size <= 1 ? (names[0] ?? "relu") : names.join(",");
};

/** The options of the shared builders, `buildNetwork` and `buildOptimizer` of `@dlcc/cli/experiment`. */
export const networkOptions = (e: Experiment) => ({
  inputs: 784,
  hidden: e.hidden.map(({ units }) => units),
  outputs: 10,
  activation: activationsOf(e),
  loss: e.loss,
  init: e.init,
  dropout: e.dropout,
  seed: e.seed,
});
