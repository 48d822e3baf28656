/** An experiment in the page: its part of the address, and the limits of its form. */
import {
  activations,
  architecture,
  backends,
  type Choice,
  defaults,
  type Experiment,
  type HiddenLayer,
  type HiddenSpec,
  initializers,
  losses,
  networkOptions,
  optimizers,
  parseLayers,
  pick,
  schedules,
  usualAugment,
} from "@dlcc/experiment";

/** The choices in the form, and the names in an address. */
export const choices = {
  activation: activations,
  loss: losses,
  optimizer: optimizers,
  schedule: schedules,
  init: initializers,
  backend: backends.filter(({ nodeOnly }) => !nodeOnly),
} as const satisfies Record<string, readonly Choice<unknown>[]>;

/** How the digits are changed at random while the network learns: `text` is the experiment's. */
export interface Augmentation {
  /** The name in an address. */
  readonly name: string;
  readonly title: string;
  readonly text?: string;
}

/** None first. */
export const augmentations: readonly Augmentation[] = [
  { name: "none", title: "None" },
  { name: "usual", title: "Usual", text: usualAugment },
  { name: "strong", title: "Strong", text: "rotation 20, zoom 0.2, shear 20, shift 2" },
];

/** The name of an experiment's augmentation. */
export const augmentationOf = ({ augment }: Experiment): string =>
  augmentations.find(({ text }) => text === augment)?.name ?? "none";

/** The part of an experiment that an augmentation's name stands for. */
export const augmentedBy = (name: string | null): Pick<Experiment, "augment"> => ({
  augment: augmentations.find((row) => row.name === name)?.text,
});

/** The learning rate that suits an optimizer. */
export const rateOf = (optimizer: string): number => pick(optimizers, optimizer).lr;

/** The limits of the form: a typing error should not fill the memory. */
export const limits = {
  layers: 6,
  units: 1024,
  imageLayers: 10,
  channels: 64,
  kernel: 11,
  leastRate: 1e-6,
  rate: 100,
  batchSize: 1024,
  epochs: 100,
  weightDecay: 1,
  dropout: 0.9,
  seed: 2 ** 31,
} as const;

const isNamed = (table: readonly Choice<unknown>[], text: string): boolean => table.some(({ name }) => name === text);

const layersIn = (hidden: readonly HiddenLayer[]): string =>
  hidden.map(({ units, activation }) => `${units}-${activation}`).join("_") || "none";

/** Layers of images as an address has them, `conv-8-5_pool-2`, and as an experiment has them, `conv 8 5, pool 2`. */
const inAddress = (layers: string): string => layers.replaceAll(", ", "_").replaceAll(" ", "-");
const fromAddress = (text: string): string => text.replaceAll("_", ", ").replaceAll("-", " ");

/** The part of the address that differs from the defaults. A rate is left out if it is the optimizer's default. */
export function toQuery(experiment: Experiment): string {
  const { hidden, layers, augment, ...rest } = experiment;
  const usual: Experiment = { ...defaults, lr: rateOf(experiment.optimizer) };
  const query = new URLSearchParams();
  if (layers !== undefined) query.set("layers", inAddress(layers));
  else if (layersIn(hidden) !== layersIn(usual.hidden)) query.set("hidden", layersIn(hidden));
  for (const [key, value] of Object.entries(rest)) {
    if (value !== usual[key as keyof Experiment]) query.set(key, String(value));
  }
  if (augment !== undefined) query.set("augment", augmentationOf(experiment));
  return query.toString();
}

/** A setting of an address that can't be, and what it must be. */
export interface WrongSetting {
  readonly key: string;
  readonly given: string;
  readonly must: string;
}

/** Reads an address; a part that can't be used stays at its default. */
export const fromQuery = (text: string): Experiment => readQuery(text).experiment;

