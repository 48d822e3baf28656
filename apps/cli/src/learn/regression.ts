import { bestLine, descendInMinibatches, descendToLine, type Line, pointsAroundLine } from "@dlcc/course";
import { InvalidArgumentError } from "commander";
import pc from "picocolors";
import { notNegative, positive, wholeFrom } from "../options.ts";
import { Canvas, rangeOf, rangeOfPowers, short } from "./canvas.ts";
import { type Lesson, lesson, type Try, table } from "./lesson.ts";

/** Pairs such as `0,1 1,3 2,5`. */
function pairs(text: string): { x: number[]; y: number[] } {
  const points = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(",").map((number) => (number === "" ? Number.NaN : Number(number))));
  if (points.some((point) => point.length !== 2 || !point.every(Number.isFinite))) {
    throw new InvalidArgumentError('It must be pairs of x and y, such as "0,1 1,3 2,5".');
  }
  const x = points.map(([x = 0]) => x);
  if (new Set(x).size < 2) throw new InvalidArgumentError("The values of x must differ, or every slope fits.");
  return { x, y: points.map(([, y = 0]) => y) };
}

interface RegressionOptions {
  readonly points?: ReturnType<typeof pairs>;
  readonly noise: number;
  readonly n: number;
  readonly lr: number;
  readonly steps: number;
  readonly seed: number;
}

/** Six decimals; a few characters if the descent diverged. */
const figure = (value: number): string => (Math.abs(value) < 1e4 ? value.toFixed(6) : short(value));

const row = (name: string, { w, b, cost }: Line): string[] => [name, figure(w), figure(b), figure(cost)];

/** From this rate on descent does not arrive: 2/λ, where λ is the largest eigenvalue of the Hessian of C, 1/n Σ (x, 1)(x, 1)ᵀ. */
function limitOf(x: readonly number[]): number {
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  const square = x.reduce((sum, v) => sum + v * v, 0) / x.length;
  return 4 / (square + 1 + Math.hypot(square - 1, 2 * mean));
}

/** Two other rates to try, and what to expect of them. */
const otherRates = (lr: number, limit: number): Try[] => [
  [{ "--lr": short(lr / 10) }, lr < limit ? "slower" : lr / 10 < limit ? "slow enough" : "still too fast"],
  [{ "--lr": short(lr * 10) }, lr * 10 < limit ? "faster" : "too fast"],
];

/** A line through points: by descent, and in closed form. */
export const linearRegression: Lesson = lesson<RegressionOptions>(
  (command) =>
    command
      .option("--points <pairs>", 'your own points, such as "0,1 1,3 2,5" (default: generated)', pairs)
      .option("--noise <sigma>", "standard deviation of generated points around y = 2x + 1", notNegative, 0.5)
      .option("--n <n>", "how many points to generate", wholeFrom(2), 50)
      .option("--lr <rate>", "learning rate", positive, 0.3)
      .option("--steps <n>", "how many steps", wholeFrom(1), 100)
      .option("--seed <n>", "the same seed generates the same points", wholeFrom(0), 1),
  ({ points, lr, steps, ...options }, columns) => {
    const data = points ?? pointsAroundLine(options);
    const best = bestLine(data);
    const lines = descendToLine(data, { lr, steps });
    const last = lines.at(-1) ?? best;
    const canvas = new Canvas(Math.min(columns, 80), 16, rangeOf(data.x), rangeOf(data.y));
    const xs = rangeOf(data.x);
    canvas.line(
      xs.map((x) => [x, last.w * x + last.b] as const),
      { ink: pc.magenta },
    );
    data.x.forEach((x, i) => {
      canvas.text(x, data.y[i] ?? Number.NaN, "o");
    });
    const shown = [...new Set([0, 1, 2, 5, 10, 20, 50, steps])].filter((step) => step <= steps);
    return {
      text: [
        "The model y = wx + b has two parameters, and C = 1/(2n) Σ (wx + b − y)² says how",
        "badly it fits. Descent starts from w = b = 0; the closed form solves ∇C = 0.",
      ],
      lines: [
        `  ${data.x.length} points (o), and the line after ${steps} steps with η = ${short(lr)}`,
        "",
        ...canvas.lines(),
        "",
        ...table(
          ["", "w", "b", "C"],
          [...shown.map((step) => row(`step ${step}`, lines[step] ?? last)), row("closed form", best)],
        ),
      ],
      next: [
        ...otherRates(lr, limitOf(data.x)),
        [{ "--points": "0,1 1,3 2,4" }, points ? "other points" : "your own points"],
      ],
      numbers: { points: data, closedForm: best, descent: lines },
      picture: async () => {
        const { regressionPlot } = await import("@dlcc/pictures");
        return regressionPlot({ points: data, closedForm: best, descent: lines });
      },
    };
  },
);

interface SgdOptions {
  readonly batchSize: number;
  readonly n: number;
  readonly lr: number;
  readonly epochs: number;
  readonly seed: number;
}

/** How many examples are used before the clock starts. */
const warmUp = 1000;
/** The most passes of the full batch, with one step each. */
const mostFullSteps = 200;
/** A cost counts as arrived if it is this near to the best. */
const near = 0.01;
/** Smaller values are drawn here, because a logarithmic axis has no 0. */
const least = 1e-12;

