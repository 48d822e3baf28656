import { architectureOf } from "../experiment.ts";
import {
  accuracies,
  ask,
  experiment,
  gradients,
  judged,
  judgements,
  loading,
  losses,
  progress,
  ready,
  reset,
  runState,
  weights,
} from "../state.ts";
import { Chart } from "../ui/chart.tsx";
import { Image } from "../ui/image.tsx";
import { ExperimentForm } from "./experiment-form.tsx";
import { Share } from "./share.tsx";

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;
const count = (n: number): string => Math.round(n).toLocaleString("en-US");

/** A running mean, so that the eye sees the trend through the noise of minibatches. */
function smooth(values: readonly number[]): number[] {
  let mean = values[0] ?? 0;
  return values.map((value) => {
    mean += (value - mean) * 0.06;
    return mean;
  });
}

/** Set-up at the side, and the run. */
export function TrainView() {
  return (
    <div class="train">
      <ExperimentForm />
      <div class="run">
        <RunBar />
        <Curves />
        <div class="pair">
          <Weights />
          <Gradients />
        </div>
        <div class="pair">
          <Confusion />
          <Mistakes />
        </div>
        <Share />
      </div>
    </div>
  );
}

function RunBar() {
  const state = runState.value;
  const total = (ready.value?.stepsPerEpoch ?? 0) * experiment.value.epochs;
  const step = progress.value?.step ?? 0;
  const load = loading.value;
  const words = load
    ? `Loading the digits, ${count(load.loaded / 1024)} KB`
    : !ready.value
      ? "Preparing"
      : `${ready.value.imported ? `${ready.value.imported}: ` : ""}${ready.value.backend}, ${count(ready.value.train)} digits to learn from, ${count(ready.value.validation)} to judge by`;
  return (
    <section class="card runbar" aria-label="The run">
      <div class="controls">
        {state === "running" ? (
          <button type="button" class="primary" onClick={() => ask({ type: "pause" })}>
            Pause
          </button>
        ) : state === "done" ? (
          <button type="button" class="primary" onClick={reset}>
            Start over
          </button>
        ) : (
          <button type="button" class="primary" disabled={!ready.value} onClick={() => ask({ type: "run" })}>
            {step > 0 ? "Go on" : "Start training"}
          </button>
        )}
        <button
          type="button"
          disabled={!ready.value || state === "running" || state === "done"}
          onClick={() => ask({ type: "step" })}
        >
          Step
        </button>
        <button type="button" disabled={!ready.value} onClick={reset}>
          Reset
        </button>
      </div>
      <dl class="figures">
        <div class="big">
          <dt>Validation accuracy</dt>
          <dd data-testid="accuracy">{judged.value ? percent(judged.value.accuracy) : "–"}</dd>
        </div>
        <div>
          <dt>Training loss</dt>
          <dd>{losses.value.length > 0 ? (smooth(losses.value.slice(-100)).at(-1) ?? 0).toFixed(3) : "–"}</dd>
        </div>
        <div>
          <dt>Examples a second</dt>
          <dd>{state === "running" && progress.value ? count(progress.value.examplesPerSecond) : "–"}</dd>
        </div>
        <div>
          <dt>Epoch</dt>
          <dd>
            {progress.value?.epoch ?? 0} / {experiment.value.epochs}
          </dd>
        </div>
      </dl>
      <progress max={Math.max(1, total)} value={step} aria-label="Training">
        {step}
      </progress>
      <p class="note" aria-live="polite">
        {words}
      </p>
      {ready.value?.note && <p class="note warn">{ready.value.note}</p>}
    </section>
  );
}

