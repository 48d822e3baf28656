import { defaults, type Experiment } from "@dlcc/experiment";
import {
  architectureOf,
  augmentationOf,
  augmentations,
  augmentedBy,
  choices,
  limits,
  rateOf,
  toQuery,
  withLayers,
} from "../experiment.ts";
import { presets } from "../presets.ts";
import { backends, change, experiment, isDefault, ready } from "../state.ts";
import { ChoiceField, NumberField } from "../ui/fields.tsx";
import { count } from "../ui/figures.ts";
import { Later } from "../ui/later.tsx";
import { Term } from "../ui/term.tsx";

/** The form of the experiment. Another number of epochs goes on with the run; every other change makes a new network. */
export function ExperimentForm() {
  const e = experiment.value;
  return (
    <aside class="form" aria-label="The experiment">
      <Presets />
      <fieldset>
        <legend>
          Network <Term name="hidden" /> <span>{architectureOf(e)}</span>
        </legend>
        {e.layers === undefined ? (
          <DenseLayers hidden={e.hidden} />
        ) : (
          <Later load={() => import("./image-layers.tsx").then((view) => view.ImageLayers)} />
        )}
        {ready.value && (
          <p class="note">
            {count(ready.value.parameters)} parameters <Term name="parameters" />
          </p>
        )}
      </fieldset>
      <fieldset>
        <legend>Learning</legend>
        <NumberField
          label="Learning rate"
          term="lr"
          value={e.lr}
          low={limits.leastRate}
          high={limits.rate}
          step="any"
          set={(lr) => change({ lr })}
        />
        <NumberField
          label="Batch size"
          term="batchSize"
          value={e.batchSize}
          low={1}
          high={limits.batchSize}
          set={(batchSize) => change({ batchSize })}
        />
        <NumberField
          label="Epochs"
          term="epochs"
          value={e.epochs}
          low={1}
          high={limits.epochs}
          set={(epochs) => change({ epochs })}
        />
      </fieldset>
      <More />
      <button
        type="button"
        class="quiet"
        disabled={isDefault.value}
        onClick={() => change({ ...augmentedBy(null), ...withLayers(defaults.hidden), ...defaults })}
      >
        Back to the defaults
      </button>
    </aside>
  );
}

/** The hidden layers, each with its units and its activation. */
function DenseLayers({ hidden }: Pick<Experiment, "hidden">) {
  const image = (): void => {
    const dense = hidden.map(({ units }) => `dense ${units}`);
    change(withLayers(["conv 8 5", "pool 2", ...dense].join(", ")));
  };
  return (
    <>
      {hidden.length > 0 && (
        <div class="layer heads">
          <span>Units</span>
          <span>
            Activation <Term name="activation" />
          </span>
        </div>
      )}
      {hidden.map((layer, i) => {
        const put = (part: Partial<typeof layer>) =>
          change({ hidden: hidden.map((old, j) => (j === i ? { ...old, ...part } : old)) });
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
              onClick={() => change({ hidden: hidden.filter((_, j) => j !== i) })}
            >
              ×
            </button>
          </div>
        );
      })}
      <button
        type="button"
        class="quiet"
        disabled={hidden.length >= limits.layers}
        onClick={() => change({ hidden: [...hidden, hidden.at(-1) ?? { units: 64, activation: "relu" }] })}
      >
        + Add a layer
      </button>
      <button type="button" class="quiet" onClick={image}>
        + A convolution before them
      </button>
    </>
  );
}

/** Experiments that ask a question: one click, and what to look at. */
function Presets() {
  const query = toQuery(experiment.value);
  const chosen = presets.find((preset) => toQuery(preset.experiment) === query);
  return (
    <div class="presets">
      <label>
        <span>Begin with a question</span>
        <select
          value={chosen?.name ?? ""}
          onChange={(event) => {
            const found = presets.find(({ name }) => name === event.currentTarget.value);
            if (found) change(found.experiment);
          }}
        >
          {!chosen && <option value="">Your own experiment</option>}
          {presets.map(({ name, title, question }) => (
            <option key={name} value={name} title={question}>
              {title}
            </option>
          ))}
        </select>
      </label>
      {chosen && (
        <p class="note">
          <b>{chosen.question}</b> <Look text={chosen.look} />
        </p>
      )}
    </div>
  );
}

/** What to look at: a heading in quotation marks leads to its card. */
function Look({ text }: { readonly text: string }) {
  const show = (name: string): void => {
    const heading = [...document.querySelectorAll("h2")].find((found) => found.textContent.startsWith(name));
    heading?.closest(".card")?.scrollIntoView({ block: "center" });
  };
  const parts = text.split(/“(.+?)”/);
  return (
    <>
      {parts.map((part, i) =>
        i % 2 === 0 ? (
          part
        ) : (
          <button type="button" class="link" key={part} onClick={() => show(part)}>
            {part}
          </button>
        ),
      )}
    </>
  );
}

/** The settings behind "More": it is open where one of them isn't the usual one. */
const isUsual = (e: Experiment): boolean =>
  toQuery({ ...defaults, hidden: e.hidden, layers: e.layers, lr: e.lr, batchSize: e.batchSize, epochs: e.epochs }) ===
  toQuery(e);

function More() {
  const e = experiment.value;
  return (
    <details class="more" open={!isUsual(e)}>
      <summary>More settings</summary>
      <fieldset aria-label="More of learning">
        <ChoiceField label="Loss" term="loss" value={e.loss} table={choices.loss} set={(loss) => change({ loss })} />
        <ChoiceField
          label="Optimizer"
          term="optimizer"
          value={e.optimizer}
          table={choices.optimizer}
          set={(optimizer) => change({ optimizer, lr: rateOf(optimizer) })}
        />
        <ChoiceField
          label="Rate over time"
          term="schedule"
          value={e.schedule}
          table={choices.schedule}
          set={(schedule) => change({ schedule })}
        />
        <NumberField
          label="Weight decay"
          term="weightDecay"
          value={e.weightDecay}
          low={0}
          high={limits.weightDecay}
          step="any"
          set={(weightDecay) => change({ weightDecay })}
        />
        <NumberField
          label="Dropout"
          term="dropout"
          value={e.dropout}
          low={0}
          high={limits.dropout}
          step="any"
          set={(dropout) => change({ dropout })}
        />
        <ChoiceField
          label="Augmentation"
          term="augment"
          value={augmentationOf(e)}
          table={augmentations}
          set={(name) => change(augmentedBy(name))}
        />
        {e.augment && <p class="note">Each epoch changes the digits at random: {e.augment}.</p>}
        <ChoiceField
          label="Initial weights"
          term="init"
          value={e.init}
          table={choices.init}
          set={(init) => change({ init })}
        />
        <NumberField
          label="Seed"
          term="seed"
          value={e.seed}
          low={0}
          high={limits.seed}
          set={(seed) => change({ seed })}
        />
      </fieldset>
      <BackendChoice />
    </details>
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
