import { bowl, type Descent, descend, gradientField, hillAndValley, type Place, type Surface } from "@dlcc/course";
import { choiceOption, positive, wholeFrom } from "../commands/options.ts";
import { Canvas, short } from "./canvas.ts";
import { type Chapter, chapter, table } from "./chapter.ts";

/** How steep the bowl is in y: a learning rate from 2/4 on is too large. */
const steepness = 4;

interface Landscape {
  readonly value: Surface;
  readonly about: string;
  readonly start: Place;
  /** Too small, right, and too large. */
  readonly rates: readonly number[];
  readonly reach: number;
}

/** Where one can descend. */
const landscapes: Readonly<Record<string, Landscape>> = {
  bowl: {
    value: bowl(steepness),
    about: "½(x² + 4y²): convex, so there is one minimum",
    start: [3, 2],
    rates: [0.01, 0.4, 0.55],
    reach: 4,
  },
  valley: {
    value: hillAndValley,
    about: "x·exp(−(x² + y²)): a hill, a valley, and flat land around",
    start: [-0.2, 0.8],
    rates: [0.02, 0.5, 20],
    reach: 2,
  },
};

interface Options {
  readonly surface: string;
  readonly lr?: number;
  readonly steps: number;
}

/** Which way an arrow points, in eighths of a turn from the right, counter-clockwise. */
const arrows = ["→", "↗", "↑", "↖", "←", "↙", "↓", "↘"];
const arrow = ([x, y]: Place): string => {
  if (Math.hypot(x, y) < 0.01) return "·";
  return arrows[(Math.round((Math.atan2(y, x) / Math.PI) * 4) + 8) % 8] ?? "·";
};

function picture({ value, reach }: Landscape, { path }: Descent, columns: number): string[] {
  const range = [-reach, reach] as const;
  const canvas = new Canvas(Math.min(columns, 64), 15, range, range);
  const ticks = Array.from({ length: 9 }, (_, i) => (reach * (i - 4)) / 4.4);
  for (const { place, gradient } of gradientField(
    value,
    ticks.flatMap((x) => ticks.map((y): Place => [x, y])),
  )) {
    canvas.text(...place, arrow([-gradient[0], -gradient[1]]));
  }
  canvas.line(path.map(({ place }) => place));
  for (const [mark, point] of [
    ["S", path[0]],
    ["●", path.at(-1)],
  ] as const) {
    if (point) canvas.text(...point.place, mark);
  }
  return canvas.lines();
}

/** Down the slope, with learning rates that are too small, right and too large. */
export const gradientDescent: Chapter = chapter<Options>(
  "gradient-descent",
  "down the slope: rates too small, right, too large",
  (command) => {
    choiceOption(command, "--surface", "where to descend", landscapes, "bowl");
    command
      .option("--lr <rate>", "one learning rate (default: three, to compare)", positive)
      .option("--steps <n>", "how many steps", wholeFrom(1), 50);
  },
  (options, columns) => {
    const landscape = landscapes[options.surface] ?? { value: bowl(), about: "", start: [1, 1], rates: [1], reach: 2 };
    const rates = options.lr === undefined ? landscape.rates : [options.lr];
    const descents = rates.map((lr) => {
      const descent = descend(landscape.value, { start: landscape.start, lr, steps: options.steps });
      return { lr, ...descent };
    });
    return {
      text: [
        "The gradient points the way of steepest ascent. Gradient descent goes the other",
        "way, again and again: v → v − η∇C(v). The learning rate η says how far at once.",
      ],
      lines: [
        `  C(x, y) = ${landscape.about}`,
        "  arrows: −∇C, the way down; S: the start; ●: the end",
        ...descents.flatMap((descent) => [
          "",
          `  η = ${short(descent.lr)}: ${descent.outcome} after ${descent.path.length - 1} steps`,
          ...picture(landscape, descent, columns),
        ]),
        "",
        ...table(
          ["η", "steps", "x", "y", "C", "outcome"],
          descents.map(({ lr, path, outcome }) => {
            const last = path.at(-1);
            const [x = 0, y = 0] = last?.place ?? [];
            return [short(lr), String(path.length - 1), short(x), short(y), short(last?.value ?? 0), outcome];
          }),
        ),
        ...(options.surface === "bowl" ? ["", "  On this bowl every η below 2/4 = 0.5 arrives, and none above."] : []),
      ],
      next: [
        [{ "--surface": options.surface === "bowl" ? "valley" : "bowl" }, "another landscape"],
        [{ "--lr": options.surface === "bowl" ? "0.49" : "1", "--steps": "200" }, "to the limit"],
        [{ "--steps": String(4 * options.steps) }, "does the small rate arrive?"],
      ],
      numbers: { surface: options.surface, start: landscape.start, descents },
      picture: async () => {
        const { descentPlot } = await import("../plots/index.ts");
        return descentPlot({ surface: landscape.value, reach: landscape.reach, descents });
      },
    };
  },
);
