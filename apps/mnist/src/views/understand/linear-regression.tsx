import { bestLine, descendToLine, type Line, type Pairs, pointsAroundLine } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Chapter, decimals, Formula, Legend, Slider, Var } from "./parts.tsx";
import { Handle, Plot, Polyline, pathOf, type Scales } from "./plot.tsx";
import { useSteps } from "./steps.ts";

const steps = 60;
const reach = { x: 2.5, y: 6 } as const;
const three = decimals(3);

const scattered = (seed: number, w: number, b: number): Pairs => pointsAroundLine({ w, b, noise: 0.7, n: 14, seed });

/** Points to drag, the line by descent, and the best line in closed form. */
export function LinearRegression() {
  const [points, setPoints] = useState(() => scattered(1, 1.6, 0.8));
  const [draw, setDraw] = useState(1);
  const [rate, setRate] = useState(0.3);
  const lines = useMemo(() => descendToLine(points, { lr: rate, steps }), [points, rate]);
  const best = useMemo(() => (new Set(points.x).size > 1 ? bestLine(points) : undefined), [points]);
  const { shown, playing, play, show } = useSteps(steps);
  const line = lines[shown];

  const move = (i: number, x: number, y: number) => setPoints({ x: points.x.with(i, x), y: points.y.with(i, y) });
  const add = (x: number, y: number) => setPoints({ x: [...points.x, x], y: [...points.y, y] });
  const remove = (i: number) => {
    if (points.x.length > 2) setPoints({ x: points.x.toSpliced(i, 1), y: points.y.toSpliced(i, 1) });
  };
  return (
    <Chapter
      name="linear-regression"
      ask="Drag one point far away from the others. Why does the line follow it more than it follows any other point?"
      answer="The cost counts squares. A distance of 5 costs 25 times as much as a distance of 1, and the gradient pulls 5 times as hard. The line gives up a little at many points to save a lot at one: least squares are sensitive to outliers."
      idea={
        <>
          A line has two numbers to learn, its slope w and its height b. The cost is half the mean square of the dotted
          distances to the points; descent changes w and b until neither can be improved. Drag the points, or click
          between them to add one.
        </>
      }
      tries={[
        {
          label: "One point far off",
          go: () => {
            setPoints({ ...points, y: points.y.with(0, (points.y[0] ?? 0) > 0 ? -5.4 : 5.4) });
            play();
          },
        },
        {
          label: "Other points",
          go: () => {
            setPoints(scattered(draw + 1, draw % 2 ? -1.2 : 1.6, draw % 2 ? -0.5 : 0.8));
            setDraw(draw + 1);
            play();
          },
        },
        {
          label: "A rate that is too large",
          go: () => {
            setRate(2.2);
            play();
          },
        },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <Fit points={points} line={line} best={best} onMove={move} onAdd={add} onRemove={remove} />
          <Costs lines={lines} best={best} shown={shown} />
          <Legend
            inks={[
              ["train", "by descent"],
              ["check", "the best line"],
            ]}
          >
            <span>Delete removes the point that you have chosen.</span>
          </Legend>
        </section>
        <section class="card panel">
          <Slider label="Learning rate η" value={rate} min={0.01} max={2.5} step={0.01} onChange={setRate} />
          <Slider label="Steps" value={shown} min={0} max={steps} step={1} show={decimals(0)} onChange={show} />
          <div class="controls">
            <button type="button" class="primary" onClick={play}>
              {playing ? "Again" : "Run"}
            </button>
            <button type="button" disabled={shown >= steps} onClick={() => show(shown + 1)}>
              One step
            </button>
          </div>
          <Formula>
            <Var>C</Var> = 1/(2<Var>n</Var>) Σ (<Var>wx</Var> + <Var>b</Var> − <Var>y</Var>)²
          </Formula>
          <table class="compare" data-testid="lines">
            <thead>
              <tr>
                <td />
                <th scope="col">by descent</th>
                <th scope="col">the best</th>
              </tr>
            </thead>
            <tbody>
              {(["w", "b", "cost"] as const).map((part) => (
                <tr key={part}>
                  <th scope="row">{part === "cost" ? "C" : part}</th>
                  <td>{line && three(line[part])}</td>
                  <td>{best ? three(best[part]) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </Chapter>
  );
}

function Fit(props: {
  points: Pairs;
  line: Line | undefined;
  best: Line | undefined;
  onMove: (i: number, x: number, y: number) => void;
  onAdd: (x: number, y: number) => void;
  onRemove: (i: number) => void;
}) {
  const { points, line, best } = props;
  const inside = (value: number, limit: number): number => Math.max(-limit, Math.min(limit, value));
  const across = ({ w, b }: Line, scales: Scales): string =>
    pathOf(
      [-reach.x, reach.x].map((x) => [x, w * x + b]),
      scales,
    );
  return (
    <Plot
      label="Points, the line by descent and the best line"
      x={[-reach.x, reach.x]}
      y={[-reach.y, reach.y]}
      xLabel="x"
      yLabel="y"
      onGround={props.onAdd}
    >
      {(scales) => (
        <>
          {line &&
            points.x.map((x, i) => (
              <path
                key={i}
                class="distance"
                d={pathOf(
                  [
                    [x, points.y[i] ?? 0],
                    [x, line.w * x + line.b],
                  ],
                  scales,
                )}
              />
            ))}
          {best && <path class="goal" d={across(best, scales)} />}
          {line && <path class="path" d={across(line, scales)} />}
          {points.x.map((x, i) => (
            <Handle
              key={i}
              label={`Point ${i + 1}`}
              scales={scales}
              at={[x, points.y[i] ?? 0]}
              step={0.1}
              radius={6}
              ink
              onMove={(to, y) => props.onMove(i, inside(to, reach.x), inside(y, reach.y))}
              onRemove={() => props.onRemove(i)}
            />
          ))}
        </>
      )}
    </Plot>
  );
}

/** The cost, step by step. */
function Costs({ lines, best, shown }: { lines: readonly Line[]; best: Line | undefined; shown: number }) {
  const top = Math.max(lines[0]?.cost ?? 1, best?.cost ?? 0) * 1.1 || 1;
  return (
    <Plot label="The cost after each step" x={[0, steps]} y={[0, top]} xLabel="steps" yLabel="C" height={234}>
      {(scales) => (
        <>
          {best && (
            <Polyline
              class="goal"
              points={[
                [0, best.cost],
                [steps, best.cost],
              ]}
              scales={scales}
            />
          )}
          <Polyline
            points={lines.slice(0, shown + 1).map(({ cost }, step) => [step, Math.min(cost, 100 * top)])}
            scales={scales}
          />
        </>
      )}
    </Plot>
  );
}
