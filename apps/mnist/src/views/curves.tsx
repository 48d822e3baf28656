import { curves, gradients, judged, judgements } from "../state.ts";
import { Chart, type Line } from "../ui/chart.tsx";
import { percent } from "../ui/figures.ts";

/** Loss and accuracy, of the minibatches and of the validation digits. */
export function Curves() {
  const last = judged.value;
  const said = last
    ? `validation loss ${last.loss.toFixed(3)}, accuracy ${percent(last.accuracy)} at step ${last.step}`
    : "nothing yet";
  return (
    <div class="pair">
      <Chart title="Loss" summary={said} {...linesOf("loss")} empty="Start, and watch the loss fall." />
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

function linesOf(what: "loss" | "accuracy"): { readonly x: readonly number[]; readonly lines: readonly Line[] } {
  const { steps, values, trend } = curves.value[what];
  const x = [0, ...steps];
  const checked = new Array<number | null>(x.length).fill(null);
  // A judgement is drawn at the first point at or after it.
  for (const judgement of judgements.value) {
    const place = x.findIndex((step) => step >= judgement.step);
    checked[place < 0 ? x.length - 1 : place] = judgement[what];
  }
  return {
    x,
    lines: [
      { name: "each minibatch", colour: "--train", faint: true, values: [null, ...values] },
      { name: "training", colour: "--train", values: [null, ...trend] },
      { name: "validation", colour: "--check", points: true, values: checked },
    ],
  };
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
      summary={said}
      x={rows.map(({ step }) => step)}
      log
      lines={lines}
      empty="The norm of each layer’s gradient. With deep sigmoid networks, it vanishes."
    />
  );
}
