import { smoothArgmax, softmaxProperties, sub } from "@dlcc/course";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { listOption, number, positive, wholeFrom } from "../options.ts";
import { Canvas, short } from "./canvas.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

/** Weighted inputs such as `1,0,2`. */
function inputs(text: string): number[] {
  const z = text.split(",").map(number);
  if (z.length < 2) throw new InvalidArgumentError("It must be two numbers or more, such as 1,0,2.");
  return z;
}

interface Options {
  readonly z: readonly number[];
  readonly raise: number;
  readonly temperature: readonly number[];
}

/** Temperatures such as `4,1,0.5`. */
const temperatures = (text: string): number[] => text.split(",").map(positive);

/** Softmax, and its four properties. */
export const softmax: Lesson = lesson<Options>(
  (command) => {
    listOption(command, "--z <numbers>", "weighted inputs, such as 1,0,2", inputs, "1,0,2").option(
      "--raise <m>",
      "which of them to raise, counted from 1",
      wholeFrom(1),
      2,
    );
    listOption(
      command,
      "--temperature <numbers>",
      "the temperatures of softmax(z/T)",
      temperatures,
      "4,1,0.5,0.25,0.125",
    );
  },
  ({ z, raise, temperature }, columns) => {
    const m = Math.min(raise, z.length) - 1;
    const raisedName = sub("z", m + 1);
    const sharpened = smoothArgmax(z, temperature);
    const properties = { ...softmaxProperties(z, m), sharpened };
    const { activations, least, sum, slopes, raised } = properties;
    const ends = [raised[0]?.at ?? 0, raised.at(-1)?.at ?? 1] as const;
    const canvas = new Canvas(Math.min(columns, 80), 12, ends, [0, 1]);
    z.forEach((_, j) => {
      const ink = j === m ? pc.magenta : String;
      canvas.line(
        raised.map((sample) => [sample.at, sample.activations[j] ?? 0] as const),
        { ink },
      );
      const label = raised[4 + 3 * j] ?? raised[0];
      if (label) canvas.text(label.at, label.activations[j] ?? 0, String((j + 1) % 10), ink);
    });
    return {
      text: [
        "Softmax turns a layer's weighted inputs into probabilities: aⱼ = e^zⱼ / Σₖ e^zₖ.",
        "Most classifiers end with it, and with cross-entropy after it.",
      ],
      lines: [
        ...table(
          ["j", "zⱼ", "aⱼ", `∂aⱼ/∂${raisedName}`],
          z.map((v, j) => [String(j + 1), short(v), short(activations[j] ?? 0), short(slopes[j] ?? 0)]),
        ),
        "",
        `  1. All are above 0: the least is ${short(least)}.`,
        `  2. They sum to ${short(sum)}.`,
        `  3. Raising ${raisedName} lifts ${sub("a", m + 1)} and lowers the others. 1: a₁, and so on, by ${raisedName}:`,
        "",
        ...canvas.lines(),
        "",
        "  4. Softmax is a smooth argmax. Argmax is 1 at the largest z and 0 elsewhere:",
        "     it jumps. softmax(z/T) has a slope, and the lower the temperature T, the",
        "     nearer it is to argmax:",
        "",
        ...table(
          ["T", ...z.map((_, j) => sub("a", j + 1)), "from argmax"],
          sharpened.map(({ temperature: T, activations: list, distance }) => [
            short(T),
            ...list.map((a) => a.toFixed(4)),
            distance < 1e-4 ? distance.toExponential(1) : distance.toFixed(4),
          ]),
        ),
      ],
      next: [
        [{ "--raise": String(((m + 1) % z.length) + 1) }, "raise another"],
        [{ "--z": "1000,1001,1002" }, "large numbers do no harm: only differences count"],
        [{ "--z": "1,1,1" }, "which is the largest?"],
        [{ "--temperature": "100,10,1,0.1,0.01" }, "from all alike to one alone"],
      ],
      numbers: { z, m, ...properties },
      picture: async () => (await import("@dlcc/pictures")).softmaxPlot({ m, properties }),
    };
  },
);
