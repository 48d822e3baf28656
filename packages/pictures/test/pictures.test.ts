/** Reads the chapters' pictures back in the numbers of their axes, and compares them with the mathematics. */
import {
  activations,
  backpropagate,
  bestLine,
  bowl,
  curve,
  decisionTable,
  descend,
  descendInMinibatches,
  descendToLine,
  learnPerceptron,
  learnWithHiddenLayer,
  softmaxProperties,
  valley,
} from "@dlcc/course";
import { describe, expect, test } from "vitest";
import { powers } from "../src/figure.ts";
import {
  activationsPlot,
  backpropagationPlot,
  blocksPlot,
  derivativePlot,
  descentPlot,
  gradientFieldPlot,
  kernelsPlot,
  lossesPlot,
  minibatchPlot,
  multilayerPlot,
  overfittingPlot,
  perceptronPlot,
  regressionPlot,
  softmaxPlot,
  unstablePlot,
  valleyPlot,
} from "../src/index.ts";
import { parsed, readPanels } from "./read-plot.ts";

/** How many shapes of a kind there are, outside of axes. */
const marks = (svg: string, selector: string): number => parsed(svg).querySelectorAll(selector).length;

/** Pixels are written with three decimals: so near is equal, in numbers of about 1. */
const digits = 2;

