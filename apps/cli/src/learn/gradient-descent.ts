import { type Descent, descend, valley } from "@dlcc/course";
import pc from "picocolors";
import { choiceOption, positive, rowsOf, wholeFrom } from "../options.ts";
import { wrapped } from "../terminal/figures.ts";
import { Canvas, rangeOf, short } from "./canvas.ts";
import { field, type Landscape, type LandscapeName, landscapes } from "./landscapes.ts";
import { type Lesson, lesson, table } from "./lesson.ts";

/** From where the ground is seen. */
type View = "above" | "side";

const views: Readonly<Record<View, { readonly about: string; readonly legend: string }>> = {
  above: {
    about: "the ground from above, with arrows that point down",
    legend: "arrows: −∇C, the way down; S: the start; ●: the end",
  },
  side: {
    about: "a valley, and the ball that rolls down in it",
    legend: "level curves from the floor to the rim; S: the ball at the start; ●: at the end",
  },
};

interface Options {
  readonly surface: LandscapeName;
  readonly view: View;
  readonly lr?: number;
  readonly steps: number;
}

/** So many steps arrive also at a rate that is hardly small enough. */
const manySteps = 200;
/** The widest picture of a valley. */
const valleyColumns = 64;
/** Rings and spokes in a terminal: few enough to tell them apart. */
const [rings, spokes, shownSpokes] = [6, 48, 8];

/** The valley from the side: level curves, lines from floor to rim, and the ball. */
function fromTheSide({ value, floor, rim }: Landscape, { path }: Descent, columns: number): string[] {
  const seen = valley(value, path, { floor, rim, rings, spokes });
  const corners = seen.rings.flat();
  const [x, y] = [rangeOf(corners.map(({ right }) => right)), rangeOf(corners.map(({ up }) => up))];
  const width = Math.min(columns, valleyColumns);
  // A character is twice as high as it is wide.
  const rows = Math.max(4, Math.round((((y[1] - y[0]) / (x[1] - x[0])) * (width - 8)) / 2));
  const canvas = new Canvas(width, rows, x, y);
  const placed = ({ right, up }: (typeof corners)[number]) => [right, up] as const;
  for (const ring of seen.rings) canvas.line([...ring, ...ring.slice(0, 1)].map(placed), { ink: pc.dim });
  for (let spoke = 0; spoke < spokes; spoke += spokes / shownSpokes) {
    canvas.line(
      seen.rings.flatMap((ring) => ring.slice(spoke, spoke + 1).map(placed)),
      { ink: pc.dim },
    );
  }
  canvas.line(seen.track.map(placed), { ink: pc.magenta });
  for (const point of seen.ball.slice(1)) canvas.text(...placed(point), "•", pc.magenta);
  for (const [mark, point] of [
    ["S", seen.ball[0]],
    // One that has left over the rim has no end in the picture.
    ["●", seen.ball.length === path.length ? seen.ball.at(-1) : undefined],
  ] as const) {
    if (point) canvas.text(...placed(point), mark, pc.magenta);
  }
  return canvas.lines();
}

function fromAbove({ value, reach }: Landscape, { path }: Descent, columns: number): string[] {
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
    choiceOption(command, "--view", "from where it is seen", rowsOf(views), "above");
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
        ...wrapped(views[options.view].legend.split(" "), " ", Math.min(columns, 80) - 2).map((line) => `  ${line}`),
        ...descents.flatMap((descent) => [
          "",
          `  η = ${short(descent.lr)}: ${descent.outcome} after ${descent.path.length - 1} steps`,
          ...(options.view === "side" ? fromTheSide : fromAbove)(landscape, descent, columns),
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
        [
          { "--view": options.view === "side" ? "above" : "side" },
          options.view === "side" ? "as a map" : "as a ball in a valley",
        ],
        [{ "--surface": options.surface === "bowl" ? "valley" : "bowl" }, "another landscape"],
        [
          {
            "--lr": options.surface === "bowl" ? "0.49" : "1",
            "--steps": String(Math.max(manySteps, options.steps)),
          },
          options.surface === "bowl" ? "just below the limit" : "a bold one",
        ],
        [
          { "--steps": String(4 * options.steps) },
          options.lr === undefined ? "does the small rate arrive?" : "does it arrive?",
        ],
      ],
      numbers: { surface: options.surface, start: landscape.start, descents },
      picture: async () => {
        const { descentPlot, valleyPlot } = await import("@dlcc/pictures");
        const { value: surface, reach, floor, rim } = landscape;
        return options.view === "side"
          ? valleyPlot({ surface, floor, rim, descents })
          : descentPlot({ surface, reach, descents });
      },
    };
  },
);
