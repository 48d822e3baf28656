import { csvOf } from "../csv.ts";
import { nameOf } from "../experiment.ts";
import { changeRun, most, pastRuns, removeRun } from "../runs.ts";
import { curves, experiment, judged, judgements, progress, ready } from "../state.ts";
import { count, percent } from "../ui/figures.ts";
import { saveFile } from "../ui/save.ts";

/** The runs that the charts show: this one, and the last ones before it. */
export function Runs() {
  const past = pastRuns.value;
  const now = nameOf(experiment.value, ready.value?.imported);
  const save = (): void => {
    const { loss, accuracy } = curves.value;
    const history = { loss, accuracy, judgements: judgements.value };
    const csv = csvOf([{ name: now, history }, ...past.map(({ name, history }) => ({ name, history }))]);
    saveFile("runs.csv", new Blob([csv], { type: "text/csv" }));
  };
  return (
    <section class="card runs">
      <header>
        <h2>Runs to compare</h2>
        <button
          type="button"
          class="save"
          disabled={curves.value.loss.length === 0 && past.length === 0}
          onClick={save}
        >
          CSV
        </button>
      </header>
      <ul>
        <li>
          <i style={{ background: "var(--train)" }} />
          <span class="now">
            {now} <small>this run</small>
          </span>
          <b>{judged.value ? percent(judged.value.accuracy) : "–"}</b>
          <small class="speed">{rate(progress.value?.examplesPerSecond)}</small>
        </li>
        {past.map(({ id, name, pinned, colour, history, speed }) => {
          const last = history.judgements.at(-1);
          return (
            <li key={id}>
              <i style={{ background: `var(${colour})` }} />
              <input
                aria-label="Name of the run"
                // Not `value`: while a run trains, this is drawn anew many times a second, and what is being typed must stay.
                defaultValue={name}
                maxLength={60}
                onChange={({ currentTarget: field }) => {
                  field.value ||= name;
                  changeRun(id, { name: field.value });
                }}
              />
              <b>{last ? percent(last.accuracy) : "–"}</b>
              <small class="speed">{rate(speed)}</small>
              <span class="controls">
                <button
                  type="button"
                  aria-pressed={pinned}
                  title={`The last ${most} runs stay; a pinned one stays longer`}
                  onClick={() => changeRun(id, { pinned: !pinned })}
                >
                  {pinned ? "Pinned" : "Pin"}
                </button>
                <button type="button" aria-label={`Remove ${name}`} onClick={() => removeRun(id)}>
                  Remove
                </button>
              </span>
            </li>
          );
        })}
      </ul>
      {past.length === 0 && <p class="note">Change a setting: this run stays in the charts, beside the next ones.</p>}
    </section>
  );
}

/** How fast a run was. */
const rate = (speed: number | undefined): string => (speed ? `${count(speed)} examples/s` : "");
