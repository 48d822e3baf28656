/** The chapters of the course: the command, the guides and the site take their names and their order from here. */

/**
 * The chapters in the order of the course. `name` is what `dlcc learn` and addresses call a chapter, `question` is the one
 * that it answers, and `guide` the page of the guides that explains it; two chapters can share a page.
 */
export const chapters = [
  {
    name: "derivative",
    title: "The derivative",
    question: "how much does a small step change a function?",
    guide: "01-derivative-and-gradient",
  },
  {
    name: "gradient",
    title: "The gradient",
    question: "which way is up?",
    guide: "01-derivative-and-gradient",
  },
  {
    name: "gradient-descent",
    title: "Gradient descent",
    question: "how does one get down?",
    guide: "02-gradient-descent",
  },
  {
    name: "linear-regression",
    title: "Linear regression",
    question: "which line fits best?",
    guide: "03-linear-regression",
  },
  {
    name: "stochastic-gradient-descent",
    title: "Stochastic gradient descent",
    question: "must each step look at all the data?",
    guide: "04-stochastic-gradient-descent",
  },
  {
    name: "perceptron",
    title: "The perceptron",
    question: "how does a machine weigh up evidence?",
    guide: "05-the-perceptron",
  },
  {
    name: "multilayer-perceptron",
    title: "Multilayer perceptrons",
    question: "what can layers do that one neuron can't?",
    guide: "06-multilayer-perceptrons",
  },
  {
    name: "activations",
    title: "Step, sigmoid, ReLU",
    question: "which activation lets a gradient through?",
    guide: "07-relu",
  },
  {
    name: "losses",
    title: "Loss functions",
    question: "how wrong is an answer?",
    guide: "08-loss-functions",
  },
  {
    name: "softmax",
    title: "Softmax",
    question: "how wrong is a guess among classes?",
    guide: "09-cross-entropy-and-softmax",
  },
  {
    name: "backpropagation",
    title: "Backpropagation",
    question: "where do all the gradients come from?",
    guide: "10-backpropagation",
  },
  {
    name: "overfitting",
    title: "Overfitting",
    question: "when does a network learn by heart?",
    guide: "11-deep-networks",
  },
  {
    name: "unstable-gradients",
    title: "Unstable gradients",
    question: "why are deep networks hard to train?",
    guide: "11-deep-networks",
  },
] as const;

/** The name of a chapter. */
export type ChapterName = (typeof chapters)[number]["name"];
