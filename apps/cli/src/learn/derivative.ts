import { type Curve, curve, sensitivity } from "@dlcc/course";
import { exp, neg, relu, sigmoid, tanh } from "@dlcc/tensor";
import pc from "picocolors";
import { choiceOption, number, positive, rowsOf } from "../options.ts";
import { Canvas, rangeOf, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

/** The functions to choose from. */
const functions: Readonly<Record<string, { readonly value: Curve; readonly about: string }>> = {
  square: { value: (v) => v.mul(v), about: "v²" },
  cube: { value: (v) => v.mul(v).mul(v), about: "v³" },
  hump: { value: (v) => exp(neg(v.mul(v))), about: "exp(−v²)" },
  sigmoid: { value: (v) => sigmoid(v), about: "1/(1 + e^−v)" },
  tanh: { value: (v) => tanh(v), about: "tanh(v)" },
  relu: { value: (v) => relu(v), about: "max(0, v)" },
};

interface Options {
  readonly function: string;
  readonly at: number;
  readonly step: number;
}

/** The reach of the plot on both sides of 0. */
const reach = 4;

/** The derivative as a sensitivity. */
export const derivative: Lesson = lesson<Options>(
  (command) => {
    choiceOption(command, "--function", "the function", rowsOf(functions), "square");
    command
      .option("--at <v>", "the place v", number, 1)
      .option("--step <size>", "the first step; each further one is half as long", positive, 1);
  },
  (options, columns) => {
    const { value: f, about } = functions[options.function] ?? { value: (v) => v, about: "v" };
    const steps = Array.from({ length: 6 }, (_, i) => options.step / 2 ** i);
    const nudges = sensitivity(f, options.at, steps);
    const width = Math.max(20, Math.min(columns, 80));
    const places = Array.from({ length: 4 * width + 1 }, (_, i) => -reach + (2 * reach * i) / (4 * width));
    const points = curve(f, places);
    const [here] = curve(f, [options.at]);
    const slope = here?.derivative ?? 0;
    const canvas = new Canvas(width, 14, [-reach, reach], rangeOf(points.map(({ value }) => value)));
    canvas.line(points.map(({ v, value }) => [v, value] as const));
    const tangent = (v: number): readonly [number, number] => [v, (here?.value ?? 0) + slope * (v - options.at)];
    canvas.line([tangent(-reach), tangent(reach)], { dashed: true, ink: pc.magenta });
    canvas.text(options.at, here?.value ?? 0, "●", pc.magenta);
    const trend =
      slope > 0 ? "a step to the right goes up" : slope < 0 ? "a step to the right goes down" : "it is flat";
    return {
      text: [
        "The derivative f′(v) says how strongly f answers to a small change of v:",
        "f(v + Δv) − f(v) ≈ f′(v)·Δv. Its sign is the direction in which f grows.",
      ],
      lines: [
        `  f(v) = ${about}, at v = ${short(options.at)} (●), with its tangent (dashed)`,
        "",
        ...canvas.lines(),
        "",
        `  f′(${short(options.at)}) = ${short(slope)}: ${trend}`,
        "",
        ...table(
          ["Δv", "f(v+Δv) − f(v)", "f′(v)·Δv", "error"],
          nudges.map(({ step, change, predicted }) => [
            short(step),
            change.toFixed(6),
            predicted.toFixed(6),
            short(change - predicted),
          ]),
        ),
        "",
        options.function === "relu" && options.at === 0
          ? "  A kink: slope 0 on the left, 1 on the right. The error only halves with Δv."
          : "  Where the curve is smooth, half the step leaves a quarter of the error.",
      ],
      next: [
        options.at === 0 ? [{ "--at": "-1" }, "on the left"] : [{ "--at": String(-options.at) }, "on the other side"],
        [{ "--at": "0" }, "in the middle"],
        [{ "--function": options.function === "sigmoid" ? "relu" : "sigmoid", "--at": "4" }, "far out"],
      ],
      numbers: { function: options.function, at: options.at, value: here?.value, derivative: slope, nudges },
      picture: async () => {
        const { derivativePlot } = await import("@dlcc/pictures");
        return derivativePlot({
          name: `f(v) = ${about}`,
          points,
          here: here ?? { v: options.at, value: 0, derivative: 0 },
        });
      },
    };
  },
);
