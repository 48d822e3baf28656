import { activations, type Curve, curve, sensitivity } from "@dlcc/course";
import { sin } from "@dlcc/tensor";
import { useMemo, useState } from "preact/hooks";
import { Chapter, Choice, decimals, Formula, Legend, Slider, Var } from "./parts.tsx";
import { Plot, Polyline } from "./plot.tsx";
import { Tangent } from "./tangent.tsx";

const [three, five] = [decimals(3), decimals(5)];
const reach = 3;
const samples = Array.from({ length: 241 }, (_, i) => reach * (i / 120 - 1));

const functions = {
  square: { title: "v²", f: (v) => v.mul(v), y: [-1.5, 9] },
  sine: { title: "sin v", f: sin, y: [-1.6, 1.6] },
  sigmoid: { title: "1/(1 + e⁻ᵛ)", f: activations.sigmoid, y: [-0.3, 1.3] },
} as const satisfies Readonly<
  Record<string, { readonly title: string; readonly f: Curve; readonly y: readonly [number, number] }>
>;
type FunctionName = keyof typeof functions;

/** A point on a curve, a step from there, and what the derivative predicts for it. */
export function Derivative() {
  const [name, setName] = useState<FunctionName>("square");
  const [v, setV] = useState(1);
  const [step, setStep] = useState(0.8);
  const { f, y, title } = functions[name];
  const points = useMemo(() => curve(f, samples), [f]);
  const here = useMemo(() => curve(f, [v])[0], [f, v]);
  const nudges = useMemo(
    () =>
      sensitivity(
        f,
        v,
        [1, 1 / 2, 1 / 4, 1 / 8].map((part) => part * step),
      ),
    [f, v, step],
  );
  const [nudge] = nudges;
  const choose = (next: FunctionName, at: number, by: number) => {
    setName(next);
    setV(at);
    setStep(by);
  };
  return (
    <Chapter
      name="derivative"
      idea={
        <>
          The derivative says how strongly a function reacts: a small step Δ<Var>v</Var> changes <Var>f</Var> by about{" "}
          <span class="whole">
            <Var>f</Var>′(<Var>v</Var>)·Δ<Var>v</Var>
          </span>
          . In the picture that is a step along the tangent in place of the curve. Drag the point, and change the step.
        </>
      }
      ask="Each row of the table has half the step of the row above. What becomes of the difference between the change and its prediction?"
      answer="About a quarter of it is left. The prediction is a straight line; what it misses is the curve's bend, and that grows with the square of the step. So for small steps the derivative is as good as the function, and that is all that descent needs."
      tries={[
        { label: "A small step", go: () => setStep(0.1) },
        { label: "Where nothing changes", go: () => choose("sine", Math.PI / 2, 0.4) },
        { label: "A saturated sigmoid", go: () => choose("sigmoid", 2.8, -1) },
      ]}
    >
      <div class="bench">
        <section class="card">
          <Plot
            label="The function, its tangent, and the step"
            x={[-reach, reach]}
            y={y}
            xLabel="v"
            yLabel="f(v)"
            height={394}
          >
            {(scales) => (
              <Tangent curve={points} here={here} scales={scales} label="The point: v" onMove={setV}>
                {here && nudge && (
                  <>
                    <Polyline
                      class="distance"
                      points={[
                        [v, here.value],
                        [v + step, here.value],
                        [v + step, here.value + nudge.change],
                      ]}
                      scales={scales}
                    />
                    <circle class="mark" cx={scales.x(v + step)} cy={scales.y(here.value + nudge.predicted)} r="6" />
                    <circle class="visited" cx={scales.x(v + step)} cy={scales.y(here.value + nudge.change)} r="6" />
                  </>
                )}
              </Tangent>
            )}
          </Plot>
          <Legend
            inks={[
              ["train", "where the function arrives"],
              ["check", "what the derivative predicts"],
            ]}
          />
        </section>
        <section class="card panel">
          <Choice
            label="Function"
            options={{ square: "v²", sine: "sin v", sigmoid: "sigmoid" }}
            value={name}
            onChange={setName}
          />
          <Slider label="Step Δv" value={step} min={-1.5} max={1.5} step={0.05} onChange={setStep} />
          {here && (
            <Formula name="slope">
              <Var>v</Var> = {three(v)}:{" "}
              <span class="whole">
                <Var>f</Var>(<Var>v</Var>) = {title} = {three(here.value)},
              </span>{" "}
              <span class="whole">
                <Var>f</Var>′(<Var>v</Var>) = {three(here.derivative)}
              </span>
            </Formula>
          )}
          <table class="compare" data-testid="nudges">
            <thead>
              <tr>
                <th scope="col">Δv</th>
                <th scope="col">change</th>
                <th scope="col">f′(v)·Δv</th>
                <th scope="col">difference</th>
              </tr>
            </thead>
            <tbody>
              {nudges.map(({ step: by, change, predicted }, i) => (
                <tr key={i}>
                  <th scope="row">{three(by)}</th>
                  <td>{three(change)}</td>
                  <td>{three(predicted)}</td>
                  <td>{five(change - predicted)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </Chapter>
  );
}
