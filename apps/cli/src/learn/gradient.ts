import { changesAround, gradientField, type Place } from "@dlcc/course";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { choiceOption, listOption, number, positive, rowsOf } from "../options.ts";
import { short } from "./canvas.ts";
import { field, type LandscapeName, landscapes } from "./landscapes.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

/** A place such as `0.5,-1`. */
function place(text: string): Place {
  const [x, y, ...more] = text.split(",").map(number);
  if (x === undefined || y === undefined || more.length > 0) {
    throw new InvalidArgumentError("It must be x and y, such as 0.5,-1.");
  }
  return [x, y];
}

interface Options {
  readonly surface: LandscapeName;
  readonly at: Place;
  readonly step: number;
}

/** The step of the central differences. */
const h = 1e-5;

/** Six decimals; a number that rounds to 0 has no sign. */
const six = (value: number): string => value.toFixed(6).replace(/^-(0\.0+)$/, "$1");

/** The gradient: the slopes in two dimensions as an arrow. */
export const gradient: Lesson = lesson<Options>(
  (command) => {
    choiceOption(command, "--surface", "the surface", rowsOf(landscapes), "valley");
    listOption(command, "--at <x,y>", "the place", place, "0.25,0.5").option(
      "--step <size>",
      "the length of a step in each direction",
      positive,
      0.05,
    );
  },
  (options, columns) => {
    const { value: surface, about, reach } = landscapes[options.surface];
    const [x, y] = options.at;
    const [here, right, left, above, below] = gradientField(surface, [
      options.at,
      [x + h, y],
      [x - h, y],
      [x, y + h],
      [x, y - h],
    ]);
    const value = here?.value ?? 0;
    const [dx, dy] = here?.gradient ?? [0, 0];
    const differences: Place = [
      ((right?.value ?? 0) - (left?.value ?? 0)) / (2 * h),
      ((above?.value ?? 0) - (below?.value ?? 0)) / (2 * h),
    ];
    const directions = changesAround(surface, options.at, { step: options.step, directions: 8 });
    const steep = Math.hypot(dx, dy);
    const canvas = field(surface, reach, columns, 1);
    canvas.text(x, y, "●", pc.magenta);
    return {
      text: [
        "Hold y still, and f has a slope in x; hold x still, and it has one in y. These two",
        "are the gradient ∇f. As an arrow it points the way of steepest ascent, and its",
        "length says how steep: a step Δv changes f by about ∇f · Δv.",
      ],
      lines: [
        `  f(x, y) = ${about}`,
        `  arrows: ∇f, the steepest way up; ●: (${short(x)}, ${short(y)})`,
        "",
        ...canvas.lines(),
        "",
        `  f(${short(x)}, ${short(y)}) = ${short(value)}`,
        ...table(
          ["", "gradient", "central differences"],
          [
            ["∂f/∂x", six(dx), six(differences[0])],
            ["∂f/∂y", six(dy), six(differences[1])],
          ],
        ),
        "",
        ...(steep < 1e-9
          ? ["  It is flat here: no direction goes up at once, so the gradient has no direction."]
          : [
              `  A step of ${short(options.step)}, turned away from the gradient's direction:`,
              ...table(
                ["turned by", "change of f", "∇f · Δv"],
                directions.map(({ angle, change, predicted }) => [
                  `${short((angle * 180) / Math.PI)}°`,
                  six(change),
                  six(predicted),
                ]),
              ),
              "",
              "  Along the gradient it goes up most, against it down most; across it, a small",
              "  step changes next to nothing.",
            ]),
      ],
      next: [
        [{ "--step": short(options.step / 10) }, "a smaller step: the columns agree"],
        [{ "--at": options.surface === "bowl" ? "0,0" : "0,1" }, options.surface === "bowl" ? "the floor" : "far out"],
        [{ "--surface": options.surface === "bowl" ? "valley" : "bowl" }, "another surface"],
      ],
      numbers: { surface: options.surface, at: options.at, value, gradient: [dx, dy], differences, directions },
      picture: async () => (await import("@dlcc/pictures")).gradientFieldPlot({ surface, reach, at: options.at }),
    };
  },
);
