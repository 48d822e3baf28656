/**
 * A recipe is a published experiment as data: what the source did, what it found, by which statistic ours is compared with
 * it, and when the two agree. All of that stands there before anything is trained. There is no code in a recipe: `train.ts`
 * and `gradients.ts` run any of them, `compare.ts` judges any of them.
 */

/** How a network is trained. The names are those that `dlcc train mnist` takes. */
export interface TrainingSettings {
  /** How many of MNIST's digits it learns from: the first ones of its training file. */
  readonly train: number;
  /** How many it does not learn from, to judge it while it learns: those that follow. */
  readonly validation: number;
  /** How many are for the test. */
  readonly test: number;
  /** Units of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: "sigmoid" | "tanh" | "relu";
  readonly loss: string;
  /** How weights and biases begin. */
  readonly init: string;
  /** How those of the output layer do, where it is another way. */
  readonly outputInit?: string;
  readonly optimizer: string;
  /** The learning rate η. */
  readonly lr: number;
  readonly schedule: "constant" | "linear";
  readonly batchSize: number;
  /** Whether each epoch has an order of its own. Default: true. */
  readonly shuffle?: boolean;
  readonly epochs: number;
  /** Nielsen's regularization parameter λ: a step multiplies the weights, never the biases, by 1 − ηλ/n. */
  readonly lambda: number;
}

/** How the gradients of a network that has learned nothing yet are measured. */
export interface GradientSettings {
  /** Over how many of MNIST's training digits: the first ones. */
  readonly examples: number;
  readonly hidden: readonly number[];
  readonly activation: "sigmoid" | "tanh" | "relu";
  readonly loss: string;
  readonly init: string;
}

/** What is compared: a figure of each seed's curve, and how those of the seeds become one. */
export interface Statistic {
  /** The digits that are judged. */
  readonly of: "test" | "validation";
  /** Which epoch's figure is a seed's. `best validation epoch`: the last of those that do best on the validation digits. */
  readonly at: "best epoch" | "last epoch" | "best validation epoch";
  /** The mean over the seeds, or the best of them. */
  readonly over: "mean" | "best";
  /** The share that is right, or that is wrong; in per cent. */
  readonly as: "accuracy" | "error";
}

/** When ours agrees with what was published; in per cent and points of it. */
export type Agreement =
  /** The statistic is no further from the published figure than so many points. */
  | { readonly within: number }
  /** The statistic is at most that. */
  | { readonly atMost: number }
  /** Each seed's figure is between these, and it is still rising: its last epoch is above the one halfway. */
  | { readonly risingBetween: readonly [least: number, most: number] };

interface Common {
  /** As it is typed. */
  readonly name: string;
  /** What it is, in a few words. */
  readonly about: string;
  /** Where it was published. */
  readonly source: string;
  /** How many seeds it is run with where nobody says. */
  readonly seeds: number;
  /** What the source leaves open and we chose; what is known of the outcome. */
  readonly note?: string;
}

/** A network that is trained. */
export interface TrainingRecipe extends Common {
  readonly kind: "training";
  readonly settings: TrainingSettings;
  readonly statistic: Statistic;
  /** What the source says of the statistic, in per cent. */
  readonly published: number;
  readonly agreement: Agreement;
  /** What the source says of single epochs, counted from 1. Shown beside ours; nothing is decided by it. */
  readonly publishedEpochs?: Readonly<Record<number, number>>;
  /** A seed that stays below this, in per cent, is caught on a plateau: they are counted. */
  readonly plateau?: number;
}

/**
 * A network whose gradients are measured before it learns: in each hidden layer, the norm of the mean of δ = ∂C/∂z over the
 * examples. It agrees if each published norm is between the least and the most that the seeds gave.
 */
export interface GradientRecipe extends Common {
  readonly kind: "gradients";
  readonly settings: GradientSettings;
  /** A norm for each hidden layer, from the first on. */
  readonly published: readonly number[];
}

/** A published experiment. */
export type Recipe = TrainingRecipe | GradientRecipe;

/** What one seed gave. */
export interface Run {
  readonly recipe: string;
  readonly seed: number;
  /** What it was run with: where a recipe has changed since, its run is none of it. */
  readonly settings: Recipe["settings"];
  /** Per cent that was right after each epoch, or the norms of the gradients by layer. */
  readonly figures: Readonly<Partial<Record<"test" | "validation" | "norms", readonly number[]>>>;
  /** How long it took. */
  readonly seconds: number;
  /** When: the day, in UTC. */
  readonly date: string;
  /** What computed: the backend and its threads. */
  readonly backend: string;
  /** Where. */
  readonly machine: string;
}
