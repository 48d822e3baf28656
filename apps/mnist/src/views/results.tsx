/** What a run has brought: below the fold, so its code is loaded after the rest. */
import "./results.css";
import { useEffect, useMemo, useState } from "preact/hooks";
import { architectureOf } from "../experiment.ts";
import { experiment, judged, weights } from "../state.ts";
import { loadCharts } from "../ui/chart.tsx";
import { Image } from "../ui/image.tsx";
import { saveFile } from "../ui/save.ts";
import { Confusion } from "./confusion.tsx";
import { Gradients } from "./curves.tsx";
import { Runs } from "./runs.tsx";
import { Share } from "./share.tsx";

/** So long after the first view, the page is calm, in milliseconds. */
const calm = 300;

export function Results() {
  // The charts are ready before there is something to draw: while a run begins, the page has enough to do.
  useEffect(() => {
    const timer = setTimeout(() => loadCharts().catch(() => {}), calm);
    return () => clearTimeout(timer);
  }, []);
  return (
    <>
      <Runs />
      <div class="pair">
        <Weights />
        <Gradients />
      </div>
      <div class="pair">
        <Confusion />
        <Mistakes />
      </div>
      <Share />
    </>
  );
}

/** The first layer's weights, now or as they were. */
function Weights() {
  const { shots, count, each } = weights.value;
  const [chosen, setChosen] = useState<number>();
  const last = shots.length - 1;
  const at = chosen === undefined || chosen >= last ? last : chosen;
  const shot = shots[at];
  const images = useMemo(
    () => Array.from({ length: count }, (_, i) => shot?.values.subarray(i * each, (i + 1) * each) ?? []),
    [shot, count, each],
  );
  const kernels = shot ? each < 784 : experiment.value.layers !== undefined;
  return (
    <section class="card">
      <header>
        <h2>{kernels ? "The first layer’s kernels" : "What the first layer looks for"}</h2>
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
        <button
          type="button"
          class="save"
          aria-label="Save Weights as PNG"
          disabled={!shot}
          onClick={(event) => saveTiles(event.currentTarget)}
        >
          PNG
        </button>
      </header>
      {shot ? (
        <>
          <div
            class={kernels ? "tiles kernels" : "tiles"}
            role="img"
            aria-label={`The weights of ${count} units of the first layer, as images`}
          >
            {images.map((values, i) => (
              <Image key={i} shades="signed" side={Math.sqrt(each)} values={values} />
            ))}
          </div>
          <label class="over-time">
            <span>Step {shot.step}</span>
            <input
              type="range"
              aria-label="Step at which the weights are shown"
              aria-valuetext={`step ${shot.step}`}
              min={0}
              max={Math.max(1, last)}
              disabled={last < 1}
              value={Math.max(0, at)}
              onInput={(event) => {
                const to = event.currentTarget.valueAsNumber;
                setChosen(to >= last ? undefined : to);
              }}
            />
          </label>
        </>
      ) : (
        <p class="empty">Preparing the network</p>
      )}
    </section>
  );
}

/** Saves the pictures of the card as one. */
function saveTiles(button: HTMLElement): void {
  const tiles = [...(button.closest(".card")?.querySelectorAll("canvas") ?? [])];
  const [columns, side] = [8, 64];
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: columns * side, height: Math.ceil(tiles.length / columns) * side });
  const context = canvas.getContext("2d");
  if (!context) return;
  context.imageSmoothingEnabled = false;
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const [i, tile] of tiles.entries()) {
    context.drawImage(tile, (i % columns) * side + 2, Math.floor(i / columns) * side + 2, side - 4, side - 4);
  }
  canvas.toBlob((blob) => blob && saveFile("weights.png", blob));
}

function Mistakes() {
  const mistakes = judged.value?.mistakes ?? [];
  return (
    <section class="card">
      <header>
        <h2>Its surest mistakes</h2>
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