describe("descent", () => {
  test("derivative: rising pieces and falling ones, as many as there are", () => {
    const points = curve((v) => v.mul(v), [-2, -1, 0, 1]);
    const svg = derivativePlot({ points, here: points[3]!, name: "v²" });
    // Two fall and one rises, in both panels.
    expect(marks(svg, 'g[aria-label="link"] path[stroke="var(--blue)"]')).toBe(4);
    expect(marks(svg, 'g[aria-label="link"] path[stroke="var(--orange)"]')).toBe(2);
  });

  test("derivative: the tangent goes through the place, with its slope", () => {
    const points = curve((v) => v.mul(v), [-4, -2, 0, 2, 4]);
    const svg = derivativePlot({ points, here: curve((v) => v.mul(v), [1])[0]!, name: "v²" });
    const [above, below] = readPanels(svg);
    const [[[x0, y0], [x1, y1]]] = above!.lines as [[[number, number], [number, number]]];
    expect((y1 - y0) / (x1 - x0)).toBeCloseTo(2, digits);
    expect(y0 + 2 * (1 - x0)).toBeCloseTo(1, digits);
    expect(above!.circles[0]![1]).toBeCloseTo(1, digits);
    expect(below!.circles[0]![1]).toBeCloseTo(2, digits);
    expect(svg).toContain("f′(1) = 2");
  });

  test("gradient field: no arrow where it is flat", () => {
    const svg = gradientFieldPlot({ surface: bowl(), reach: 1 });
    expect(marks(svg, 'g[aria-label="arrow"] path')).toBe(11 * 11 - 1);
    // And none leaves the frame: each runs from its first point to its second, in pixels of a panel of 616 by 560.
    for (const path of parsed(svg).querySelectorAll('g[aria-label="arrow"] path')) {
      const [, , x = -1, y = -1] = (path.getAttribute("d")?.match(/-?[\d.]+/g) ?? []).map(Number);
      expect(x > 45 && x < 616 - 20 && y > 32 && y < 560 - 42).toBe(true);
    }
  });

  test("descent: a dot for each step that is to be seen, halfway to the last", () => {
    const descent = descend(bowl(), { start: [1, 1], lr: 0.5, steps: 3 });
    const svg = descentPlot({ surface: bowl(), reach: 2, descents: [{ lr: 0.5, ...descent }] });
    expect(marks(svg, 'g[aria-label="dot"][fill="var(--purple)"] circle')).toBe(4);
    const [panel] = readPanels(svg);
    panel!.lines[0]!.forEach(([x, y], step) => {
      expect(x).toBeCloseTo(0.5 ** step, digits);
      expect(y).toBeCloseTo(0.5 ** step, digits);
    });
    expect(panel!.lines[0]).toHaveLength(4);
  });

  test("descent: the end is a square, where it is in the picture", () => {
    const squares = (lr: number): number => {
      const descent = descend(bowl(), { start: [1, 1], lr, steps: 3 });
      return marks(
        descentPlot({ surface: bowl(), reach: 2, descents: [{ lr, ...descent }] }),
        'g[aria-label="dot"] path',
      );
    };
    expect(squares(0.5)).toBe(1);
    expect(squares(5)).toBe(0);
  });

  test("regression: each line with its slope, and the last one the best", () => {
    const points = { x: [-1, 0, 1, 2], y: [-1, 1, 4, 5] };
    const [closedForm, descent] = [bestLine(points), descendToLine(points, { lr: 0.5, steps: 32 })];
    const [lines, costs] = [
      readPanels(regressionPlot({ points, closedForm, descent }))[0]!,
      readPanels(regressionPlot({ points, closedForm, descent }), "y")[1]!,
    ];
    expect(lines.circles).toHaveLength(4);
    const slopes = lines.lines.map(([from, to]) => (to![1] - from![1]) / (to![0] - from![0]));
    // Steps 0, 1, 2, 4, 8, 16 and 32, and the best.
    expect(slopes).toHaveLength(8);
    expect(slopes[0]).toBeCloseTo(0, digits);
    // ∂C/∂w at 0 is −mean(xy) = −15/4, so the first step leads to w = 0.5 · 15/4.
    expect(slopes[1]).toBeCloseTo(0.5 * 3.75, digits);
    expect(slopes.at(-1)).toBeCloseTo(2.1, digits);
    expect(lines.texts).toContain("the best");
    expect(lines.texts).toContain("step 0");
    // C at 0 is (1 + 1 + 16 + 25)/8; the best line's, which misses by 0.1, 0.2, 0.7 and 0.4, is 0.7/8.
    expect(costs.lines[0]![0]![1]).toBeCloseTo((43 - 0.7) / 8, 1);
    expect(costs.lines[0]).toHaveLength(33);
  });

  test("minibatches: as many points as steps; by examples, and by time where a clock ran", () => {
    const pairs = { x: [-1, 0, 1, 2], y: [-1, 1, 4, 5] };
    const runs = {
      best: bestLine(pairs),
      fullBatch: descendInMinibatches(pairs, { lr: 0.1, size: 4, epochs: 6, seed: 1 }),
      minibatches: descendInMinibatches(pairs, { lr: 0.1, size: 2, epochs: 3, seed: 1 }),
      n: 4,
      size: 2,
    };
    const bySteps = readPanels(minibatchPlot(runs), "y");
    expect(bySteps).toHaveLength(2);
    expect(bySteps[0]!.lines.map((line) => line.length)).toEqual([7, 7]);
    expect(bySteps[0]!.lines[0]!.at(-1)![0]).toBeCloseTo(6, digits);
    // On the logarithmic axis there is no step 0.
    const byExamples = readPanels(minibatchPlot(runs), "xy")[1]!;
    expect(byExamples.lines.map((line) => Math.round(line.at(-1)![0]))).toEqual([24, 12]);
    const timed = runs.fullBatch.map((line, i) => ({ ...line, time: i }));
    expect(readPanels(minibatchPlot({ ...runs, fullBatch: timed, minibatches: timed }))).toHaveLength(3);
  });
});

