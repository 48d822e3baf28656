import { type ActivationName, curve, activations as functions } from "@dlcc/course";
import pc from "picocolors";
import { choiceOption, number, rowsOf } from "../options.ts";
import { Canvas, type Range, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

const about: Readonly<Record<ActivationName, { readonly value: string; readonly about: string }>> = {
  step: { value: "step", about: "1 where z > 0, else 0" },
  sigmoid: { value: "sigmoid", about: "1/(1 + e^−z)" },
  tanh: { value: "tanh", about: "tanh z" },
  relu: { value: "relu", about: "max(0, z)" },
};
const names = Object.keys(about) as ActivationName[];

interface Options {
  readonly function?: ActivationName;
  readonly at: number;
}

/** The reach of the plots on both sides of 0. */
const reach = 5;

/** The parts of each plot. */
const ranges: Readonly<Record<ActivationName, Range>> = { step: [0, 1], sigmoid: [0, 1], tanh: [-1, 1], relu: [0, 2] };

/** The activations, and the slopes that descent learns through. */
export const activations: Lesson = lesson<Options>(
  (command) => {
    choiceOption(command, "--function", "the activation", rowsOf(about), { about: "all" });
    command.option("--at <z>", "the z of the table", number, 1);
  },
  (options, columns) => {
    const chosen = options.function === undefined ? names : [options.function];
    const places = Array.from({ length: 401 }, (_, i) => -reach + (2 * reach * i) / 400);
    const curves = chosen.map((name) => ({ name, points: curve(functions[name], places) }));
    const plots = curves.flatMap(({ name, points }) => {
      const canvas = new Canvas(Math.min(columns, 72), 9, [-reach, reach], ranges[name]);
      canvas.line(points.map(({ v, value }) => [v, value] as const));
      canvas.line(
        points.map(({ v, derivative }) => [v, derivative] as const),
        { dashed: true, ink: pc.magenta },
      );
      return ["", `  ${name}: ${about[name].about} (line), and its slope (dashed)`, ...canvas.lines()];
    });
    const steepest = ({ points }: (typeof curves)[number]): number =>
      Math.max(...points.map(({ derivative }) => derivative));
    const samples = curves.map((entry) => {
      const [here] = curve(functions[entry.name], [options.at]);
      return {
        name: entry.name,
        value: here?.value ?? 0,
        derivative: here?.derivative ?? 0,
        steepest: steepest(entry),
      };
    });
    return {
      text: [
        "A neuron's output is σ(z) of its weighted sum z. Descent learns through the slope",
        "σ′(z): where that is 0, nothing comes back.",
      ],
      lines: [
        ...plots.slice(1),
        "",
        ...table(
          ["", `σ(${short(options.at)})`, `σ′(${short(options.at)})`, "steepest"],
          samples.map(({ name, value, derivative, steepest: most }) => [
            name,
            short(value),
            short(derivative),
            short(most),
          ]),
        ),
        "",
        "  The step's slope is 0 wherever it has one. A sigmoid's is at most 1/4, and",
        "  almost 0 far out: it saturates. ReLU's is 1 for all that is above 0.",
      ],
      next: [
        [{ "--at": options.at === 10 ? "-10" : "10" }, "how small are the slopes far out?"],
        [
          { "--function": options.function === "tanh" ? "sigmoid" : "tanh" },
          options.function ? "another" : "one alone",
        ],
      ],
      numbers: { at: options.at, activations: samples },
      picture: async () => (await import("@dlcc/pictures")).activationsPlot(curves),
    };
  },
);
