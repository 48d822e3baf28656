import "./draw.css";
import { useEffect, useRef, useState } from "preact/hooks";
import { augmentedBy } from "../experiment.ts";
import type { Drawing } from "../messages.ts";
import { sheet } from "../sheet.ts";
import { ask, experiment, judged, linkTo, progress, reader, ready } from "../state.ts";
import { Image } from "../ui/image.tsx";

const { side, pen } = sheet;
/** With an accuracy from this on, the network can read. */
const canRead = 0.8;

/** The view in which people draw a digit, and see it being read. */
export function DrawView() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly [number, number] | undefined>(undefined);
  const [empty, setEmpty] = useState(true);

  const clear = () => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!context) return;
    context.fillStyle = "#fff";
    context.fillRect(0, 0, side, side);
    setEmpty(true);
    reader.clear();
  };
  useEffect(clear, []);

  const drawing = (): Drawing | undefined => {
    const data = canvas.current?.getContext("2d", { willReadFrequently: true })?.getImageData(0, 0, side, side).data;
    if (!data) return undefined;
    const pixels = new Uint8Array(side * side); // A plain loop, because this happens many times a second.
    for (let i = 0; i < pixels.length; i++) pixels[i] = data[4 * i] ?? 255;
    return { pixels, width: side, height: side };
  };
  const read = () => reader.read(drawing);
  const draw = (event: PointerEvent) => {
    const box = canvas.current?.getBoundingClientRect();
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (!box || !context) return;
    const to = [
      ((event.clientX - box.left) * side) / box.width,
      ((event.clientY - box.top) * side) / box.height,
    ] as const;
    const from = last.current ?? to;
    context.lineWidth = pen;
    context.lineCap = "round";
    context.strokeStyle = "#000";
    context.beginPath();
    // A line of length 0 has no ink, so a touch draws a dot.
    context.arc(...to, pen / 2 - 1, 0, 2 * Math.PI);
    context.fillStyle = "#000";
    context.fill();
    context.beginPath();
    context.moveTo(...from);
    context.lineTo(...to);
    context.stroke();
    last.current = to;
    setEmpty(false);
    read();
  };
  // The first stroke shall not wait for what reads it.
  useEffect(() => ask({ type: "prepare" }), []);
  // A new network reads the drawing that is already there.
  useEffect(() => {
    if (!empty) read();
  }, [ready.value]);
  const found = reader.reading.value;
  const learned = (judged.value?.accuracy ?? 0) >= canRead;
  return (
    <div class="draw">
      <section class="card pad">
        <header>
          <h1>Draw a digit</h1>
          <button type="button" onClick={clear}>
            Clear
          </button>
        </header>
        <div class="sheet">
          <canvas
            ref={canvas}
            width={side}
            height={side}
            role="img"
            aria-label="A sheet to draw a digit on, with mouse, pen or finger"
            data-testid="sheet"
            onPointerDown={(event) => {
              event.currentTarget.setPointerCapture(event.pointerId);
              last.current = undefined;
              draw(event);
            }}
            onPointerMove={(event) => {
              if (event.buttons > 0 && last.current) draw(event);
            }}
            onPointerUp={() => {
              last.current = undefined;
            }}
          />
          {empty && <p aria-hidden="true">from 0 to 9, large</p>}
        </div>
        {!ready.value && <p class="note">Preparing the network</p>}
        {ready.value && !learned && (
          <p class="note warn">
            {progress.value ? "This network reads poorly so far." : "This network has learned nothing yet."}{" "}
            <a href={linkTo("train")}>Train it first</a>; it takes seconds.
          </p>
        )}
        {learned && !experiment.value.augment && (
          <p class="note">
            It misreads slanted digits? <a href={linkTo("train", augmentedBy("strong"))}>Train one with augmentation</a>
            , which has seen many.
          </p>
        )}
      </section>
      <section class="card">
        <header>
          <h2>What it reads</h2>
        </header>
        <p class="guess" aria-live="polite" aria-busy={reader.busy.value} data-testid="guess">
          {found ? found.guess : "–"}
        </p>
        <ol class="bars">
          {Array.from({ length: 10 }, (_, digit) => {
            const share = Math.max(0, Math.min(1, found?.scores[digit] ?? 0));
            return (
              <li key={digit} class={found?.guess === digit ? "best" : ""}>
                <b>{digit}</b>
                <span>
                  <i style={{ width: `${share * 100}%` }} />
                </span>
                <small>{found ? `${Math.round(share * 100)}%` : ""}</small>
              </li>
            );
          })}
        </ol>
        <fieldset class="teach" disabled={empty}>
          <legend>Wrong? Say which digit it is, and the network learns from it</legend>
          {Array.from({ length: 10 }, (_, digit) => (
            <button
              key={digit}
              type="button"
              aria-label={`It is a ${digit}`}
              onClick={() => {
                const now = drawing();
                if (now) ask({ type: "teach", drawing: now, label: digit });
              }}
            >
              {digit}
            </button>
          ))}
        </fieldset>
      </section>
      <section class="card">
        <header>
          <h2>What each layer sees</h2>
        </header>
        {found ? (
          <div class="layers">
            <figure>
              <Image values={found.pixels} label="The drawing as the network sees it: 28 by 28 pixels" />
              <figcaption>28 × 28, centred</figcaption>
            </figure>
            {found.layers.map(({ name, values }, i) => (
              <figure key={i}>
                <Image
                  values={values}
                  side={Math.ceil(Math.sqrt(values.length))}
                  shades="signed"
                  label={`Outputs of part ${i + 1}: ${name}`}
                />
                <figcaption>{name}</figcaption>
              </figure>
            ))}
          </div>
        ) : (
          <p class="empty">Draw, and see how the picture becomes an answer.</p>
        )}
      </section>
    </div>
  );
}
