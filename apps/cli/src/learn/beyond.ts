/** The chapters beyond the course's text: what overcomes the two difficulties that it ends with. */
import {
  convolutionParameters,
  type DeepOptions,
  type LearnedKernels,
  layerParameters,
  learnKernels,
  trainBlocks,
} from "@dlcc/course";
import { openBackend } from "@dlcc/experiment";
import { embeddedDigits } from "@dlcc/experiment/node";
import { slice } from "@dlcc/tensor";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { choiceOption, wholeFrom } from "../options.ts";
import { Canvas, inks, rangeOf, rangeOfPowers, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";
import { imageTiles, kernelTiles } from "./tiles.ts";

interface ConvolutionChoices {
  readonly kernels: number;
  readonly size: number;
  readonly digit: number;
  readonly examples: number;
  readonly epochs: number;
  readonly seed: number;
}

const wholeBetween =
  (low: number, high: number) =>
  (text: string): number => {
    const value = wholeFrom(low)(text);
    if (value > high) throw new InvalidArgumentError(`It must be ${high} at most.`);
    return value;
  };

/** So many fit beside each other in 80 columns. */
const mostKernels = 6;

/** The first test digit of a kind. */
async function indexOf(digit: number): Promise<number> {
  return (await embeddedDigits().test.labels.data()).indexOf(digit);
}

/** Trains the kernels on the embedded digits, on WebAssembly where it is. */
async function learned({ digit, examples, ...options }: ConvolutionChoices): Promise<LearnedKernels> {
  const { train, test } = embeddedDigits();
  const { backend, dispose } = await openBackend("auto", { threads: 1 });
  const part = { images: slice(train.images, [0, examples]), labels: slice(train.labels, [0, examples]) };
  try {
    return await learnKernels(part, test, { ...options, shown: await indexOf(digit), backend });
  } finally {
    await dispose();
  }
}

const percent = (share: number | undefined): string => `${(100 * (share ?? 0)).toFixed(1)} %`;

/** Weights that all places share. */
export const convolution: Lesson = lesson<ConvolutionChoices>(
  (command) =>
    command
      .option("--kernels <n>", `how many kernels, to ${mostKernels}`, wholeBetween(1, mostKernels), mostKernels)
      .option("--size <n>", "rows and columns of a kernel, from 3 to 7", wholeBetween(3, 7), 5)
      .option("--digit <n>", "the digit that is looked at", wholeBetween(0, 9), 5)
      .option("--examples <n>", "how many digits to learn from", wholeBetween(10, 8000), 3000)
      .option("--epochs <n>", "how often to see them", wholeFrom(1), 3)
      .option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1),
  async (options) => {
    const { kernels, size, digit, epochs } = options;
    const run = await learned(options);
    const { convolutional, dense, moves } = run;
    const [photo, shared] = [layerParameters(224 * 224, 1000), convolutionParameters(1, 1000, 5)];
    const number = (n: number): string => n.toLocaleString("en-US");
    const rows = [
      { name: `${kernels} kernels, a pool, dense 10`, ...convolutional },
      { name: "dense 20, dense 10", ...dense },
    ];
    return {
      text: [
        `A layer of 1000 neurons on a photograph had ${number(photo)} parameters, as each neuron has a weight of its own`,
        "for each pixel. A convolution has small kernels, and moves them over the image: the same weights at each place.",
        `1000 kernels of 5×5 have ${number(shared)} parameters, whatever the size of the photograph.`,
        "What a kernel finds, place by place, is its feature map.",
        `Here ${kernels} kernels of ${size}×${size} learn digits, from random numbers on.`,
      ],
      lines: [
        "  the kernels: █ ▓ ▒ ░ weigh for ink at their place, · : - against it",
        "",
        ...kernelTiles(run.kernels),
        "",
        `  a ${digit} that the network has not seen, and what each kernel finds in it`,
        "",
        ...imageTiles([run.image], 1),
        "",
        ...imageTiles(run.maps, 3),
        "",
        "  unseen digits that are read rightly, as they are and moved to the right",
        "",
        ...table(
          ["network", "parameters", ...moves.map((move) => (move === 0 ? "as is" : `${move} px`))],
          rows.map(({ name, parameters, accuracies }) => [name, number(parameters), ...accuracies.map(percent)]),
        ),
        "",
        "  The kernels have become detectors of edges. They find them where the digit is;",
        "  the dense network must learn each place anew.",
      ],
      next: [
        [{ "--size": size === 7 ? "5" : "7" }, size === 7 ? "smaller kernels" : "larger kernels"],
        [{ "--digit": digit === 1 ? "8" : "1" }, "another digit"],
        [
          { "--epochs": String(epochs === 1 ? 6 : 1) },
          epochs === 1 ? "kernels that have seen more" : "kernels that have seen less",
        ],
      ],
      numbers: { photographLayer: photo, sharedLayer: shared, ...run },
      picture: async () => (await import("@dlcc/pictures")).kernelsPlot(run),
    };
  },
);