describe("perceptrons and layers", () => {
  test("perceptron: each row of each table is a circle, and the mistakes end in a dot", () => {
    const rows = [
      { inputs: [0, 1], outputs: [1] },
      { inputs: [0, 0], outputs: [0] },
    ] as const;
    const learned = learnPerceptron(rows, { lr: 1, epochs: 5 });
    const [plane, mistakes] = readPanels(perceptronPlot([{ name: "second", rows, ...learned }]));
    expect(plane!.circles).toEqual(rows.map(({ inputs }) => inputs.map((v) => expect.closeTo(v, digits))));
    expect(plane!.texts).toEqual(["1", "0"]);
    expect(mistakes!.lines[0]!.map(([, wrong]) => Math.round(wrong))).toEqual(learned.mistakes);
    expect(mistakes!.texts).toEqual(["second"]);
  });

  test("perceptron: the heading counts what the weights as drawn get wrong, whatever the epochs before did", () => {
    const rows = decisionTable(([a, b]) => [a === b ? 0 : 1], 2);
    const heading = (weights: readonly number[], threshold: number): string =>
      perceptronPlot([{ name: "XOR", rows, weights, threshold, mistakes: [4, 4] }]);
    // x₁ + x₂ > ½ is wrong for 1 1 alone; 0 > 0 is never true, and so wrong for both ones.
    expect(heading([1, 1], 0.5)).toContain("XOR: 1 of 4 wrong");
    expect(heading([0, 0], 0)).toContain("XOR: 2 of 4 wrong");
  });

  test("perceptron: the border lies where w₁x + w₂y = b", () => {
    const [panel] = [
      ...parsed(
        perceptronPlot([{ name: "AND", rows: [], weights: [2, 1], threshold: 2, mistakes: [0] }]),
      ).querySelectorAll("svg"),
    ];
    const pixels = panel!.querySelector('g[aria-label="area"] path')?.getAttribute("d") ?? "";
    const ticks = (axis: string): number[] =>
      [...panel!.querySelectorAll(`g[aria-label="${axis}-axis tick"] path`)].map((tick) =>
        Number((tick.getAttribute("transform") ?? "").match(/[\d.]+/g)?.[axis === "x" ? 0 : 1]),
      );
    const [[x0 = 0, x1 = 1], [y0 = 0, y1 = 1]] = [ticks("x"), ticks("y")];
    const places = (pixels.match(/[\d.]+,[\d.]+/g) ?? []).map((pair) => pair.split(",").map(Number));
    const at = places.map(([px = 0, py = 0]) => [(px - x0) / (x1 - x0), (py - y0) / (y1 - y0)] as const);
    const inside = at.filter(([, y]) => y > -0.49 && y < 1.49);
    expect(inside.length).toBeGreaterThan(50);
    for (const [x, y] of inside) expect(2 * x + y).toBeCloseTo(2, digits);
  });

  test("multilayer: the cost from the first step to the last, and the rows of the table", () => {
    const xor = decisionTable(([a, b]) => [a !== b ? 1 : 0], 2);
    const side = 5;
    const places = Array.from({ length: side * side }, (_, i) => [-1 + (i % side), -1 + Math.floor(i / side)] as const);
    const learned = learnWithHiddenLayer(xor, { hidden: 2, lr: 1, steps: 20, seed: 1, places });
    const [plane, costs] = readPanels(multilayerPlot({ rows: xor, learned }));
    expect(plane!.circles).toEqual(xor.map(({ inputs }) => inputs.map((v) => expect.closeTo(v, digits))));
    expect(plane!.texts).toEqual(["0", "1", "1", "0"]);
    expect(costs!.lines[0]).toEqual(
      learned.costs.map((cost, step) => [expect.closeTo(step, 1), expect.closeTo(cost, 3)]),
    );
  });

  test("activations: the step is torn where it jumps, and the sigmoid is half way up at 0", () => {
    const places = Array.from({ length: 41 }, (_, i) => -5 + i / 4);
    const [step, sigmoid] = readPanels(
      activationsPlot(
        (["step", "sigmoid"] as const).map((name) => ({ name, points: curve(activations[name], places) })),
      ),
    );
    // The slope; the step up to 0, where it is still 0; and the rest.
    expect(step!.lines.map((line) => [line[0]![1], line.at(-1)![1]])).toEqual(
      [
        [0, 0],
        [0, 0],
        [1, 1],
      ].map((ends) => ends.map((v) => expect.closeTo(v, digits))),
    );
    expect(step!.lines[1]!.at(-1)![0]).toBeCloseTo(0, digits);
    const [slope, value] = sigmoid!.lines.map((line) => line[20]!);
    expect(slope).toEqual([expect.closeTo(0, digits), expect.closeTo(0.25, digits)]);
    expect(value).toEqual([expect.closeTo(0, digits), expect.closeTo(0.5, digits)]);
    expect(sigmoid!.texts).toEqual(["σ′", "σ"]);
  });
});

