import { bestLine, costSurface, descendInMinibatches, type Line, pointsAroundLine } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import type { Landscape } from "./landscape.ts";
import { Chapter, decimals, Legend, Slider } from "./parts.tsx";
import { Plot, Polyline } from "./plot.tsx";
import { useSteps } from "./steps.ts";
import { Ground } from "./surface-plot.tsx";

const three = decimals(3);
const n = 60;
const points = pointsAroundLine({ w: 1.6, b: 0.9, noise: 1, n, seed: 3 });
const best = bestLine(points);
/** The surface of the cost, around the lines on the way. */
const landscape: Pick<Landscape, "surface" | "reach" | "centre"> = {
  surface: costSurface(points),
  reach: [1.6, 1.3],
  centre: [1, 0.5],
};
const range = (axis: 0 | 1): [number, number] => [
  (landscape.centre?.[axis] ?? 0) - landscape.reach[axis],
  (landscape.centre?.[axis] ?? 0) + landscape.reach[axis],
];

/** Descent with all examples in each step, beside descent in minibatches, on the same data. */
export function Stochastic() {
  const [size, setSize] = useState(4);
  const [rate, setRate] = useState(0.15);
  const [epochs, setEpochs] = useState(5);
  const [seed, setSeed] = useState(1);
  const options = { lr: rate, epochs, seed };
  const full = useMemo(() => descendInMinibatches(points, { ...options, size: n }), [rate, epochs, seed]);
  const small = useMemo(() => descendInMinibatches(points, { ...options, size }), [rate, epochs, seed, size]);
  const { shown, playing, play, show } = useSteps(small.length - 1, 3000 / small.length);
  const each = n / size;
  const seen = Math.min(epochs, shown / each);
  const path = small.slice(0, shown + 1);
  const whole = full.slice(0, Math.floor(seen) + 1);
  const top = 1.05 * (small[0]?.cost ?? 1);
  const line = (lines: readonly Line[]) => lines.map(({ w, b }) => [w, b] as const);
  return (
    <Chapter
      name="stochastic-gradient-descent"
      idea={
        <>
          Descent with all examples takes one sure step for each pass over the data. Stochastic gradient descent takes a
          step for each minibatch, a few examples drawn at random: each is a guess at the gradient, with noise, but
          there are many more of them for the same work. A pass over the data is called an epoch. Both paths below have
          seen the same number of examples.
        </>
      }
      ask="With minibatches of one example the path never comes to rest. Why not, though it is near the best line, and what helps?"
      answer="At the best line the gradients of the examples sum to zero, but each by itself doesn't: a step follows one example, and the next pulls it back. The noise is in proportion to the learning rate, so a smaller rate makes it smaller. That is why rates are lowered towards the end of training."
      tries={[
        {
          label: "One example a step",
          go: () => {
            setSize(1);
            play();
          },
        },
        {
          label: "All examples in each step",
          go: () => {
            setSize(n);
            play();
          },
        },
        {
          label: "Another order",
          go: () => {
            setSeed(seed + 1);
            play();
          },
        },
        {
          label: "Less noise: a smaller rate",
          go: () => {
            setRate(0.03);
            setEpochs(12);
            play();
          },
        },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <Plot label="The cost over w and b, and the two paths" x={range(0)} y={range(1)} xLabel="w" yLabel="b">
            {(scales) => (
              <>
                <Ground landscape={landscape} scales={scales} />
                <Polyline points={line(path)} scales={scales} />
                <Polyline class="path second" points={line(whole)} scales={scales} />
                {whole.map(({ w, b }, i) => (
                  <circle key={i} class="mark" cx={scales.x(w)} cy={scales.y(b)} r="5" />
                ))}
                <path class="cross" d={`M${scales.x(best.w) - 6},${scales.y(best.b)}h12m-6,-6v12`} />
              </>
            )}
          </Plot>
          <Plot
            label="The cost by the number of passes over the data"
            x={[0, epochs]}
            y={[0, top]}
            xLabel="passes over the data"
            yLabel="C"
            height={234}
          >
            {(scales) => (
              <>
                <Polyline
                  points={path.map(({ cost }, i) => [Math.min(epochs, i / each), Math.min(cost, 3 * top)])}
                  scales={scales}
                />
                <Polyline
                  class="path second"
                  points={whole.map(({ cost }, i) => [i, Math.min(cost, 3 * top)])}
                  scales={scales}
                />
              </>
            )}
          </Plot>
          <Legend
            inks={[
              ["train", `minibatches of ${size}`],
              ["check", `all ${n} examples in each step`],
            ]}
          >
            <span>+ the best line</span>
          </Legend>
        </section>
        <section class="card panel">
          <Slider
            label="Minibatch size m"
            value={size}
            min={1}
            max={n}
            step={1}
            show={decimals(0)}
            onChange={setSize}
          />
          <Slider label="Learning rate η" value={rate} min={0.01} max={0.6} step={0.01} onChange={setRate} />
          <Slider
            label="Passes over the data"
            value={epochs}
            min={1}
            max={20}
            step={1}
            show={decimals(0)}
            onChange={setEpochs}
          />
          <Slider
            label="Steps shown"
            value={shown}
            min={0}
            max={small.length - 1}
            step={1}
            show={decimals(0)}
            onChange={show}
          />
          <div class="controls">
            <button type="button" class="primary" onClick={play}>
              {playing ? "Again" : "Run"}
            </button>
          </div>
          <table class="compare" data-testid="paths">
            <thead>
              <tr>
                <td />
                <th scope="col">minibatches</th>
                <th scope="col">all at once</th>
                <th scope="col">the best</th>
              </tr>
            </thead>
            <tbody>
              <tr>
                <th scope="row">steps</th>
                <td>{path.length - 1}</td>
                <td>{whole.length - 1}</td>
                <td />
              </tr>
              {(["w", "b", "cost"] as const).map((part) => (
                <tr key={part}>
                  <th scope="row">{part === "cost" ? "C" : part}</th>
                  <td>{three(path.at(-1)?.[part] ?? 0)}</td>
                  <td>{three(whole.at(-1)?.[part] ?? 0)}</td>
                  <td>{three(best[part])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </Chapter>
  );
}
