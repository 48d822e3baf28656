import { deepGradients, type InitializationName, layerParameters, overfit } from "@dlcc/course";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { choiceOption, listOption, rowsOf, wholeFrom } from "../options.ts";
import { Canvas, inks, rangeOf, rangeOfPowers, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

interface OverfittingChoices {
  readonly examples: readonly number[];
  readonly hidden: number;
  readonly steps: number;
  readonly seed: number;
}

function counts(text: string): number[] {
  const list = text.split(",").map(wholeFrom(2));
  if (list.length > 6) throw new InvalidArgumentError("It must be six numbers at most.");
  return list;
}

/** Neurons of a network that is too small to learn much by heart. */
const few = 4;

/** Too many parameters for too few examples. */
export const overfitting: Lesson = lesson<OverfittingChoices>(
  (command) =>
    listOption(command, "--examples <list>", "numbers of training examples, such as 5,50", counts, "20,100,500")
      .option("--hidden <n>", "neurons in each of the two hidden layers", wholeFrom(1), 64)
      .option("--steps <n>", "how many steps", wholeFrom(1), 200)
      .option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1),
  ({ examples, hidden, steps, seed }, columns) => {
    const runs = examples.map((n) => ({ examples: n, ...overfit({ examples: n, hidden, steps, seed }) }));
    const first = runs[0]?.points ?? [];
    const costs = first.flatMap(({ trainCost, testCost }) => [trainCost, testCost]);
    const canvas = new Canvas(Math.min(columns, 80), 12, [0, steps], [0, rangeOf(costs)[1]]);
    canvas.line(first.map(({ step, trainCost }) => [step, trainCost] as const));
    canvas.line(
      first.map(({ step, testCost }) => [step, testCost] as const),
      { ink: pc.magenta },
    );
    for (const { step, testCost } of first) canvas.text(step, testCost, "T", pc.magenta);
    const photo = layerParameters(224 * 224, 1000);
    const fewest = Math.max(2, Math.floor(Math.min(...examples) / 2));
    const percent = (share: number | undefined): string => `${(100 * (share ?? 0)).toFixed(1)} %`;
    return {
      text: [
        `1000 neurons on a photograph of 224×224 pixels: (50,176 + 1)·1000 = ${photo.toLocaleString("en-US")}`,
        "parameters, in one layer. With so many, a network can learn its examples by heart.",
        `Here a small one with ${runs[0]?.parameters.toLocaleString("en-US")} learns whether a point is inside a circle; 15 % of the`,
        "labels are wrong, so more than 85 % is possible only by heart or by luck.",
      ],
      lines: [
        `  the cost with ${examples[0]} examples: training (line), and 1000 unseen examples (T)`,
        "",
        ...canvas.lines(),
        "",
        ...table(
          ["examples", "parameters", "learned", "not seen", "least cost", "last cost"],
          runs.map(({ examples: n, parameters, points }) => [
            String(n),
            String(parameters),
            percent(points.at(-1)?.train),
            percent(points.at(-1)?.test),
            short(Math.min(...points.map(({ testCost }) => testCost))),
            short(points.at(-1)?.testCost ?? 0),
          ]),
        ),
        "",
        "  (shares are accuracies; costs are those on unseen examples)",
        "  More examples close the gap; so does stopping where the cost T is least.",
      ],
      next: [
        [{ "--hidden": hidden > few ? String(few) : "64" }, hidden > few ? "fewer parameters" : "more parameters"],
        [{ "--examples": `${fewest},${2 * Math.max(...examples)}` }, "fewer, and more"],
      ],
      numbers: { photographLayer: photo, runs },
      picture: async () => (await import("@dlcc/pictures")).overfittingPlot(runs),
    };
  },
);