/** Reads an address, and says which of its parts can't be used. */
export function readQuery(text: string): { readonly experiment: Experiment; readonly wrong: readonly WrongSetting[] } {
  const query = new URLSearchParams(text);
  const wrong: WrongSetting[] = [];
  /** The value of a part, if it has one that can be used. */
  const part = <T>(key: string, must: string, read: (given: string) => T | undefined, fallback: T): T => {
    const given = query.get(key);
    if (given === null) return fallback;
    const found = read(given);
    if (found === undefined) wrong.push({ key, given, must });
    return found ?? fallback;
  };
  const name = <K extends keyof typeof choices>(key: K, fallback: string): string =>
    part(
      key,
      `one of ${choices[key].map((choice) => choice.name).join(", ")}`,
      (given) => (isNamed(choices[key], given) ? given : undefined),
      fallback,
    );
  const optimizer = name("optimizer", defaults.optimizer);
  const usual: Experiment = { ...defaults, lr: rateOf(optimizer) };
  type Numbers = "lr" | "batchSize" | "epochs" | "weightDecay" | "dropout" | "seed";
  const number = (key: Numbers, low: number, high: number, whole = true): number => {
    const read = (given: string): number | undefined => {
      const found = Number(given);
      const can = given.trim() !== "" && found >= low && found <= high && (!whole || Number.isInteger(found));
      return can ? found : undefined;
    };
    return part(key, `a ${whole ? "whole " : ""}number from ${low} to ${high}`, read, usual[key]);
  };
  const augment = (given: string): Pick<Experiment, "augment"> | undefined =>
    augmentations.some((row) => row.name === given) ? augmentedBy(given) : undefined;
  const layers = `up to ${limits.layers} layers of up to ${limits.units} units, such as 128-relu_64-tanh, or none`;
  const images = `up to ${limits.imageLayers} layers that fit a picture of 28×28, such as conv-8-5_pool-2_dense-64`;
  const ofImages = part("layers", images, (given) => imageLayersIn(fromAddress(given)), undefined);
  const experiment = {
    ...withLayers(ofImages ?? part("hidden", layers, layersOf, defaults.hidden)),
    ...part("augment", `one of ${augmentations.map((row) => row.name).join(", ")}`, augment, augmentedBy(null)),
    loss: name("loss", defaults.loss),
    optimizer,
    lr: number("lr", limits.leastRate, limits.rate, false),
    schedule: name("schedule", defaults.schedule),
    batchSize: number("batchSize", 1, limits.batchSize),
    epochs: number("epochs", 1, limits.epochs),
    weightDecay: number("weightDecay", 0, limits.weightDecay, false),
    dropout: number("dropout", 0, limits.dropout, false),
    init: name("init", defaults.init),
    seed: number("seed", 0, limits.seed),
    backend: name("backend", defaults.backend),
  };
  return { experiment, wrong };
}

function layersOf(text: string): readonly HiddenLayer[] | undefined {
  if (text === "none") return [];
  const layers = text.split("_").map((part) => {
    const [units, activation = ""] = part.split("-");
    return { units: Number(units), activation };
  });
  const good = layers.every(
    ({ units, activation }) =>
      Number.isInteger(units) && units >= 1 && units <= limits.units && isNamed(choices.activation, activation),
  );
  return good && layers.length <= limits.layers ? layers : undefined;
}

/** The part of an experiment that its layers are: those of images as text, or dense ones. */
export const withLayers = (layers: string | readonly HiddenLayer[]): Pick<Experiment, "hidden" | "layers"> =>
  typeof layers === "string" ? { hidden: [], layers } : { hidden: layers, layers: undefined };

const isSmall = (layer: HiddenSpec): boolean => {
  if (layer.kind === "conv") return layer.channels <= limits.channels && layer.kernel <= limits.kernel;
  if (layer.kind === "dense") return layer.units <= limits.units;
  return layer.kind !== "residual" || layer.layers.every(isSmall);
};

/** Why layers of images, as text, can't be; undefined if they can. */
export function whyNot(layers: string): string | undefined {
  try {
    const found = parseLayers(layers);
    if (found.length === 0) return "there must be a layer";
    if (found.length > limits.imageLayers) return `there must be at most ${limits.imageLayers} layers`;
    if (!found.every(isSmall)) {
      return `a layer must have at most ${limits.channels} kernels of ${limits.kernel}×${limits.kernel}, or ${limits.units} units`;
    }
    architectureOf({ ...defaults, ...withLayers(layers) });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^\w+: /, "") : String(error);
  }
}

/** The layers of an address, if they can be: written as an experiment writes them, so that they have one address. */
const imageLayersIn = (text: string): string | undefined => {
  const isWritten = text.split(", ").every((part) => part !== "" && part === part.trim());
  const isOne = text.length < 300 && text === fromAddress(inAddress(text));
  return isWritten && isOne && whyNot(text) === undefined ? text : undefined;
};

/** The sizes of the layers, such as `784-128-10`. */
export const architectureOf = (experiment: Experiment): string => architecture(networkOptions(experiment));

/** Whether two experiments differ in their epochs alone: then the run of one goes on as that of the other. */
export const differInEpochs = (a: Experiment, b: Experiment): boolean =>
  a.epochs !== b.epochs && toQuery({ ...a, epochs: b.epochs }) === toQuery(b);

/**
 * What makes an experiment different from the defaults, in a few words: `lr 0.3, seed 7`.
 *
 * @param file The model that it began with, if it was opened: its name comes first, and its layers are not the experiment's.
 */
export function nameOf(experiment: Experiment, file = ""): string {
  const isLayers = (key: string): boolean => /^(hidden|layers)$/.test(key);
  const settings = [...new URLSearchParams(toQuery(experiment))]
    .filter(([key]) => !file || !isLayers(key))
    .map(([key, value]) => (isLayers(key) ? architectureOf(experiment) : `${key} ${value}`));
  return [file, ...settings].filter((part) => part !== "").join(", ") || "The defaults";
}
