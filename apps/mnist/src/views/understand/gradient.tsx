import { changesAround, gradientField, type Place } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { type LandscapeName, landscapes } from "./landscape.ts";
import { Chapter, Choice, decimals, Formula, Legend, Numbers, Slider, Var } from "./parts.tsx";
import { Handle, Plot, Polyline } from "./plot.tsx";
import { Ground } from "./surface-plot.tsx";

const three = decimals(3);
const directions = 72;
/** The step's length, as a share of the picture's half width. */
const share = 0.12;

/** A place on a surface, and a step from there in any direction. */
export function Gradient() {
  const [name, setName] = useState<LandscapeName>("valley");
  const [place, setPlace] = useState<Place>([-0.2, 0.6]);
  const [degrees, setDegrees] = useState(60);
  const landscape = landscapes[name];
  const [right, top] = landscape.reach;
  const step = share * right;
  const here = useMemo(() => gradientField(landscape.surface, [place])[0], [landscape, place]);
  const around = useMemo(() => changesAround(landscape.surface, place, { step, directions }), [landscape, place, step]);
  const [dx, dy] = here?.gradient ?? [0, 0];
  const ahead = Math.atan2(dy, dx);
  const chosen = around[Math.round((degrees / 360) * directions + directions) % directions];
  const most = Math.max(
    1e-3,
    ...around.map(({ change, predicted }) => Math.max(Math.abs(change), Math.abs(predicted))),
  );
  const tip = (angle: number, length: number): Place => [
    place[0] + length * Math.cos(ahead + angle),
    place[1] + length * Math.sin(ahead + angle),
  ];
  /** The changes by angle, from −180° to 180°. */
  const turned = Array.from({ length: directions + 1 }, (_, i) => {
    const at = around[(i + directions / 2) % directions];
    return { angle: (360 * i) / directions - 180, change: at?.change ?? 0, predicted: at?.predicted ?? 0 };
  });
  const inside = (value: number, reach: number): number => Math.max(-reach, Math.min(reach, value));
  return (
    <Chapter
      name="gradient"
      idea={
        <>
          On a surface one can step in any direction. The gradient ∇<Var>f</Var> is the vector of the slopes in{" "}
          <Var>x</Var> and <Var>y</Var>. It points where <Var>f</Var> rises most; a step at an angle <Var>φ</Var> to it
          changes <Var>f</Var> by about{" "}
          <span class="whole">
            ‖∇<Var>f</Var>‖·‖Δ<Var>v</Var>‖·cos <Var>φ</Var>
          </span>
          .
        </>
      }
      ask="In which direction can you step so that the height stays as it is?"
      answer="At 90° to the gradient: there the cosine is 0. That is along the contour line, so contour lines and gradients always cross at right angles. Against the gradient, at 180°, the height falls most: that is the way of descent."
      tries={[
        { label: "With the gradient", go: () => setDegrees(0) },
        { label: "Across", go: () => setDegrees(90) },
        { label: "Against it", go: () => setDegrees(180) },
        {
          label: "At the bottom",
          go: () => {
            setName("valley");
            setPlace([-Math.SQRT1_2, 0]);
          },
        },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <Plot
            label="The surface from above, the gradient and the step"
            x={[-right, right]}
            y={[-top, top]}
            xLabel="x"
            yLabel="y"
          >
            {(scales) => (
              <>
                <Ground landscape={landscape} scales={scales} />
                <Polyline class="goal" points={[place, tip(0, 2 * step)]} scales={scales} />
                <Polyline points={[place, tip((degrees * Math.PI) / 180, step)]} scales={scales} />
                <circle
                  class="visited"
                  cx={scales.x(tip((degrees * Math.PI) / 180, step)[0])}
                  cy={scales.y(tip((degrees * Math.PI) / 180, step)[1])}
                  r="5"
                />
                <Handle
                  label="The place: x, y"
                  scales={scales}
                  at={place}
                  step={right / 40}
                  ink
                  onMove={(x, y) => setPlace([inside(x, right), inside(y, top)])}
                />
              </>
            )}
          </Plot>
          <Plot
            label="The change of the height for each direction of the step"
            x={[-180, 180]}
            y={[-1.15 * most, 1.15 * most]}
            xLabel="angle to the gradient, in degrees"
            yLabel="change"
            height={234}
          >
            {(scales) => (
              <>
                <Polyline points={turned.map(({ angle, change }) => [angle, change])} scales={scales} />
                <Polyline
                  class="goal"
                  points={turned.map(({ angle, predicted }) => [angle, predicted])}
                  scales={scales}
                />
                <circle class="visited" cx={scales.x(degrees)} cy={scales.y(chosen?.change ?? 0)} r="6" />
              </>
            )}
          </Plot>
          <Legend
            inks={[
              ["train", "the step, and its change"],
              ["check", "the gradient, and its prediction"],
              ["high", "higher ground"],
            ]}
          />
        </section>
        <section class="card panel">
          <Choice
            label="Surface"
            options={{ bowl: "A bowl", valley: "Hill and valley" }}
            value={name}
            onChange={(next) => {
              setName(next);
              setPlace(landscapes[next].start);
            }}
          />
          <Slider
            label="Angle of the step to the gradient φ"
            value={degrees}
            min={-180}
            max={180}
            step={5}
            show={(angle) => `${decimals(0)(angle)}°`}
            onChange={setDegrees}
          />
          <Formula>
            <Var>f</Var>(<Var>x</Var>, <Var>y</Var>) = {landscape.formula}
          </Formula>
          <Numbers
            of={[
              ["Gradient ∇f", `(${three(dx)}, ${three(dy)})`],
              ["Its length ‖∇f‖", three(Math.hypot(dx, dy))],
              ["Length of the step ‖Δv‖", three(step)],
              ["Change of f", three(chosen?.change ?? 0)],
              ["Predicted change", three(chosen?.predicted ?? 0)],
            ]}
          />
        </section>
      </div>
    </Chapter>
  );
}