describe("losses and softmax", () => {
  test("losses: at probability ½ they are 1, ¼ and log 2; then one panel for each learning rate", () => {
    const run = { loss: "l2", accuracy: [0.1, 0.5, 1] } as const;
    const panels = readPanels(
      lossesPlot([
        { ...run, lr: 0.1 },
        { ...run, lr: 1 },
      ]),
    );
    expect(panels).toHaveLength(3);
    const half = panels[0]!.lines.map((line) => line.find(([x]) => Math.abs(x - 0.5) < 1e-3)?.[1]);
    expect(half).toEqual([1, 1 / 4, Math.log(2)].map((v) => expect.closeTo(v, digits)));
    expect(panels[0]!.texts).toEqual(["L1", "L2", "cross-entropy"]);
    expect(panels[1]!.lines).toEqual([
      run.accuracy.map((v, epoch) => [expect.closeTo(epoch, digits), expect.closeTo(v, digits)]),
    ]);
  });

  test("softmax: equal inputs cross at ½, and their bars stay equal", () => {
    const svg = softmaxPlot({ m: 0, properties: softmaxProperties([0, 0], 0) });
    const [raised] = readPanels(svg);
    expect(raised!.texts).toEqual(["a₁", "a₂"]);
    for (const line of raised!.lines) {
      expect(line[20]).toEqual([expect.closeTo(0, 1), expect.closeTo(0.5, digits)]);
      for (const [x, y] of line) {
        const own = 1 / (1 + Math.exp(-x));
        expect(y).toBeCloseTo(line === raised!.lines[0] ? own : 1 - own, digits);
      }
    }
    const heights = [...parsed(svg).querySelectorAll('g[aria-label="bar"] rect')].map((bar) =>
      bar.getAttribute("height"),
    );
    expect(heights).toHaveLength(10);
    expect(new Set(heights).size).toBe(1);
  });
});

describe("deep networks", () => {
  test("backpropagation: every number of the trace is written, under its symbol", () => {
    // C = ½(3·2 − 5)²; ∂C/∂w = (6 − 5)·2, ∂C/∂b = 6 − 5.
    const svg = backpropagationPlot(
      backpropagate({ x: [2], y: [5], layers: [{ kind: "linear", weights: [[3]], biases: [0] }] }),
    );
    const texts = [...parsed(svg).querySelectorAll('g[aria-label="text"] text')].map((text) => text.textContent);
    for (const expected of [
      "u₀",
      "2.000",
      "u₁",
      "6.000",
      "C",
      "0.500",
      "∂C/∂u₂",
      "∂C/∂u₁",
      "1.000",
      "∂C/∂u₀",
      "3.000",
    ]) {
      expect(texts).toContain(expected);
    }
    expect(texts.join(" ")).toMatch(/w₁,₁,₁ {2}2\.000\s*b₁,₁ {2}1\.000/);
    // Three stored values, three buffers, one layer with parameters.
    expect(marks(svg, 'g[aria-label="rect"] rect, g[aria-label="rect"] path')).toBe(7);
    expect(marks(svg, 'g[aria-label="arrow"] path')).toBe(2 + 2 + 1);
  });

  test("overfitting: one scale for all, and both costs of each", () => {
    const points = (unseen: number) =>
      [0, 10].map((step) => ({ step, train: 1, test: 1, trainCost: 0.5, testCost: step === 0 ? 0.5 : unseen }));
    const panels = readPanels(
      overfittingPlot([
        { examples: 5, points: points(4) },
        { examples: 50, points: points(1) },
      ]),
    );
    expect(panels.map(({ lines }) => lines.map((line) => line.at(-1)))).toEqual(
      [4, 1].map((unseen) => [unseen, 0.5].map((cost) => [expect.closeTo(10, digits), expect.closeTo(cost, digits)])),
    );
    expect(panels[0]!.texts).toEqual(["not seen", "learned"]);
  });

  test("unstable gradients: a buffer that falls to a tenth in each layer is a straight line on its axis", () => {
    const layers = [1, 2, 3, 4].map((l) => ({ l, activation: 1, slope: 1, gradient: 1, buffer: 10 ** (l - 4) }));
    const [panel] = readPanels(unstablePlot([{ activation: "tanh", initialization: "he", layers }]), "y");
    // The way back: from the last layer to the first.
    expect(panel!.lines[0]).toEqual(
      [4, 3, 2, 1].map((l) => [expect.closeTo(l, digits), expect.closeTo(10 ** (l - 4), 4)]),
    );
    expect(panel!.texts).toEqual(["tanh"]);
  });
});

test.each([
  [1, "1"],
  [10, "10"],
  [1e-5, "10⁻⁵"],
  [1e14, "10¹⁴"],
  [0.2, "0.2"],
])("a tick of a logarithmic axis at %d is written %s", (value, text) => expect(powers(value)).toBe(text));