const activationNames = ["sigmoid", "tanh", "relu"] as const;

interface ResidualChoices {
  readonly activation: DeepOptions["activation"];
  readonly depth: number;
  readonly width: number;
  readonly steps: number;
  readonly seed: number;
}

/** The four kinds of blocks, each with its letter in the terminal's plots. */
const kinds = [
  { name: "plain", letter: "p", formula: "f(u)", shortcut: false, normalize: false },
  { name: "normalized", letter: "n", formula: "f(norm)", shortcut: false, normalize: true },
  { name: "shortcut", letter: "s", formula: "u + f(u)", shortcut: true, normalize: false },
  { name: "both", letter: "b", formula: "u + f(norm)", shortcut: true, normalize: true },
] as const;

/** Smaller values are drawn here, because a logarithmic axis has no 0. */
const least = 1e-30;

/** Shortcuts and normalization. */
export const residual: Lesson = lesson<ResidualChoices>(
  (command) => {
    choiceOption(
      command,
      "--activation",
      "the activation of the blocks",
      activationNames.map((name) => ({ name, about: "" })),
      "sigmoid",
    );
    command
      .option("--depth <n>", "how many blocks", wholeFrom(2), 20)
      .option("--width <n>", "neurons in each block", wholeFrom(1), 16)
      .option("--steps <n>", "how many steps", wholeFrom(1), 80)
      .option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1);
  },
  ({ activation, depth, width, steps, seed }, columns) => {
    const runs = kinds.map((kind) => ({ ...kind, ...trainBlocks({ ...kind, activation, depth, width, steps, seed }) }));
    const inkOf = (i: number) => inks[i % inks.length] ?? String;
    const logs = runs.map(({ gradients }) =>
      gradients.map((size, l) => [l + 1, Math.log10(Math.max(size, least))] as const),
    );
    const wide = Math.min(columns, 80);
    const reach = new Canvas(wide, 10, [1, depth], rangeOfPowers(logs.flat().map(([, power]) => power)));
    // A network that explodes would press the others flat.
    const most = Math.min(2, rangeOf(runs.flatMap(({ costs }) => costs))[1]);
    const falling = new Canvas(wide, 10, [0, steps], [0, most]);
    runs.forEach(({ letter, costs }, i) => {
      const points = logs[i] ?? [];
      reach.line(points, { ink: inkOf(i), dashed: i > 1 });
      for (const [l, power] of points.filter((_, at) => at % 8 === 2 * i)) reach.text(l, power, letter, inkOf(i));
      const costPoints = costs.map((cost, step) => [step, cost] as const);
      falling.line(costPoints, { ink: inkOf(i), dashed: i > 1 });
      const every = Math.max(1, Math.round(steps / 4));
      for (const [step, cost] of costPoints.filter(([at]) => at % every === Math.round((i * every) / 4))) {
        falling.text(step, cost, letter, inkOf(i));
      }
    });
    return {
      text: [
        "Going back, the gradient is a product of the blocks' derivatives. With a shortcut a block is u + f(u), and its",
        "derivative 1 + ∂f/∂u: whatever f lets through, the 1 lets the gradient pass. Normalization gives each",
        "activation inputs of mean 0 and variance 1, so that sums neither saturate it nor grow from block to block.",
        `Here ${depth} blocks of ${activation} learn whether a point is inside a circle.`,
      ],
      lines: [
        "  the gradient ∂C/∂W in each block before the first step, as a power of ten:",
        "  p plain, n normalized, s with a shortcut, b both",
        "",
        ...reach.lines(),
        "",
        "  the cost by steps",
        "",
        ...falling.lines(),
        "",
        ...table(
          ["blocks", "", "block 1", `block ${depth}`, "first", "last cost", "learned"],
          runs.map(({ name, formula, gradients, costs, accuracy }) => [
            name,
            formula,
            (gradients[0] ?? 0).toExponential(0),
            (gradients.at(-1) ?? 0).toExponential(0),
            short(costs[0] ?? 0),
            short(costs.at(-1) ?? 0),
            percent(accuracy),
          ]),
        ),
        "",
        pc.dim("  (log 2 ≈ 0.693 is the cost of a network that has learned nothing)"),
      ],
      next: [
        [{ "--activation": activation === "relu" ? "tanh" : "relu" }, "another activation"],
        [{ "--depth": String(depth > 5 ? 5 : 40) }, depth > 5 ? "a shallow one" : "a deep one"],
      ],
      numbers: { runs },
      picture: async () => (await import("@dlcc/pictures")).blocksPlot(runs),
    };
  },
);
