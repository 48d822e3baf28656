/** An experiment as plain data, and its three forms for people: the page's address, a `dlcc` command, a program. */
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
  readonly init: string;
  readonly seed: number;
  readonly backend: string;
}

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
  nesterov: "Nesterov momentum",
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

/** The rate that suits an optimizer: the command's own. */
export const rates: Readonly<Record<string, number>> = {
  adam: 0.003,
  adamw: 0.003,
  sgd: 0.1,
  momentum: 0.05,
  nesterov: 0.15,
  rmsprop: 0.001,
  adagrad: 0.02,
};

export const defaults: Experiment = {
  hidden: [{ units: 128, activation: "relu" }],
  loss: "cross-entropy",
  optimizer: "nesterov",
  lr: 0.15,
  schedule: "linear",
  batchSize: 64,
  epochs: 5,
  weightDecay: 0,
  init: "he",
  seed: 1,
  backend: "auto",
};

/** Most that the page takes: a slip of the finger should not fill the memory. */
export const limits = { layers: 6, units: 1024, batchSize: 1024, epochs: 100 } as const;

/** The part of the address that differs from the defaults. */
export function toQuery(experiment: Experiment): string {
  const query = new URLSearchParams();
  const { hidden, ...rest } = experiment;
  const layers = hidden.map(({ units, activation }) => `${units}-${activation}`).join("_") || "none";
  if (layers !== "128-relu") query.set("hidden", layers);
  for (const [key, value] of Object.entries(rest)) {
    if (value !== defaults[key as keyof Experiment]) query.set(key, String(value));
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
  const number = (key: keyof Experiment, low: number, high: number, whole = true): number => {
    const found = Number(query.get(key) ?? Number.NaN);
    return found >= low && found <= high && (!whole || Number.isInteger(found)) ? found : (defaults[key] as number);
  };
  const optimizer = name("optimizer", defaults.optimizer);
  const rate = query.has("lr") ? number("lr", 1e-6, 100, false) : (rates[optimizer] ?? defaults.lr);
  return {
    hidden: layersOf(query.get("hidden")),
    loss: name("loss", defaults.loss),
    optimizer,
    lr: rate,
    schedule: name("schedule", defaults.schedule) as Experiment["schedule"],
    batchSize: number("batchSize", 1, limits.batchSize),
    epochs: number("epochs", 1, limits.epochs),
    weightDecay: number("weightDecay", 0, 1, false),
    init: name("init", defaults.init),
    seed: number("seed", 0, 2 ** 31),
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

const activationsOf = ({ hidden }: Experiment): string => {
  const names = hidden.map(({ activation }) => activation);
  return new Set(names).size <= 1 ? (names[0] ?? "relu") : names.join(",");
};

/** The command that makes the same run on the same digits. */
export function toCommand(experiment: Experiment): string {
  const e = experiment;
  const words = ["dlcc train mnist"];
  const add = (flag: string, value: string | number): void => {
    words.push(`--${flag} ${value}`);
  };
  add("hidden", e.hidden.map(({ units }) => units).join(",") || "none");
  add("activation", activationsOf(e));
  for (const flag of ["loss", "optimizer", "lr", "schedule"] as const) add(flag, e[flag]);
  add("batch-size", e.batchSize);
  add("epochs", e.epochs);
  if (e.weightDecay > 0) add("weight-decay", e.weightDecay);
  add("init", e.init);
  add("seed", e.seed);
  if (e.backend !== "gpu") add("backend", e.backend);
  add("out", "model.safetensors");
  return words.join(" ");
}

/** The options of the shared builders, `buildNetwork` and `buildOptimizer` of `@dlcc/cli/experiment`. */
export const networkOptions = (e: Experiment) => ({
  inputs: 784,
  hidden: e.hidden.map(({ units }) => units),
  outputs: 10,
  activation: activationsOf(e),
  loss: e.loss,
  init: e.init,
  seed: e.seed,
});

/** A program that makes the same run, by the same builders; it needs the packages and the digits' IDX files. */
export const toCode = (e: Experiment): string => `import { valueAndGrad } from "@dlcc/autograd";
import { buildNetwork, buildOptimizer, losses } from "@dlcc/cli/experiment";
import { minibatches } from "@dlcc/data";
import { loadMnist } from "@dlcc/data/node";
import { createWasm } from "@dlcc/wasm";

const { train } = await loadMnist("folder/with/mnist");
const backend = await createWasm();
const model = await buildNetwork(${JSON.stringify(networkOptions(e), null, 2)}).to(backend);
const { loss } = losses[${JSON.stringify(e.loss)}].value;
const steps = ${e.epochs} * Math.ceil(train.images.shape[0] / ${e.batchSize});
const optimizer = buildOptimizer(model, {
  optimizer: ${JSON.stringify(e.optimizer)}, lr: ${e.lr}, schedule: ${JSON.stringify(e.schedule)}, weightDecay: ${e.weightDecay}, steps,
});

for (let epoch = 1; epoch <= ${e.epochs}; epoch++) {
  for (const { x, y } of minibatches(train.images, train.labels, { size: ${e.batchSize}, seed: ${e.seed}, epoch, backend })) {
    const { gradients } = valueAndGrad(() => loss(model.forward(x), y), model.parameters());
    optimizer.step(gradients);
  }
}
`;
