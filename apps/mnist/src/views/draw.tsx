import "./draw.css";
import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import { addressIn } from "../address.ts";
import {
  chosenReader,
  drawing,
  isExample,
  keepInAddress,
  learned,
  picture,
  reader,
  readerName,
  setStrokes,
  strokes,
  verdict,
} from "../drawing.ts";
import { augmentedBy } from "../experiment.ts";
import { take } from "../files.ts";
import { greeting } from "../greeting.ts";
import type { Drawing, ReaderName } from "../messages.ts";
import { ask, experiment, linkTo, progress, ready } from "../state.ts";
import type { Stroke } from "../strokes.ts";
import { Image } from "../ui/image.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { Term } from "../ui/term.tsx";

/** The view in which people draw a digit, and see it being read. */
export function DrawView() {
  // What the page drew on Train is not the visitor's.
  useEffect(() => {
    if (isExample.value) setStrokes([]);
    ask({ type: "prepare" });
  }, []);
  return (
    <div class="draw">
      <Drawn />
      <Answer />
      <Layers />
    </div>
  );
}

function Drawn() {
  // What was said is said of one drawing.
  const [said, setSaid] = useState<{ readonly text: string; readonly of: readonly Stroke[] }>();
  const share = (): void => {
    const of = strokes.value;
    const say = (text: string): void => setSaid({ text, of });
    keepInAddress();
    if (!addressIn(location.hash).drawing) {
      say("This drawing is too long for a link.");
      return;
    }
    navigator.clipboard.writeText(location.href).then(
      () => say("The link is copied: whoever opens it sees this drawing."),
      () => say("The browser does not allow copying: the address of this page has the drawing."),
    );
  };
  return (
    <section class="card pad">
      <header>
        <h1>Draw a digit</h1>
        <button type="button" onClick={() => setStrokes([])}>
          Clear
        </button>
      </header>
      <Sheet hint="from 0 to 9, of any size" />
      <div class="controls">
        <button type="button" disabled={strokes.value.length === 0} onClick={share}>
          Copy a link to it
        </button>
        <label class="button">
          Open a picture
          <input
            type="file"
            accept="image/*"
            onChange={(event) => {
              void take([...(event.currentTarget.files ?? [])]);
              event.currentTarget.value = "";
            }}
          />
        </label>
      </div>
      <p class="note" aria-live="polite">
        {(said?.of === strokes.value && said.text) ||
          (picture.value
            ? "A picture stays in this browser: only what is drawn here has a link."
            : "A photograph works, too: dark on light or light on dark, with one digit on it.")}
      </p>
    </section>
  );
}

/** Who reads: the model that comes with the page, or the visitor's own. */
function Readers() {
  const by = readerName.value;
  return (
    <fieldset class="readers">
      <legend>Read by</legend>
      <label>
        <input
          type="radio"
          name="reader"
          checked={by === "greeting"}
          onChange={() => (chosenReader.value = "greeting")}
        />
        <span>
          the model that comes with the page{" "}
          <small>
            {greeting.about}; reads {greeting.accuracy}% of digits that it has never seen
          </small>
        </span>
      </label>
      <label>
        <input type="radio" name="reader" checked={by === "own"} onChange={() => (chosenReader.value = "own")} />
        <span>
          your network{" "}
          <small>
            {[
              ready.value?.architecture,
              !learned.value && (progress.value ? "it reads poorly so far" : "it has learned nothing yet"),
            ]
              .filter(Boolean)
              .join(", ")}
          </small>
        </span>
      </label>
      {!learned.value && (
        <p class="note">
          <a href={linkTo("train")}>Train your own</a>; it takes seconds.
        </p>
      )}
      {learned.value && by === "own" && !experiment.value.augment && (
        <p class="note">
          It misreads slanted digits? <a href={linkTo("train", augmentedBy("strong"))}>Train one with augmentation</a>,
          which has seen many.
        </p>
      )}
    </fieldset>
  );
}

/** The last lesson, and what was before it. */
const lesson = signal<
  | {
      readonly digit: number;
      /** How many lessons there were since the last step. */
      readonly count: number;
      readonly reader: ReaderName;
      readonly chosen: ReaderName | undefined;
      readonly step: number;
      readonly network: unknown;
    }
  | undefined
>(undefined);

/** Each network has digits of its own to show. */
const network = (): unknown => ready.value?.strip;
const stepNow = (): number => progress.value?.step ?? 0;

