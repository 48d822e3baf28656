/**
 * A recipe is a published experiment as data: the settings of the source, its result, the statistic that compares ours with
 * it, and the rule for agreement. All of that is fixed before anything is trained. A recipe has no code: `train.ts` and
 * `gradients.ts` run any of them, `compare.ts` judges any of them.
 */

/** How a network is trained. The names are those of `dlcc train mnist`. */
export interface TrainingSettings {
  /** The number of training digits: the first ones of MNIST's training file. */
  readonly train: number;
  /** The number of validation digits: those that follow. */
  readonly validation: number;
  /** The number of test digits. */
  readonly test: number;
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  /** The hidden layers as `--layers` takes them, in place of `hidden`: the digits are images then, and not rows of pixels. */
  readonly layers?: string;
  readonly activation: "sigmoid" | "tanh" | "relu";
  readonly loss: string;
  /** The values of no ink and of full ink. Default: 0 and 1. */
  readonly range?: readonly [number, number];
  /** The initial weights and biases. */
  readonly init: string;
  /** Those of the output layer, if they differ. */
  readonly outputInit?: string;
  readonly optimizer: string;
  /** The learning rate η. */
  readonly lr: number;
  /** A name in `schedules`. */
  readonly schedule: "constant" | "linear" | "step";
  readonly batchSize: number;
  /** Whether each epoch has its own order. Default: true. */
  readonly shuffle?: boolean;
  readonly epochs: number;
  /** Nielsen's regularization parameter λ: a step multiplies the weights, never the biases, by 1 − ηλ/n. */
  readonly lambda: number;
}

/** How the gradients of an untrained network are measured. */
export interface GradientSettings {
  /** The number of MNIST's training digits: the first ones. */
  readonly examples: number;
  readonly hidden: readonly number[];
  readonly activation: "sigmoid" | "tanh" | "relu";
  readonly loss: string;
  readonly init: string;
}

/** The compared figure: one of each seed's curve, and how the seeds' figures become one. */
export interface Statistic {
  /** The digits of the figure. */
  readonly of: "test" | "validation";
  /** The epoch of a seed's figure. `best validation epoch`: the last of those that are best on the validation digits. */
  readonly at: "best epoch" | "last epoch" | "best validation epoch";
  /** The mean over the seeds, or the best of them. */
  readonly over: "mean" | "best";
  /** The share of right or of wrong digits, in per cent. */
  readonly as: "accuracy" | "error";
}

/** The rule for agreement with the published figure; in per cent, and points of it. */
export type Agreement =
  /** The statistic is within so many points of the published figure. */
  | { readonly within: number }
  /** The statistic is at most this. */
  | { readonly atMost: number }
  /** Each seed's figure is between these, and still rising: the last epoch is above the one halfway. */
  | { readonly risingBetween: readonly [least: number, most: number] };

interface Common {
  /** Its name in the command. */
  readonly name: string;
  /** A short description. */
  readonly about: string;
  /** Its publication. */
  readonly source: string;
  /** The default number of seeds. */
  readonly seeds: number;
  /** Our choices where the source leaves something open; facts about the outcome. */
  readonly note?: string;
}

/** A network that is trained. */
export interface TrainingRecipe extends Common {
  readonly kind: "training";
  readonly settings: TrainingSettings;
  readonly statistic: Statistic;
  /** The published statistic, in per cent. */
  readonly published: number;
  readonly agreement: Agreement;
  /** Published figures of single epochs, counted from 1. They are shown beside ours, and decide nothing. */
  readonly publishedEpochs?: Readonly<Record<number, number>>;
  /** A seed that stays below this, in per cent, is counted as being on a plateau. */
  readonly plateau?: number;
}

/**
 * A network whose gradients are measured before it learns: in each hidden layer, the norm of the mean of δ = ∂C/∂z over the
 * examples. It agrees if each published norm is between the least and the most of the seeds.
 */
export interface GradientRecipe extends Common {
  readonly kind: "gradients";
  readonly settings: GradientSettings;
  /** A norm for each hidden layer, from the first on. */
  readonly published: readonly number[];
}

/** A published experiment. */
export type Recipe = TrainingRecipe | GradientRecipe;

/** The result of one seed. */
export interface Run {
  readonly recipe: string;
  readonly seed: number;
  /** The settings of the run: if the recipe has changed since, the run doesn't count. */
  readonly settings: Recipe["settings"];
  /** The accuracy after each epoch in per cent, or the norms of the gradients by layer. */
  readonly figures: Readonly<Partial<Record<"test" | "validation" | "norms", readonly number[]>>>;
  /** The time that it took. */
  readonly seconds: number;
  /** The day, in UTC. */
  readonly date: string;
  /** The backend and its threads. */
  readonly backend: string;
  /** The machine. */
  readonly machine: string;
}
