import { type TrainedBlocks, trainBlocksByAndBy } from "@dlcc/course";
import { useState } from "preact/hooks";
import { useRuns } from "./frames.ts";
import { Chapter, Choice, decimals, Legend, Slider } from "./parts.tsx";
import { Plot, pathOf } from "./plot.tsx";
import { PowersByLayer } from "./powers.tsx";

type Activation = "sigmoid" | "tanh" | "relu";

const steps = 60;

/** The variants beside each other. */
const variants = [
  { label: "f(u)", kind: "fourth", shortcut: false, normalize: false },
  { label: "u + f(u)", kind: "train", shortcut: true, normalize: false },
  { label: "u + f(u), normalized", kind: "check", shortcut: true, normalize: true },
] as const;

/** Deep networks with and without shortcuts, while they learn. */
export function ResidualBlocks() {
  const [activation, setActivation] = useState<Activation>("sigmoid");
  const [depth, setDepth] = useState(20);
  const { shown, done, element } = useRuns<TrainedBlocks, HTMLDivElement>(`${activation} ${depth}`, () =>
    variants.map(({ shortcut, normalize }) =>
      trainBlocksByAndBy({ shortcut, normalize, activation, depth, steps, width: 12 }),
    ),
  );
  const results = variants.map((variant, i) => ({ ...variant, result: shown[i]?.at(-1) }));
  const costs = results.flatMap(({ result }) => result?.costs ?? []);
  const top = Math.min(3.5, 1.1 * costs.reduce((most, cost) => Math.max(most, cost), 0.8));
  return (
    <Chapter
      name="residual"
      idea={
        <>
          A block that adds its input to what it computes, <span class="whole">u + f(u)</span>, has the derivative{" "}
          <span class="whole">1 + ∂f/∂u</span>. A product of such factors doesn't vanish, so the gradient reaches the
          first of many blocks. Normalization gives each activation inputs of mean 0 and variance 1, however large the
          sums have become.
        </>
      }
      ask="With sigmoids and without shortcuts the cost stays at 0.69. What does the network answer then?"
      answer="It says “one half” for every point: −log ½ = 0.693. Its first blocks get no gradient, so they pass on nothing that would tell the points apart, and the last layer can do no better than toss a coin."
      tries={[
        { label: "20 blocks of sigmoids", go: () => choose("sigmoid", 20) },
        { label: "3 blocks: no difficulty", go: () => choose("sigmoid", 3) },
        { label: "20 blocks of ReLUs", go: () => choose("relu", 20) },
      ]}
    >
      <div class="bench" ref={element}>
        <section class="card stack">
          <PowersByLayer
            label="The gradient of the weights in each block, before the first step"
            yLabel="‖∂C/∂W‖"
            lines={results.map(({ label, kind, result }) => ({ label, kind, values: result?.gradients ?? [] }))}
            height={284}
          />
          <Plot label="The cost while it learns" x={[0, steps]} y={[0, top]} xLabel="steps" yLabel="C" height={264}>
            {(scales) =>
              results.map(({ label, kind, result }) => (
                <g key={label} class={`powers ${kind}`}>
                  <path
                    d={pathOf(
                      (result?.costs ?? []).map((cost, step) => [step, cost]),
                      scales,
                    )}
                  />
                </g>
              ))
            }
          </Plot>
          <Legend inks={variants.map(({ label, kind }) => [kind, label])} />
        </section>
        <section class="card panel">
          <Choice
            label="Activation"
            options={{ sigmoid: "Sigmoid", tanh: "tanh", relu: "ReLU" }}
            value={activation}
            onChange={setActivation}
          />
          <Slider label="Blocks" value={depth} min={2} max={24} step={1} show={decimals(0)} onChange={setDepth} />
          <table class="compare" data-testid="blocks">
            <thead>
              <tr>
                <th scope="col">A block computes</th>
                <th scope="col">steps</th>
                <th scope="col">C</th>
                <th scope="col">right</th>
              </tr>
            </thead>
            <tbody>
              {results.map(({ label, result }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>{(result?.costs.length ?? 1) - 1}</td>
                  <td>{result ? decimals(3)(result.costs.at(-1) ?? 0) : "–"}</td>
                  <td>{result ? `${decimals(0)(100 * result.accuracy)}%` : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <p class="verdict" aria-live="polite">
            {done ? "All three have made their steps." : "They are learning …"}
          </p>
        </section>
      </div>
    </Chapter>
  );

  function choose(next: Activation, blocks: number): void {
    setActivation(next);
    setDepth(blocks);
  }
}
