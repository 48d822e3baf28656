/** An experiment in the page: its part of the address, and the limits of its form. */
import {
  activations,
  architecture,
  backends,
  type Choice,
  defaults,
  type Experiment,
  type HiddenLayer,
  initializers,
  losses,
  networkOptions,
  optimizers,
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

/** The part of the address that differs from the defaults. A rate is left out if it is the optimizer's default. */
export function toQuery(experiment: Experiment): string {
  const { hidden, augment, ...rest } = experiment;
  const usual: Experiment = { ...defaults, lr: rateOf(experiment.optimizer) };
  const query = new URLSearchParams();
  if (layersIn(hidden) !== layersIn(usual.hidden)) query.set("hidden", layersIn(hidden));
  for (const [key, value] of Object.entries(rest)) {
    if (value !== usual[key as keyof Experiment]) query.set(key, String(value));
  }
  if (augment !== undefined) query.set("augment", augmentationOf(experiment));
  return query.toString();
}

/** Reads an address; a part that can't be used stays at its default. */
export function fromQuery(text: string): Experiment {
  const query = new URLSearchParams(text);
  const name = <K extends keyof typeof choices>(key: K, fallback: string): string => {
    const found = query.get(key);
    return found !== null && isNamed(choices[key], found) ? found : fallback;
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
    ...augmentedBy(query.get("augment")),
    loss: name("loss", defaults.loss),
    optimizer: name("optimizer", defaults.optimizer),
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
      Number.isInteger(units) && units >= 1 && units <= limits.units && isNamed(choices.activation, activation),
  );
  return good && layers.length <= limits.layers ? layers : defaults.hidden;
}

/** The sizes of the layers, such as `784-128-10`. */
export const architectureOf = (experiment: Experiment): string => architecture(networkOptions(experiment));
