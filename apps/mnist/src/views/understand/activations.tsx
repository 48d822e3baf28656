import { type ActivationName, activations, type Curve, curve, sharpened } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Chapter, Choice, decimals, Formula, Numbers, Slider, Var } from "./parts.tsx";
import { Plot, Polyline } from "./plot.tsx";
import { Tangent } from "./tangent.tsx";

const reach = 6;
const samples = Array.from({ length: 481 }, (_, i) => reach * (i / 240 - 1));
const three = decimals(3);

const about: Readonly<
  Record<ActivationName, { readonly title: string; readonly formula: string; readonly says: string }>
> = {
  step: {
    title: "Step",
    formula: "1 where z > 0, else 0",
    says: "A step is flat on both sides: a small change of a weight mostly changes nothing. With a slope of 0 there is nothing to learn from.",
  },
  sigmoid: {
    title: "Sigmoid",
    formula: "1 / (1 + e⁻ᶻ)",
    says: "A smooth step: a small change of a weight gives a small change of the output. Far from 0 it is nearly flat, and a neuron there hardly learns: it is saturated.",
  },
  tanh: {
    title: "tanh",
    formula: "(eᶻ − e⁻ᶻ) / (eᶻ + e⁻ᶻ)",
    says: "A sigmoid from −1 to 1. Its slope reaches 1 where the sigmoid's is ¼, so less is lost from layer to layer.",
  },
  relu: {
    title: "ReLU",
    formula: "max(0, z)",
    says: "The slope is 1 for every z above 0, so gradients pass as they are. Below 0 it is 0: a neuron whose z is negative for every example is dead, as no gradient reaches its weights.",
  },
};

/** A point on a curve, its slope, and how a sigmoid becomes a step. */
export function Activations() {
  const [name, setName] = useState<ActivationName>("sigmoid");
  const [sharpness, setSharpness] = useState(1);
  const [z, setZ] = useState(1);
  const sharp = name === "sigmoid" ? sharpness : 1;
  const f = useMemo<Curve>(() => sharpened(activations[name], sharp), [name, sharp]);
  const points = useMemo(() => curve(f, samples), [f]);
  const here = useMemo(() => curve(f, [z])[0], [f, z]);
  const [low, high] = { step: [-0.4, 1.4], sigmoid: [-0.4, 1.4], tanh: [-1.3, 1.3], relu: [-1, 5] }[name] as [
    number,
    number,
  ];
  const steepest = Math.max(1.1, ...points.map(({ derivative }) => derivative * 1.1));
  const choose = (next: ActivationName, at: number, sharpest = 1) => {
    setName(next);
    setZ(at);
    setSharpness(sharpest);
  };
  return (
    <Chapter
      name="activations"
      ask="Five layers of saturated sigmoids, each with a slope of 0.01. How much of the output's gradient arrives at the first, and how much would arrive through ReLUs that fire?"
      answer="The slopes multiply: 0.01⁵ = 10⁻¹⁰, so the first layer learns nothing. A ReLU that fires has a slope of 1, and 1⁵ = 1: all of it arrives."
      idea={
        <>
          An activation turns a neuron's weighted sum into its output. To learn by descent it must have a slope, and the
          slope decides how much of the gradient comes through. Drag the point along the curve.
        </>
      }
      tries={[
        { label: "Sharpen it into a step", go: () => choose("sigmoid", 0.3, 20) },
        { label: "A saturated neuron", go: () => choose("sigmoid", 5) },
        { label: "A dead ReLU", go: () => choose("relu", -2) },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <Plot
            label="The activation, and its tangent at the point"
            x={[-reach, reach]}
            y={[low, high]}
            xLabel="z"
            yLabel="σ(z)"
            height={334}
          >
            {(scales) => <Tangent curve={points} here={here} scales={scales} label="The point: z" onMove={setZ} />}
          </Plot>
          <Plot label="Its derivative" x={[-reach, reach]} y={[-0.15, steepest]} xLabel="z" yLabel="σ′(z)" height={244}>
            {(scales) => (
              <>
                <Polyline
                  class="path second"
                  points={points.map(({ v: at, derivative }) => [at, derivative])}
                  scales={scales}
                />
                {here && <circle class="mark" cx={scales.x(z)} cy={scales.y(here.derivative)} r="6" />}
              </>
            )}
          </Plot>
        </section>
        <section class="card panel">
          <Choice
            label="Activation"
            options={{ step: "Step", sigmoid: "Sigmoid", tanh: "tanh", relu: "ReLU" }}
            value={name}
            onChange={(next) => choose(next, z)}
          />
          {name === "sigmoid" && (
            <Slider
              label="Sharpness s, in σ(s·z)"
              value={sharpness}
              min={1}
              max={20}
              step={0.5}
              show={decimals(1)}
              onChange={setSharpness}
            />
          )}
          <Formula>
            <Var>σ</Var>(<Var>z</Var>) = {about[name].formula}
          </Formula>
          {here && (
            <Numbers
              of={[
                ["At z", three(z)],
                ["Value σ(z)", three(here.value)],
                ["Slope σ′(z)", three(here.derivative)],
                ["Share of a gradient left after 5 such layers", decimals(5)(here.derivative ** 5)],
              ]}
            />
          )}
          <p>{about[name].says}</p>
        </section>
      </div>
    </Chapter>
  );
}
