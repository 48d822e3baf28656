import { defaults } from "@dlcc/experiment";
import { useState } from "preact/hooks";
import { architectureOf, augmentationOf, augmentations, augmentedBy, choices, limits, rateOf } from "../experiment.ts";
import { backends, change, experiment, isDefault, ready } from "../state.ts";

/** The form of the experiment: every change makes a new network. */
export function ExperimentForm() {
  const e = experiment.value;
  return (
    <aside class="form" aria-label="The experiment">
      <fieldset>
        <legend>
          Network <span>{architectureOf(e)}</span>
        </legend>
        {e.hidden.map((layer, i) => {
          const put = (part: Partial<typeof layer>) =>
            change({ hidden: e.hidden.map((old, j) => (j === i ? { ...old, ...part } : old)) });
          return (
            <div class="layer" key={i}>
              <NumberField
                label={`Units of layer ${i + 1}`}
                value={layer.units}
                low={1}
                high={limits.units}
                set={(units) => put({ units })}
                bare
              />
              <ChoiceField
                label={`Activation of layer ${i + 1}`}
                value={layer.activation}
                table={choices.activation}
                set={(activation) => put({ activation })}
                bare
              />
              <button
                type="button"
                class="icon"
                aria-label={`Remove layer ${i + 1}`}
                onClick={() => change({ hidden: e.hidden.filter((_, j) => j !== i) })}
              >
                ×
              </button>
            </div>
          );
        })}
        <button
          type="button"
          class="quiet"
          disabled={e.hidden.length >= limits.layers}
          onClick={() => change({ hidden: [...e.hidden, e.hidden.at(-1) ?? { units: 64, activation: "relu" }] })}
        >
          + Add a layer
        </button>
        {ready.value && <p class="note">{ready.value.parameters.toLocaleString("en-US")} parameters</p>}
      </fieldset>
      <fieldset>
        <legend>Learning</legend>
        <ChoiceField label="Loss" value={e.loss} table={choices.loss} set={(loss) => change({ loss })} />
        <ChoiceField
          label="Optimizer"
          value={e.optimizer}
          table={choices.optimizer}
          set={(optimizer) => change({ optimizer, lr: rateOf(optimizer) })}
        />
        <NumberField
          label="Learning rate"
          value={e.lr}
          low={limits.leastRate}
          high={limits.rate}
          step="any"
          set={(lr) => change({ lr })}
        />
        <ChoiceField
          label="Rate over time"
          value={e.schedule}
          table={choices.schedule}
          set={(schedule) => change({ schedule })}
        />
        <NumberField
          label="Batch size"
          value={e.batchSize}
          low={1}
          high={limits.batchSize}
          set={(batchSize) => change({ batchSize })}
        />
        <NumberField
          label="Epochs"
          value={e.epochs}
          low={1}
          high={limits.epochs}
          set={(epochs) => change({ epochs })}
        />
        <NumberField
          label="Weight decay"
          value={e.weightDecay}
          low={0}
          high={limits.weightDecay}
          step="any"
          set={(weightDecay) => change({ weightDecay })}
        />
        <NumberField
          label="Dropout"
          value={e.dropout}
          low={0}
          high={limits.dropout}
          step="any"
          set={(dropout) => change({ dropout })}
        />
        <ChoiceField
          label="Augmentation"
          value={augmentationOf(e)}
          table={augmentations}
          set={(name) => change(augmentedBy(name))}
        />
        {e.augment && <p class="note">Each epoch changes the digits at random: {e.augment}.</p>}
      </fieldset>
      <fieldset>
        <legend>Initialization</legend>
        <ChoiceField label="Initial weights" value={e.init} table={choices.init} set={(init) => change({ init })} />
        <NumberField label="Seed" value={e.seed} low={0} high={limits.seed} set={(seed) => change({ seed })} />
      </fieldset>
      <BackendChoice />
      <button
        type="button"
        class="quiet"
        disabled={isDefault.value}
        onClick={() => change({ ...augmentedBy(null), ...defaults })}
      >
        Back to the defaults
      </button>
    </aside>
  );
}

/** The backends, each with details or the reason why it doesn't work. */
function BackendChoice() {
  return (
    <fieldset class="backends">
      <legend>Computed by</legend>
      {choices.backend.map(({ name, title }) => {
        const found = backends.value.find((backend) => backend.name === name);
        const there = found?.there ?? true;
        return (
          <label key={name} class={there ? "" : "missing"}>
            <input
              type="radio"
              name="backend"
              checked={experiment.value.backend === name}
              disabled={!there}
              onChange={() => change({ backend: name })}
            />
            <span>
              {title}
              <small>{found?.note}</small>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function ChoiceField({
  label,
  value,
  table,
  set,
  bare = false,
}: {
  label: string;
  value: string;
  table: readonly { readonly name: string; readonly title: string }[];
  set: (name: string) => void;
  bare?: boolean;
}) {
  return (
    <label class={bare ? "field bare" : "field"}>
      <span class={bare ? "hidden" : ""}>{label}</span>
      <select value={value} onChange={(event) => set(event.currentTarget.value)}>
        {table.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}

function NumberField({
  label,
  value,
  low,
  high,
  step = 1,
  set,
  bare = false,
}: {
  label: string;
  value: number;
  low: number;
  high: number;
  step?: number | "any";
  set: (value: number) => void;
  bare?: boolean;
}) {
  // The text being typed, because the page may render meanwhile.
  const [draft, setDraft] = useState<string>();
  return (
    <label class={bare ? "field bare" : "field"}>
      <span class={bare ? "hidden" : ""}>{label}</span>
      <input
        type="number"
        inputMode="decimal"
        value={draft ?? value}
        min={low}
        max={high}
        step={step}
        required
        onInput={(event) => setDraft(event.currentTarget.value)}
        onChange={(event) => {
          const input = event.currentTarget;
          if (!input.reportValidity()) return;
          set(input.valueAsNumber);
          setDraft(undefined);
        }}
      />
    </label>
  );
}