const activationNames = ["sigmoid", "tanh", "relu"] as const;
const initializations: Readonly<Record<InitializationName, { readonly value: string; readonly about: string }>> = {
  normal: { value: "normal", about: "standard deviation 1" },
  "1/fanIn": { value: "1/fanIn", about: "variance 1/fanIn, for tanh" },
  he: { value: "he", about: "variance 2/fanIn, for ReLU" },
};
/** Smaller values are drawn here, because a logarithmic axis has no 0. */
const least = 1e-30;
const initializationNames = Object.keys(initializations) as InitializationName[];

interface UnstableChoices {
  readonly init?: InitializationName;
  readonly depth: number;
  readonly width: number;
  readonly seed: number;
}

/** Gradients that vanish or explode in the backward pass. */
export const unstableGradients: Lesson = lesson<UnstableChoices>(
  (command) => {
    choiceOption(command, "--init", "the initial weights", rowsOf(initializations), { about: "all" });
    command
      .option("--depth <n>", "how many layers", wholeFrom(2), 20)
      .option("--width <n>", "neurons in each layer", wholeFrom(1), 64)
      .option("--seed <n>", "the same seed gives the same network", wholeFrom(0), 1);
  },
  ({ init, depth, width, seed }, columns) => {
    const chosen = init === undefined ? initializationNames : [init];
    const runs = chosen.flatMap((initialization) =>
      activationNames.map((activation) => ({
        activation,
        initialization,
        layers: deepGradients({ activation, initialization, depth, width, seed }),
      })),
    );
    const plots = chosen.flatMap((initialization) => {
      const curves = runs
        .filter((run) => run.initialization === initialization)
        .map(({ layers }) => layers.map(({ l, buffer }) => [l, Math.log10(Math.max(buffer, least))] as const));
      const powers = curves.flat().map(([, power]) => power);
      const canvas = new Canvas(Math.min(columns, 80), 10, [1, depth], rangeOfPowers([...powers, 0]));
      curves.forEach((points, i) => {
        const ink = inks[i] ?? String;
        canvas.line(points, { ink });
        // The letters are in different layers, so that none covers another.
        for (const [l, power] of points.filter((_, layer) => layer % 6 === 2 * i)) {
          canvas.text(l, power, activationNames[i]?.[0] ?? "", ink);
        }
      });
      return ["", `  weights: ${initialization}, ${initializations[initialization].about}`, ...canvas.lines()];
    });
    const shown = [...new Set([1, Math.ceil(depth / 2), depth])];
    return {
      text: [
        "Going back, the buffer is multiplied by ∂y/∂u in each layer. If that is a little",
        "less than 1 in all of them, almost nothing arrives in the first layers; if it is more, too much.",
        "These networks have their initial weights, and a buffer of size 1 in the last layer.",
      ],
      lines: [
        "  the buffer ∂C/∂u in each layer, as a power of ten: s sigmoid, t tanh, r ReLU",
        ...plots,
        "",
        ...table(
          ["weights", "", "slope σ′", ...shown.map((l) => `layer ${l}`), "a layer"],
          runs.map(({ activation, initialization, layers }) => [
            initialization,
            activation,
            short(layers.reduce((sum, { slope }) => sum + slope, 0) / layers.length),
            ...shown.map((l) => (layers[l - 1]?.buffer ?? 0).toExponential(0)),
            `×${short(((layers[0]?.buffer ?? 0) / (layers.at(-1)?.buffer ?? 1)) ** (1 / (depth - 1)))}`,
          ]),
        ),
        "",
        "  A sigmoid's slope is at most 1/4: with small weights the gradient vanishes;",
        "  with large ones neurons saturate. ReLU with variance 2/fanIn keeps its size.",
      ],
      next: [
        [
          { "--init": init === "he" ? "normal" : "he" },
          init === undefined ? "one initialization" : "another initialization",
        ],
        [{ "--depth": String(depth > 5 ? 5 : 50) }, "is that so with another depth?"],
        [{ "--width": String(4 * width) }, "a wider one"],
      ],
      numbers: { runs },
      picture: async () => (await import("@dlcc/pictures")).unstablePlot(runs),
    };
  },
);