/** Teaches the visitor's network, which reads from then on. */
function teach(now: Drawing, digit: number): void {
  const before = lessonNow();
  lesson.value = {
    digit,
    count: (before?.count ?? 0) + 1,
    reader: before?.reader ?? readerName.value,
    chosen: before ? before.chosen : chosenReader.value,
    step: stepNow(),
    network: network(),
  };
  chosenReader.value = "own";
  ask({ type: "teach", drawing: now, label: digit });
}

/** The lesson, as long as the network has not gone on since. */
const lessonNow = (): typeof lesson.value =>
  lesson.value?.step === stepNow() && lesson.value.network === network() ? lesson.value : undefined;

/** What a lesson has changed, and the way back. */
function Lesson() {
  const last = lessonNow();
  const takeBack = (): void => {
    ask({ type: "unteach" });
    chosenReader.value = last?.chosen;
    lesson.value = undefined;
  };
  return (
    <p class="note lesson" aria-live="polite">
      {last && (
        <>
          Your network has had a lesson: this is a {last.digit}.{" "}
          {last.reader === "greeting" && "It reads now, in place of the model that comes with the page. "}
          {last.step === 0 && "It was not trained before: it may take anything for this digit now. "}
          <button type="button" class="link" onClick={takeBack}>
            {last.count > 1 ? `Take the ${last.count} lessons back` : "Take the lesson back"}
          </button>
        </>
      )}
    </p>
  );
}

function Answer() {
  const found = reader.reading.value;
  const said = verdict.value;
  const empty = strokes.value.length === 0 && !picture.value;
  return (
    <section class="card">
      <header>
        <h2>
          What it reads <Term name="scores" />
        </h2>
      </header>
      <p class="guess" aria-live="polite" aria-busy={reader.busy.value}>
        <span data-testid="guess" aria-busy={reader.busy.value} class={said ? "" : "none"}>
          {said?.text ?? "–"}
        </span>
        <small data-testid="why">{said?.why}</small>
      </p>
      <ol class="bars">
        {Array.from({ length: 10 }, (_, digit) => {
          const share = Math.max(0, Math.min(1, found?.scores[digit] ?? 0));
          return (
            <li key={digit} class={said?.text === String(digit) ? "best" : ""}>
              <b>{digit}</b>
              <span>
                <i style={{ width: `${share * 100}%` }} />
              </span>
              <small>{found ? `${Math.round(share * 100)}%` : ""}</small>
            </li>
          );
        })}
      </ol>
      <Readers />
      <fieldset class="teach" disabled={empty}>
        <legend>Wrong? Say which digit it is, and your network learns from it</legend>
        {Array.from({ length: 10 }, (_, digit) => (
          <button
            key={digit}
            type="button"
            aria-label={`It is a ${digit}`}
            onClick={() => {
              const now = drawing();
              if (now) teach(now, digit);
            }}
          >
            {digit}
          </button>
        ))}
      </fieldset>
      <Lesson />
    </section>
  );
}

/** At most so many maps of a layer are shown. */
const mostMaps = 16;

/** Feature maps, each as a picture. */
function Maps({
  values,
  maps,
  label,
}: {
  readonly values: Float32Array;
  readonly maps: number;
  readonly label: string;
}) {
  const each = values.length / maps;
  const shown = Math.min(maps, mostMaps);
  return (
    <div class="maps" role="img" aria-label={label} style={{ "--columns": String(Math.ceil(Math.sqrt(shown))) }}>
      {Array.from({ length: shown }, (_, i) => (
        <Image
          key={i}
          values={values.subarray(i * each, (i + 1) * each)}
          side={Math.round(Math.sqrt(each))}
          shades="signed"
        />
      ))}
    </div>
  );
}

function Layers() {
  const found = reader.reading.value;
  return (
    <section class="card">
      <header>
        <h2>What each layer sees</h2>
      </header>
      {found ? (
        <div class="layers">
          <figure>
            <Image values={found.pixels} label="The drawing as the network sees it: 28 by 28 pixels" />
            <figcaption>28 × 28 pixels, centred by mass</figcaption>
          </figure>
          {found.layers.map((layer, i) => (
            <figure key={i}>
              {layer.maps === undefined ? (
                <Image
                  values={layer.values}
                  side={Math.ceil(Math.sqrt(layer.values.length))}
                  shades="signed"
                  label={`Outputs of part ${i + 1}: ${layer.name}`}
                />
              ) : (
                <Maps values={layer.values} maps={layer.maps} label={`Outputs of part ${i + 1}: ${layer.name}`} />
              )}
              <figcaption>{layer.name}</figcaption>
            </figure>
          ))}
        </div>
      ) : (
        <p class="empty">Draw, and see how the picture becomes an answer.</p>
      )}
    </section>
  );
}
