import { type PastRun, pastRuns } from "../runs.ts";
import { curves, gradients, judged, judgements } from "../state.ts";
import { Chart, type Line } from "../ui/chart.tsx";
import { percent } from "../ui/figures.ts";

/** Loss and accuracy, of the minibatches and of the validation digits. */
export function Curves() {
  const loss = linesOf("loss");
  const log = loss.lines.some(({ values }) => values.some((value) => value !== null && value > steep));
  const last = judged.value;
  const said = last
    ? `validation loss ${last.loss.toFixed(3)}, accuracy ${percent(last.accuracy)} at step ${last.step}`
    : "nothing yet";
  return (
    <div class="pair">
      <Chart
        title="Loss"
        summary={said}
        {...(log ? above(loss) : loss)}
        log={log}
        empty="Start, and watch the loss fall."
      />
      <Chart
        title="Accuracy"
        summary={said}
        {...linesOf("accuracy")}
        percent
        empty="A network that guesses is right once in ten."
      />
    </div>
  );
}

type What = "loss" | "accuracy";

/** Guessing costs 2.3. Where a loss is as far above it as here, only powers of ten show both. */
const steep = 20;

/** What powers of ten can show. */
const above = ({ x, lines }: Curve): Curve => ({
  x,
  lines: lines.map((line) => ({
    ...line,
    values: line.values.map((value) => (value === null ? null : Math.max(value, 1e-6))),
  })),
});

interface Curve {
  readonly x: readonly number[];
  readonly lines: readonly Line[];
}

/** Points of a line. */
interface Points {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

function linesOf(what: What): Curve {
  const curve = curves.value[what];
  const checked = pointsOf(judgements.value, what);
  const ghosts = pastRuns.value.map((run) => ({ run, points: ghostOf(run, what) }));
  const own: Points = { steps: curve.steps, values: curve.values };
  const trend: Points = { steps: curve.steps, values: curve.trend };
  const all = [own, checked, ...ghosts.flatMap(({ points }) => [points.trend, points.checked])];
  // Every line has a value, or none, at each step of any.
  const x = [...new Set([0, ...all.flatMap(({ steps }) => steps)])].sort((a, b) => a - b);
  const at = new Map(x.map((step, i) => [step, i]));
  const spread = ({ steps, values }: Points): (number | null)[] => {
    const out = new Array<number | null>(x.length).fill(null);
    for (const [i, step] of steps.entries()) out[at.get(step) ?? 0] = values[i] ?? null;
    return out;
  };
  return {
    // Without a run of its own a chart has nothing to show.
    x: curve.steps.length + ghosts.length > 0 ? x : [0],
    lines: [
      ...ghosts.flatMap(({ run: { id, name, colour }, points }): Line[] => [
        { name, key: `${id}`, colour, ghost: true, values: spread(points.trend) },
        {
          name: `${name}, validation`,
          key: `${id} validation`,
          colour,
          ghost: true,
          hidden: true,
          points: true,
          values: spread(points.checked),
        },
      ]),
      { name: "each minibatch", colour: "--train", faint: true, values: spread(own) },
      { name: "training", colour: "--train", values: spread(trend) },
      { name: "validation", colour: "--check", points: true, values: spread(checked) },
    ],
  };
}

const pointsOf = (found: typeof judgements.value, what: What): Points => ({
  steps: found.map(({ step }) => step),
  values: found.map((judgement) => judgement[what]),
});

function ghostOf({ history }: PastRun, what: What): { readonly trend: Points; readonly checked: Points } {
  const { steps, trend } = history[what];
  return { trend: { steps, values: trend }, checked: pointsOf(history.judgements, what) };
}

const layerColours = ["--train", "--check", "--third", "--fourth", "--muted", "--ink", "--right"];

/** The norm of each layer's gradient: the vanishing gradient made visible. */
export function Gradients() {
  const rows = gradients.value;
  const layers = rows[0]?.norms.length ?? 0;
  const lines = Array.from({ length: layers }, (_, i) => ({
    name: `layer ${i + 1}`,
    colour: layerColours[i] ?? "--muted",
    values: rows.map(({ norms }) => Math.max(norms[i] ?? 0, 1e-12)),
  }));
  const said =
    rows
      .at(-1)
      ?.norms.map((norm, i) => `layer ${i + 1} ${norm.toExponential(1)}`)
      .join(", ") ?? "nothing yet";
  return (
    <Chart
      title="How far the gradient reaches"
      term="gradient"
      summary={said}
      x={rows.map(({ step }) => step)}
      log
      lines={lines}
      empty="The norm of each layer’s gradient. With deep sigmoid networks, it vanishes."
    />
  );
}
