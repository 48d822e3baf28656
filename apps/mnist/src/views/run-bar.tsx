import { limits } from "../experiment.ts";
import {
  ask,
  change,
  curves,
  experiment,
  judged,
  loading,
  progress,
  ready,
  reset,
  runState,
  trouble,
} from "../state.ts";
import { count, percent } from "../ui/figures.ts";
import { Term } from "../ui/term.tsx";

/** The backend, and the numbers of digits for training and validation. */
function situation({ backend, train, validation, imported, architecture }: NonNullable<typeof ready.value>): string {
  const model = imported ? `${imported}, ${architecture}, on ` : "";
  return `${model}${backend}; ${count(train)} training digits, ${count(validation)} validation digits`;
}

/** What computes is loaded while the pointer is on its way to the button. */
const prepare = (): void => ask({ type: "prepare" });

/** The main button, and what else can be done with the run as it stands. */
function Controls() {
  const state = runState.value;
  const step = progress.value?.step ?? 0;
  const lost = trouble.value?.lost ?? false;
  const { lr } = experiment.value;
  const gentler = Math.max(limits.leastRate, Number((lr / 10).toPrecision(2)));
  const goOn = (name: string, main: boolean) => (
    <button
      type="button"
      class={main ? "primary" : ""}
      disabled={!ready.value}
      onPointerEnter={prepare}
      onFocus={prepare}
      onClick={() => ask({ type: "run" })}
    >
      {name}
    </button>
  );
  return (
    <div class="controls">
      {state === "running" && (
        <button type="button" class={lost ? "" : "primary"} onClick={() => ask({ type: "pause" })}>
          Pause
        </button>
      )}
      {lost && (
        <button type="button" class="primary" onClick={() => change({ lr: gentler })}>
          Try a rate of {gentler}
        </button>
      )}
      {state === "done" && (
        <button
          type="button"
          class={lost ? "" : "primary"}
          title="Back to new, random weights, which can be trained again"
          onClick={reset}
        >
          Start over
        </button>
      )}
      {(state === "idle" || state === "paused") && goOn(step > 0 ? "Continue" : "Start training", !lost)}
      <button
        type="button"
        disabled={!ready.value || (state !== "idle" && state !== "paused")}
        title="Learn from one minibatch"
        onClick={() => ask({ type: "step" })}
      >
        Step
      </button>
      {state !== "done" && (
        <button type="button" disabled={!ready.value} title="Back to new, random weights" onClick={reset}>
          Reset
        </button>
      )}
    </div>
  );
}

/** What is being loaded, and how far it is. */
function Loading() {
  const load = loading.value;
  if (!load) return <p class="note">Loading the program that trains, about 30 KB</p>;
  const of = load.total > 0 ? ` of ${count(load.total / 1024)}` : "";
  return <p class="note">{`Loading the digits, ${count(load.loaded / 1024)} KB${of}`}</p>;
}

/** When the accuracy was measured: the network goes on learning before it is judged again. */
function whenJudged(): string {
  const [at, step, each] = [judged.value?.step ?? 0, progress.value?.step ?? 0, ready.value?.stepsPerEpoch ?? 1];
  if (at === step) return "";
  return at === 0 ? "before training" : at % each === 0 ? `after epoch ${at / each}` : `after step ${at}`;
}

/** Start, pause, step, reset; and the figures of the run. */
export function RunBar() {
  const total = (ready.value?.stepsPerEpoch ?? 0) * experiment.value.epochs;
  const now = progress.value;
  const load = loading.value;
  const trend = curves.value.loss.trend.at(-1);
  return (
    <section class="card runbar" aria-label="The run">
      <Controls />
      <dl class="figures">
        <div class="big">
          <dt>
            Validation accuracy <Term name="accuracy" />
          </dt>
          <dd>
            <span data-testid="accuracy">{judged.value ? percent(judged.value.accuracy) : "–"}</span>{" "}
            <small>{whenJudged()}</small>
          </dd>
        </div>
        <div>
          <dt>
            Training loss <Term name="loss" />
          </dt>
          <dd>{trend === undefined ? "–" : trend.toFixed(3)}</dd>
        </div>
        <div>
          <dt>Examples per second</dt>
          <dd data-testid="speed">{now?.examplesPerSecond ? count(now.examplesPerSecond) : "–"}</dd>
        </div>
        <div>
          <dt>
            Epoch <Term name="epochs" />
          </dt>
          <dd>
            {now?.epoch ?? 0} / {experiment.value.epochs}
          </dd>
        </div>
      </dl>
      {load && load.total > 0 ? (
        <progress max={load.total} value={load.loaded} aria-label="Loading" />
      ) : (
        <progress max={Math.max(1, total)} value={now?.step ?? 0} aria-label="Training">
          {now?.step ?? 0}
        </progress>
      )}
      <div aria-live="polite">{ready.value && !load ? <p class="note">{situation(ready.value)}</p> : <Loading />}</div>
      {ready.value?.note && <p class="note warn">{ready.value.note}</p>}
      {trouble.value && (
        <p class="note bad" role="alert">
          {trouble.value.text}
          {trouble.value.lost && " Try a smaller learning rate."}
        </p>
      )}
    </section>
  );
}