describe("beyond the course's text", () => {
  const judged = { parameters: 1234, accuracies: [0.9, 0.5] };
  const learned = {
    kernels: [
      [
        [1, -1],
        [0, 0.5],
      ],
    ],
    image: [
      [0, 1, 1],
      [0, 0, 0],
      [0, 0, 0],
    ],
    maps: [
      [
        [0.5, 0],
        [0, 0],
      ],
    ],
    moves: [0, 2],
    convolutional: judged,
    dense: { parameters: 5678, accuracies: [0.8, 0.2] },
  };

  test("kernels: ink for and against has its colour, and its size is its opacity", () => {
    const svg = kernelsPlot(learned);
    const opacities = (fill: string): (string | null)[] =>
      [...parsed(svg).querySelectorAll(`g[aria-label="rect"][fill="var(--${fill})"] rect`)].map((one) =>
        one.getAttribute("fill-opacity"),
      );
    expect(opacities("orange")).toEqual(["1", "0.5"]);
    expect(opacities("blue")).toEqual(["1"]);
    // The two bright pixels of the digit are one strip; the only number of the map is its largest.
    expect(opacities("ink")).toEqual(["1", "1"]);
  });

  test("kernels: the accuracies of both networks by moves, with their numbers of parameters", () => {
    const panel = readPanels(kernelsPlot(learned)).at(-1);
    expect(panel?.lines).toEqual(
      [judged, learned.dense].map(({ accuracies }) =>
        accuracies.map((share, i) => [expect.closeTo(2 * i, digits), expect.closeTo(share, digits)]),
      ),
    );
    expect(panel?.texts).toEqual(["kernels", "dense", "1,234 parameters", "5,678 parameters"]);
  });

  test("blocks: gradients on an axis of powers from the last to the first, and costs, of which large ones stand at 2", () => {
    const run = { name: "plain", gradients: [1e-4, 1e-2, 1], costs: [1000, 1, 0.5] };
    const svg = blocksPlot([run]);
    const [reach] = readPanels(svg, "y");
    expect(reach?.lines[0]).toEqual(
      [3, 2, 1].map((l) => [expect.closeTo(l, digits), expect.closeTo(run.gradients[l - 1] ?? 0, 4)]),
    );
    const [, falling] = readPanels(svg);
    expect(falling?.lines[0]?.map(([, y]) => y)).toEqual([2, 1, 0.5].map((cost) => expect.closeTo(cost, digits)));
    expect(svg).toContain("2 stands for more");
    expect(falling?.texts).toEqual(["plain"]);
  });
});

describe("a valley", () => {
  const surface = bowl();
  const descent = { ...descend(surface, { start: [2, 0], lr: 0.5, steps: 2 }), lr: 0.5 };

  test("the ball is drawn where the valley's data has it: the start, the step, the end", () => {
    const [panel] = readPanels(valleyPlot({ surface, rim: 4, descents: [descent] }));
    const { ball, rings } = valley(surface, descent.path, { rim: 4 });
    // Without axes, numbers are pixels: the ratio of distances to the width of the rim tells.
    const width = (points: readonly number[]): number => Math.max(...points) - Math.min(...points);
    const scale =
      (Math.max(...panel!.lines.flat().map(([px]) => px)) - Math.min(...panel!.lines.flat().map(([px]) => px))) /
      width(rings.flat().map(({ right }) => right));
    const [step, last, start, end] = panel!.circles;
    expect(panel!.circles).toHaveLength(4);
    expect(last).toEqual(end);
    expect(step![0] - start![0]).toBeCloseTo(scale * (ball[1]!.right - ball[0]!.right), 0);
    expect(end![0] - start![0]).toBeCloseTo(scale * (ball[2]!.right - ball[0]!.right), 0);
    expect(step![1] - start![1]).toBeCloseTo(-scale * (ball[1]!.up - ball[0]!.up), 0);
  });

  test("one panel for each learning rate, with its outcome", () => {
    const svg = valleyPlot({ surface, rim: 4, descents: [descent, { ...descent, lr: 0.1 }] });
    expect(readPanels(svg)).toHaveLength(2);
    expect(svg).toContain("η = 0.1: on its way after 2 steps");
  });
});