/**
 * What came of it, by the work that was done: a clock would say something else each time.
 *
 * @param full The examples that the full batch looked at until it arrived; negative if it did not.
 */
function conclusion(full: number, mini: number): string[] {
  const smooth = "  In steps the full batch is no worse, and its path is smooth; but each step";
  if (mini < 0) return ["  The minibatches did not arrive: give them more --epochs, or another --lr."];
  if (full < 0)
    return ["  The full batch looks at all examples for each step, and did not arrive; the", "  minibatches did."];
  if (mini === 0 || mini >= full)
    return [smooth, "  looks at all examples. That pays if examples are few: try a larger --n."];
  return [
    smooth,
    `  looks at all examples: until there, at ${short(full / mini)} times as many as the minibatches.`,
    "  The more examples there are, the larger is that factor.",
  ];
}

/** Full batch against minibatches. */
export const stochastic: Lesson = lesson<SgdOptions>(
  (command) =>
    command
      .option("--batch-size <m>", "examples in a minibatch", wholeFrom(1), 100)
      .option("--n <n>", "how many examples", wholeFrom(2), 20_000)
      .option("--lr <rate>", "learning rate", positive, 0.1)
      .option("--epochs <n>", "passes of the minibatches over the examples", wholeFrom(1), 1)
      .option("--seed <n>", "the same seed gives the same run", wholeFrom(0), 1),
  ({ batchSize, n, lr, epochs, seed }, columns) => {
    const data = pointsAroundLine({ n, seed });
    const best = bestLine(data);
    const clock = { now: () => performance.now() };
    // The first run compiles the code: that time should not count.
    descendInMinibatches(pointsAroundLine({ n: warmUp, seed }), { lr, size: 10, epochs: 1, seed });
    const mini = descendInMinibatches(data, { lr, size: batchSize, epochs, seed, ...clock });
    // As many steps as the minibatches have, so that the two can be compared; but no more than it takes to arrive.
    const fullSteps = Math.min(mini.length - 1, mostFullSteps);
    const full = descendInMinibatches(data, { lr, size: n, epochs: fullSteps, seed, ...clock });
    const runs = [
      { name: "full batch", lines: full, size: n },
      { name: "minibatches", lines: mini, size: Math.min(batchSize, n) },
    ];
    const height = (lines: readonly Line[]): [number, number][] =>
      lines.map(({ cost }, step) => [step, Math.log10(Math.max(cost - best.cost, least))]);
    const [fullCurve, miniCurve] = [height(full), height(mini.slice(0, full.length))];
    const canvas = new Canvas(
      Math.min(columns, 80),
      14,
      [0, fullSteps],
      rangeOfPowers([...fullCurve, ...miniCurve].map(([, cost]) => cost)),
    );
    canvas.line(miniCurve, { ink: pc.magenta });
    canvas.line(fullCurve);
    for (const [x, y] of fullCurve.filter((_, step) => step % Math.ceil(full.length / 12) === 0))
      canvas.text(x, y, "F");
    const arrivals = runs.map(({ lines }) => lines.findIndex(({ cost }) => cost - best.cost < near));
    const rows = runs.map(({ name, lines, size }, i) => {
      const step = arrivals[i] ?? -1;
      return [
        name,
        String(size),
        ...(step < 0
          ? ["never", "", ""]
          : [String(step), (step * size).toLocaleString("en-US"), `${(lines[step]?.time ?? 0).toFixed(1)} ms`]),
        short((lines.at(-1)?.cost ?? Number.NaN) - best.cost),
      ];
    });
    const limit = limitOf(data.x);
    const otherSize = batchSize === 10 ? 1000 : 10;
    return {
      text: [
        "A step needs no more than an estimate of the gradient, and a few random examples give",
        "one. Each epoch partitions the examples at random into minibatches of m; each of",
        "them moves v by −η times its mean gradient.",
      ],
      lines: [
        "  how far the cost is above the best line's, as a power of ten, by steps",
        `  F: all ${n} examples a step; the other: ${batchSize} a step`,
        "",
        ...canvas.lines(),
        "",
        `  until C is less than ${near} above the best line's:`,
        ...table(["", "m", "steps", "examples seen", "time", "after all steps"], rows),
        "",
        ...conclusion(...(runs.map(({ size }, i) => (arrivals[i] ?? -1) * size) as [number, number])),
        "  (Times vary with what else the machine does; the examples seen don't.)",
      ],
      next: [
        [{ "--batch-size": String(otherSize) }, otherSize >= n ? "all in each step" : `${otherSize} a step`],
        [{ "--n": String(2 * n) }, "more examples: which of the two slows down?"],
        [{ "--lr": short(5 * lr < limit ? 5 * lr : lr / 5) }, 5 * lr < limit ? "noisier" : "smoother"],
      ],
      numbers: { best, fullBatch: full, minibatches: mini },
      picture: async () => {
        const { minibatchPlot } = await import("@dlcc/pictures");
        return minibatchPlot({ best, fullBatch: full, minibatches: mini, n, size: Math.min(batchSize, n) });
      },
    };
  },
);
