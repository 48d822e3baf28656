import "./train.css";
import { architectureOf } from "../experiment.ts";
import { experiment, judged, weights } from "../state.ts";
import { Image } from "../ui/image.tsx";
import { Curves, Gradients } from "./curves.tsx";
import { ExperimentForm } from "./experiment-form.tsx";
import { RunBar } from "./run-bar.tsx";
import { Share } from "./share.tsx";

/** The run with its curves, the experiment, and the results. On a wide screen the experiment is at the side. */
export function TrainView() {
  return (
    <div class="train">
      <header class="intro">
        <h1>A network learns to read</h1>
        <p class="lead">It trains right here, in your browser. Nothing leaves this page.</p>
      </header>
      <div class="run">
        <RunBar />
        <Curves />
      </div>
      <ExperimentForm />
      <div class="results">
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
        <h2>What it confuses</h2>
        <small aria-hidden="true">true digit ↓ guess →</small>
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
        <p class="empty">There are no results yet.</p>
      )}
    </section>
  );
}

function Mistakes() {
  const mistakes = judged.value?.mistakes ?? [];
  return (
    <section class="card">
      <header>
        <h2>Sure, but wrong</h2>
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
