import { type Descent, descend } from "@dlcc/course";
import pc from "picocolors";
import { choiceOption, positive, rowsOf, wholeFrom } from "../options.ts";
import { short } from "./canvas.ts";
import { field, type Landscape, type LandscapeName, landscapes } from "./landscapes.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

interface Options {
  readonly surface: LandscapeName;
  readonly lr?: number;
  readonly steps: number;
}

function picture({ value, reach }: Landscape, { path }: Descent, columns: number): string[] {
  const canvas = field(value, reach, columns, -1);
  canvas.line(
    path.map(({ place }) => place),
    { ink: pc.magenta },
  );
  for (const [mark, point] of [
    ["S", path[0]],
    ["●", path.at(-1)],
  ] as const) {
    if (point) canvas.text(...point.place, mark, pc.magenta);
  }
  return canvas.lines();
}

/** Gradient descent, with learning rates that are too small, right and too large. */
export const gradientDescent: Lesson = lesson<Options>(
  (command) => {
    choiceOption(command, "--surface", "the surface", rowsOf(landscapes), "bowl");
    command
      .option("--lr <rate>", "one learning rate (default: three, to compare)", positive)
      .option("--steps <n>", "how many steps", wholeFrom(1), 50);
  },
  (options, columns) => {
    const landscape = landscapes[options.surface];
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
        const { descentPlot } = await import("@dlcc/pictures");
        return descentPlot({ surface: landscape.value, reach: landscape.reach, descents });
      },
    };
  },
);
