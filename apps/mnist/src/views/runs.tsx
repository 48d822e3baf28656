import { csvOf } from "../csv.ts";
import { nameOf } from "../experiment.ts";
import { changeRun, pastRuns, removeRun } from "../runs.ts";
import { curves, experiment, judged, judgements } from "../state.ts";
import { percent } from "../ui/figures.ts";
import { saveFile } from "../ui/save.ts";

/** The runs that the charts show: the last one before stays as a ghost, and what is pinned stays with it. */
export function Runs() {
  const past = pastRuns.value;
  const now = nameOf(experiment.value);
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
        </li>
        {past.map(({ id, name, pinned, colour, history }) => {
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
              <span class="controls">
                <button type="button" aria-pressed={pinned} onClick={() => changeRun(id, { pinned: !pinned })}>
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
      {past.length === 0 && <p class="note">Change a setting: this run stays in the charts, beside the next one.</p>}
    </section>
  );
}
