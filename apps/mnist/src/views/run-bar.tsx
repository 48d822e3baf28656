import { ask, curves, experiment, judged, loading, progress, ready, reset, runState } from "../state.ts";
import { count, percent } from "../ui/figures.ts";

/** The backend, and the numbers of digits for training and validation. */
function situation({ backend, train, validation, imported, architecture }: NonNullable<typeof ready.value>): string {
  const model = imported ? `${imported}, ${architecture}, on ` : "";
  return `${model}${backend}; ${count(train)} training digits, ${count(validation)} validation digits`;
}

/** What computes is loaded while the pointer is on its way to the button. */
const prepare = (): void => ask({ type: "prepare" });

/** Start, pause, step, reset; and the figures of the run. */
export function RunBar() {
  const state = runState.value;
  const total = (ready.value?.stepsPerEpoch ?? 0) * experiment.value.epochs;
  const step = progress.value?.step ?? 0;
  const load = loading.value;
  const trend = curves.value.loss.trend.at(-1);
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
          <button
            type="button"
            class="primary"
            disabled={!ready.value}
            onPointerEnter={prepare}
            onFocus={prepare}
            onClick={() => ask({ type: "run" })}
          >
            {step > 0 ? "Continue" : "Start training"}
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
          <dd>{trend === undefined ? "–" : trend.toFixed(3)}</dd>
        </div>
        <div>
          <dt>Examples per second</dt>
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
        {load
          ? `Loading the digits, ${count(load.loaded / 1024)} KB${load.total > 0 ? ` of ${count(load.total / 1024)}` : ""}`
          : ready.value
            ? situation(ready.value)
            : "Preparing"}
      </p>
      {ready.value?.note && <p class="note warn">{ready.value.note}</p>}
    </section>
  );
}
