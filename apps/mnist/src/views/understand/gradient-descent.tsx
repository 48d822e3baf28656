import { descend, type Place } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { type LandscapeName, landscapes } from "./landscape.ts";
import { Chapter, Choice, decimals, Formula, Legend, Numbers, Slider, Var } from "./parts.tsx";
import { useSteps } from "./steps.ts";
import { SurfacePlot } from "./surface-plot.tsx";

const steps = 60;
const three = decimals(3);

const outcomes = {
  converged: "It has arrived: the slope is almost 0, and the ground rises on all sides.",
  "on its way": "It is on its way.",
  diverged: "It got away: each step went further past the valley than the one before.",
  stranded: "It is stranded on flat land: no slope, so no direction, and this is not a valley.",
} as const;

/** A ball to drag, a rate to change, and the path of the descent. */
export function GradientDescent() {
  const [name, setName] = useState<LandscapeName>("bowl");
  const [start, setStart] = useState<Place>(landscapes.bowl.start);
  const [rate, setRate] = useState<number>(landscapes.bowl.rates.right);
  const [arrows, setArrows] = useState(true);
  const landscape = landscapes[name];
  const whole = useMemo(() => descend(landscape.surface, { start, lr: rate, steps }), [landscape, start, rate]);
  const { shown, play, playing, show } = useSteps(whole.path.length - 1);
  const path = whole.path.slice(0, shown + 1);
  const here = path[path.length - 1];
  const before = path[path.length - 2];

  const choose = (next: LandscapeName, speed: "small" | "right" | "large" = "right") => {
    setName(next);
    setStart(landscapes[next].start);
    setRate(landscapes[next].rates[speed]);
    play();
  };
  return (
    <Chapter
      name="gradient-descent"
      ask="The bowl is ½(x² + 4y²). Above which learning rate does the descent get away, and in which direction?"
      answer="A step multiplies y by 1 − 4η and x by 1 − η. They grow where such a factor is below −1: y above η = 0.5, x above η = 2. So above 0.5 the descent gets away along y, the steeper direction: the steepest one sets the limit for all. At 0.5 itself y jumps from side to side, and comes no nearer."
      idea={
        <>
          The gradient points where the ground rises most. Take a small step the other way, look again, and repeat: the
          ball finds a valley without ever seeing the whole surface. A step is the gradient times the learning rate η.
          Drag the ball to another start.
        </>
      }
      tries={[
        { label: "A rate that is too small", go: () => choose(name, "small") },
        { label: "One that is right", go: () => choose(name, "right") },
        { label: "One that is too large", go: () => choose(name, "large") },
        {
          label: "Stranded on flat land",
          go: () => {
            choose("valley");
            setStart([1.9, 1.3]);
          },
        },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <SurfacePlot landscape={landscape} path={path} arrows={arrows} onStart={setStart} />
          <Legend
            inks={[
              ["train", "the way down"],
              ["high", "higher ground"],
              ...(arrows ? ([["check", "the direction of descent"]] as const) : []),
            ]}
          />
        </section>
        <section class="card panel">
          <Choice
            label="Surface"
            options={{ bowl: "A bowl", valley: "Hill and valley" }}
            value={name}
            onChange={(next) => choose(next)}
          />
          <Slider
            label="Learning rate η"
            value={Math.log10(rate)}
            min={-2}
            max={1}
            step={0.01}
            show={(value) => decimals(3)(10 ** value)}
            onChange={(value) => setRate(10 ** value)}
          />
          <Slider
            label="Steps"
            value={shown}
            min={0}
            max={whole.path.length - 1}
            step={1}
            show={decimals(0)}
            onChange={show}
          />
          <div class="controls">
            <button type="button" class="primary" onClick={play}>
              {playing ? "Again" : "Run"}
            </button>
            <button type="button" disabled={shown >= whole.path.length - 1} onClick={() => show(shown + 1)}>
              One step
            </button>
            <button type="button" aria-pressed={arrows} onClick={() => setArrows(!arrows)}>
              Arrows
            </button>
          </div>
          <Formula name="rule">
            <Var>v</Var> ← <Var>v</Var> − <Var>η</Var> ∇<Var>C</Var>(<Var>v</Var>), <Var>C</Var> = {landscape.formula}
          </Formula>
          {here && (
            <Numbers
              of={[
                ["Place v", `(${here.place.map(three).join(", ")})`],
                ["Height C(v)", three(here.value)],
                ["Gradient ∇C", `(${here.gradient.map(three).join(", ")})`],
              ]}
            />
          )}
          {before && here && (
            <p class="note" data-testid="last-step">
              The last step: {three(before.place[0])} − {three(rate)} · ({three(before.gradient[0])}) ={" "}
              {three(here.place[0])} in x, {three(before.place[1])} − {three(rate)} · ({three(before.gradient[1])}) ={" "}
              {three(here.place[1])} in y.
            </p>
          )}
          <p class="verdict" aria-live="polite">
            {shown === whole.path.length - 1 ? outcomes[whole.outcome] : `Step ${shown} of ${whole.path.length - 1}.`}
          </p>
        </section>
      </div>
    </Chapter>
  );
}
