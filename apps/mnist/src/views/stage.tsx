import { useEffect, useMemo, useState } from "preact/hooks";
import { isExample, reader, readerName, setStrokes, strokes, verdict } from "../drawing.ts";
import { example } from "../example.ts";
import { ask, glance, judged, linkTo, loading, ready, runState, weights } from "../state.ts";
import { Image } from "../ui/image.tsx";
import { Network } from "../ui/network.tsx";
import { Sheet } from "../ui/sheet.tsx";

/** While it trains, each of the ten digits is shown in the network for so long, in milliseconds. */
const turn = 1600;

/** What a visitor sees first: ten digits and what the network reads, the network itself, and a sheet to draw on. */
export function Stage() {
  return (
    <section class="card stage" aria-label="The network at work">
      <Strip />
      <Inside />
      <Try />
    </section>
  );
}

/** Ten digits that the network never learns from. */
function Strip() {
  const [chosen, setChosen] = useState(false);
  const { strip, classes } = ready.value ?? {};
  // The same pictures each time: they are drawn once.
  const pictures = useMemo(() => strip?.labels.map((_, i) => strip.images.subarray(i * 784, (i + 1) * 784)), [strip]);
  const shown = glance.value;
  const at = shown?.at ?? 0;
  const running = runState.value === "running";
  useEffect(() => {
    if (!running || chosen || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const timer = setInterval(() => ask({ type: "glance", at: ((glance.value?.at ?? 0) + 1) % 10 }), turn);
    return () => clearInterval(timer);
  }, [running, chosen]);
  const right = strip?.labels.filter((label, i) => shown?.guesses[i]?.guess === label).length ?? 0;
  return (
    <div class="strip">
      <header>
        <h2>Ten digits it has never seen</h2>
        <small>{shown ? `${right} of ${strip?.labels.length ?? 10} read rightly` : ""}</small>
      </header>
      <ol>
        {Array.from({ length: 10 }, (_, i) => {
          const label = strip?.labels[i];
          const guess = shown?.guesses[i];
          const picture = pictures?.[i];
          if (label === undefined || !picture) return <li key={i} class="waiting" />;
          const name = (index: number): string => classes?.[index] ?? String(index);
          const said = guess ? `, read as ${name(guess.guess)}, ${Math.round(guess.score * 100)}% sure` : "";
          return (
            <li key={i}>
              <button
                type="button"
                aria-pressed={i === at}
                aria-label={`Show ${name(label)}${said}`}
                onClick={() => {
                  setChosen(true);
                  ask({ type: "glance", at: i });
                }}
              >
                <Image values={picture} />
                <b class={!guess ? "" : guess.guess === label ? "right" : "bad"}>{guess ? name(guess.guess) : "–"}</b>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

/** The network, for the digit that was chosen; or for the one that is drawn, when the network reads it. */
function Inside() {
  const { strip, classes = [] } = ready.value ?? {};
  const shown = glance.value;
  const read = reader.reading.value;
  const drawn = read?.inside && strokes.value.length > 0 && !isExample.value ? read : undefined;
  const load = loading.value;
  if (!strip || !shown) {
    return (
      <div class="network waiting">
        <p class="empty">{load ? "The digits are on their way." : "The network is on its way."}</p>
      </div>
    );
  }
  return (
    <Network
      inside={drawn?.inside ?? shown}
      pixels={drawn?.pixels ?? strip.images.subarray(shown.at * 784, (shown.at + 1) * 784)}
      weights={weights.value.shots.at(-1)?.values}
      each={weights.value.each}
      classes={classes}
    />
  );
}

/** A small sheet, and who reads it. */
function Try() {
  const said = verdict.value;
  const own = readerName.value === "own";
  // Nothing to read yet: the page draws an example.
  useEffect(() => {
    if (!judged.value || strokes.value.length > 0 || runState.value !== "idle") return;
    return example();
  }, [judged.value === undefined]);
  return (
    <div class="try">
      <header>
        <h2>Draw one yourself</h2>
        <button type="button" class="quiet" onClick={() => setStrokes([])}>
          Clear
        </button>
      </header>
      <Sheet hint="a digit" />
      <p class="said" aria-live="polite">
        <b data-testid="said">{said?.text ?? "–"}</b>
        <span>
          {said?.why && <span>{said.why} </span>}
          <small>
            {own ? "Read by your network." : "Read by the model that comes with the page, until yours can."}
          </small>{" "}
          <a class="whole" href={linkTo("draw")}>
            A larger sheet
          </a>
        </span>
      </p>
    </div>
  );
}
