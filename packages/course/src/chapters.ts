/** The chapters of the course. The command, the guides and the site take their names and their order from this table. */

/** The name of a chapter in `dlcc learn` and in addresses. */
export type ChapterName =
  | "derivative"
  | "gradient"
  | "gradient-descent"
  | "linear-regression"
  | "stochastic-gradient-descent"
  | "perceptron"
  | "multilayer-perceptron"
  | "activations"
  | "losses"
  | "softmax"
  | "backpropagation"
  | "overfitting"
  | "unstable-gradients"
  | "convolution"
  | "residual";

/** A chapter of the course. */
export interface Chapter {
  /** The name in `dlcc learn` and in addresses. */
  readonly name: ChapterName;
  /** The title on a page. */
  readonly title: string;
  /** The question that it answers. */
  readonly question: string;
  /** The page of the guides that explains it; two chapters can share one. */
  readonly guide: string;
  /** Whether it goes on where the course's text ends. */
  readonly beyond?: true;
}

/** In the order of the course. The compiler checks that each name has one row. */
const rows: Readonly<Record<ChapterName, Omit<Chapter, "name">>> = {
  derivative: {
    title: "The derivative",
    question: "how much does a small step change a function?",
    guide: "01-derivative-and-gradient",
  },
  gradient: {
    title: "The gradient",
    question: "which way is up?",
    guide: "01-derivative-and-gradient",
  },
  "gradient-descent": {
    title: "Gradient descent",
    question: "how does one get down?",
    guide: "02-gradient-descent",
  },
  "linear-regression": {
    title: "Linear regression",
    question: "which line fits best?",
    guide: "03-linear-regression",
  },
  "stochastic-gradient-descent": {
    title: "Stochastic gradient descent",
    question: "must each step look at all the data?",
    guide: "04-stochastic-gradient-descent",
  },
  perceptron: {
    title: "The perceptron",
    question: "how does a machine weigh up evidence?",
    guide: "05-the-perceptron",
  },
  "multilayer-perceptron": {
    title: "Multilayer perceptrons",
    question: "what can layers do that one neuron can't?",
    guide: "06-multilayer-perceptrons",
  },
  activations: {
    title: "Step, sigmoid, ReLU",
    question: "which activation lets a gradient through?",
    guide: "07-relu",
  },
  losses: {
    title: "Loss functions",
    question: "how wrong is an answer?",
    guide: "08-loss-functions",
  },
  softmax: {
    title: "Softmax",
    question: "how wrong is a guess among classes?",
    guide: "09-cross-entropy-and-softmax",
  },
  backpropagation: {
    title: "Backpropagation",
    question: "where do all the gradients come from?",
    guide: "10-backpropagation",
  },
  overfitting: {
    title: "Overfitting",
    question: "when does a network learn by heart?",
    guide: "11-deep-networks",
  },
  "unstable-gradients": {
    title: "Unstable gradients",
    question: "why are deep networks hard to train?",
    guide: "11-deep-networks",
  },
  convolution: {
    title: "Shared weights",
    question: "must each pixel have weights of its own?",
    guide: "12-beyond-the-text",
    beyond: true,
  },
  residual: {
    title: "Depth that trains",
    question: "what lets a gradient through twenty layers?",
    guide: "12-beyond-the-text",
    beyond: true,
  },
};

/** The chapters in the order of the course. */
export const chapters: readonly Chapter[] = Object.entries(rows).map(([name, row]) => ({
  name: name as ChapterName,
  ...row,
}));
