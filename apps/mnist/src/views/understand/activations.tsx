import { type ActivationName, activations, type Curve, curve, sharpened } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Chapter, Choice, decimals, Formula, Slider, Var } from "./parts.tsx";
import { Handle, Plot, pathOf } from "./plot.tsx";

const reach = 6;
const samples = Array.from({ length: 481 }, (_, i) => reach * (i / 240 - 1));
const three = decimals(3);

const about: Readonly<
  Record<ActivationName, { readonly title: string; readonly formula: string; readonly says: string }>
> = {
  step: {
    title: "Step",
    formula: "1 where z > 0, else 0",
    says: "A step is flat on both sides: nudge a weight, and mostly nothing changes. With a slope of 0 there is nothing to learn from.",
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
    says: "A slope of 1 as far as you go to the right, so gradients pass unharmed. On the left it is 0: a neuron that is always there is dead.",
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
      answer="The slopes multiply: 0.01 to the fifth power is a ten-thousand-millionth, so the first layer learns nothing. A ReLU that fires has a slope of 1, and 1 to any power is 1: all of it arrives."
      idea={
        <>
          An activation turns a neuron's weighted sum into its output. To learn by descent it must have a slope, and the
          slope decides how much of the gradient comes through. Drag the point along the curve.
        </>
      }
      tries={[
        { label: "Sharpen it into a step", go: () => choose("sigmoid", 0.3, 20) },
        { label: "A saturated neuron", go: () => choose("sigmoid", 5) },
        { label: "A dead one", go: () => choose("relu", -2) },
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
            height={300}
          >
            {(scales) => (
              <>
                <path
                  class="path"
                  d={pathOf(
                    points.map(({ v: at, value }) => [at, value]),
                    scales,
                  )}
                />
                {here && (
                  <>
                    <path
                      class="goal"
                      d={pathOf(
                        [-2 * reach, 2 * reach].map((to) => [to, here.value + here.derivative * (to - z)]),
                        scales,
                      )}
                    />
                    <Handle
                      label="The point: z"
                      scales={scales}
                      at={[z, here.value]}
                      step={0.1}
                      sideways
                      onMove={(to) => setZ(Math.max(-reach, Math.min(reach, to)))}
                    />
                  </>
                )}
              </>
            )}
          </Plot>
          <Plot label="Its derivative" x={[-reach, reach]} y={[-0.15, steepest]} xLabel="z" yLabel="σ′(z)" height={210}>
            {(scales) => (
              <>
                <path
                  class="path second"
                  d={pathOf(
                    points.map(({ v: at, derivative }) => [at, derivative]),
                    scales,
                  )}
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
            <dl class="numbers" data-testid="numbers">
              <div>
                <dt>At z</dt>
                <dd>{three(z)}</dd>
              </div>
              <div>
                <dt>Value σ(z)</dt>
                <dd>{three(here.value)}</dd>
              </div>
              <div>
                <dt>Slope σ′(z)</dt>
                <dd>{three(here.derivative)}</dd>
              </div>
              <div>
                <dt>Share of a gradient left after 5 such layers</dt>
                <dd>{decimals(5)(here.derivative ** 5)}</dd>
              </div>
            </dl>
          )}
          <p>{about[name].says}</p>
        </section>
      </div>
    </Chapter>
  );
}