function Curves() {
  const steps = losses.value.map((_, i) => i + 1);
  const at = new Map(judgements.value.map((j) => [j.step, j]));
  const x = [0, ...steps];
  const last = judged.value;
  const said = last
    ? `validation loss ${last.loss.toFixed(3)}, accuracy ${percent(last.accuracy)} at step ${last.step}`
    : "nothing yet";
  const lines = (train: readonly number[], pick: (j: { loss: number; accuracy: number }) => number) => [
    { name: "each minibatch", colour: "--train", faint: true, values: [null, ...train] },
    { name: "training", colour: "--train", values: [null, ...smooth(train)] },
    {
      name: "validation",
      colour: "--check",
      points: true,
      values: x.map((step) => {
        const j = at.get(step);
        return j ? pick(j) : null;
      }),
    },
  ];
  return (
    <div class="pair">
      <Chart
        title="Loss"
        summary={said}
        x={x}
        lines={lines(losses.value, (j) => j.loss)}
        empty="Start, and watch the loss fall."
      />
      <Chart
        title="Accuracy"
        summary={said}
        x={x}
        percent
        lines={lines(accuracies.value, (j) => j.accuracy)}
        empty="A network that guesses is right once in ten."
      />
    </div>
  );
}

const layerColours = ["--train", "--check", "--third", "--fourth", "--muted", "--ink", "--right"];

function Gradients() {
  const rows = gradients.value;
  const layers = rows[0]?.length ?? 0;
  const lines = Array.from({ length: layers }, (_, i) => ({
    name: `layer ${i + 1}`,
    colour: layerColours[i] ?? "--muted",
    values: rows.map((row) => Math.max(row[i] ?? 0, 1e-12)),
  }));
  const said =
    rows
      .at(-1)
      ?.map((norm, i) => `layer ${i + 1} ${norm.toExponential(1)}`)
      .join(", ") ?? "nothing yet";
  return (
    <Chart
      title="How far the gradient reaches"
      summary={said}
      x={rows.map((_, i) => i)}
      log
      lines={lines}
      empty="The norm of each layer’s gradient. With deep sigmoid networks, it vanishes."
    />
  );
}

function Weights() {
  const shown = weights.value;
  return (
    <section class="card">
      <header>
        <h2>What the first layer looks for</h2>
        <ul class="legend">
          <li>
            <i style={{ background: "var(--check)" }} />
            against
          </li>
          <li>
            <i style={{ background: "var(--train)" }} />
            for
          </li>
        </ul>
      </header>
      {shown ? (
        <div class="tiles" role="img" aria-label={`The weights of ${shown.count} units of the first layer, as images`}>
          {Array.from({ length: shown.count }, (_, i) => (
            <Image key={i} shades="signed" values={shown.images.subarray(i * 784, (i + 1) * 784)} />
          ))}
        </div>
      ) : (
        <p class="empty">Preparing the network</p>
      )}
    </section>
  );
}

function Confusion() {
  const table = judged.value?.confusion;
  return (
    <section class="card">
      <header>
        <h2>What it takes for what</h2>
      </header>
      {table ? (
        <table class="confusion">
          <caption class="hidden">Rows are the true digits, columns the guesses</caption>
          <thead>
            <tr>
              <th scope="col">
                <span class="hidden">True digit</span>
              </th>
              {table.map((_, i) => (
                <th key={i} scope="col">
                  {i}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.map((row, label) => {
              const total = row.reduce((a, b) => a + b, 0) || 1;
              return (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  {row.map((n, guess) => (
                    <td
                      key={guess}
                      class={guess === label ? "right" : "wrong"}
                      style={{ "--share": String(guess === label ? n / total : Math.min(1, (8 * n) / total)) }}
                    >
                      {n || ""}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      ) : (
        <p class="empty">Nothing has been judged yet.</p>
      )}
    </section>
  );
}

function Mistakes() {
  const mistakes = judged.value?.mistakes ?? [];
  return (
    <section class="card">
      <header>
        <h2>Where it is sure, and wrong</h2>
      </header>
      {mistakes.length > 0 ? (
        <ul class="mistakes">
          {mistakes.map((m, i) => (
            <li key={i}>
              <Image values={m.pixels} />
              <span>
                <b>{m.label}</b> read as <b class="bad">{m.guess}</b>
              </span>
              <small>{Math.round(m.score * 100)}% sure</small>
            </li>
          ))}
        </ul>
      ) : (
        <p class="empty">{architectureOf(experiment.value)} has made no mistakes yet.</p>
      )}
    </section>
  );
}
