import { type LossName, lossesOf, lossNames, ringOfClasses, softmax, trainClassifierByAndBy } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { ClassInput, ClassTarget, ofClass } from "./classes.tsx";
import { useRuns } from "./frames.ts";
import { Bar, Chapter, decimals, Legend, SignedBar, Slider, Var } from "./parts.tsx";
import { Plot, pathOf } from "./plot.tsx";

const three = decimals(3);
const epochs = 6;

const losses: Readonly<
  Record<LossName, { readonly title: string; readonly formula: string; readonly kind: "train" | "check" | "fourth" }>
> = {
  l1: { title: "L1", formula: "‖o − y‖₁", kind: "fourth" },
  l2: { title: "L2", formula: "½‖o − y‖²", kind: "check" },
  crossEntropy: { title: "Cross-entropy", formula: "−log o of the right class y", kind: "train" },
};

/** The same outputs, judged by three losses. */
export function Losses() {
  const [z, setZ] = useState<readonly number[]>([2, 0.5, -1]);
  const [target, setTarget] = useState(2);
  const outputs = useMemo(() => softmax(z), [z]);
  const results = useMemo(() => lossesOf(z, target), [z, target]);
  return (
    <Chapter
      name="losses"
      idea={
        <>
          The target is <b>one-hot</b>: 1 for the right class, 0 for the others. A loss says how far the outputs{" "}
          <Var>o</Var> are from it, and its gradient says how to change them. All three losses are 0 where the answer is
          right and sure; they differ where it is wrong. (What makes probabilities o of the numbers z is softmax, the
          next chapter.)
        </>
      }
      ask="Take “Sure, and wrong”. Which loss gives a gradient from which the network can learn?"
      answer="Cross-entropy alone: its gradient at z is o − y, as large as the error. L1 and L2 send theirs through the softmax, whose slope o(1 − o) is almost 0 where an output is almost 0 or 1: the network errs most, and learns least."
      tries={[
        {
          label: "Sure, and wrong",
          go: () => {
            setZ([5, -3, -3]);
            setTarget(2);
          },
        },
        {
          label: "Sure, and right",
          go: () => {
            setZ([-3, -3, 5]);
            setTarget(2);
          },
        },
        { label: "No idea", go: () => setZ([0, 0, 0]) },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <table class="compare classes" data-testid="outputs">
            <thead>
              <tr>
                <th scope="col">Class and its z</th>
                <th scope="col">o = softmax(z)</th>
                <th scope="col">one-hot y</th>
                <th scope="col">choose</th>
              </tr>
            </thead>
            <tbody>
              {outputs.map((o, j) => (
                <tr key={j}>
                  <ClassInput j={j} z={z} onChange={setZ} />
                  <td data-label="o">
                    <Bar share={o} />
                    {three(o)}
                  </td>
                  <td data-label="y">
                    <Bar share={j === target ? 1 : 0} kind="check" />
                    {j === target ? 1 : 0}
                  </td>
                  <ClassTarget j={j} target={target} onChange={setTarget} />
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section class="card panel">
          <div data-testid="losses" class="losses">
            {results.map(({ loss, value, gradient }) => (
              <div key={loss}>
                <h2>
                  {losses[loss].title} = {three(value)}
                </h2>
                <p class="note">{losses[loss].formula}</p>
                <dl>
                  {gradient.map((slope, j) => (
                    <div key={j}>
                      <dt>{ofClass("∂C/∂z", j)}</dt>
                      <dd>
                        <SignedBar value={slope} />
                      </dd>
                      <dd>{three(slope)}</dd>
                    </div>
                  ))}
                </dl>
              </div>
            ))}
          </div>
        </section>
      </div>
      <Race />
    </Chapter>
  );
}

/** The same network three times, with the three losses. */
function Race() {
  const [rate, setRate] = useState(0.1);
  const { shown, done, element } = useRuns<number, HTMLElement>(String(rate), () => {
    const ring = ringOfClasses({ n: 150 });
    return lossNames.map((loss) => trainClassifierByAndBy(ring, { loss, lr: rate, epochs, seed: 1 }));
  });
  const shares = lossNames.map((loss, i) => `${losses[loss].title}: ${decimals(0)(100 * (shown[i]?.at(-1) ?? 0))}%`);
  return (
    <section class="card race" ref={element} aria-labelledby="race">
      <h2 id="race">Which learns faster?</h2>
      <p>
        Ten classes around a circle, three networks with the same weights at the start, one for each loss. Everything
        else is the same.
      </p>
      <Slider label="Learning rate η" value={rate} min={0.05} max={1} step={0.05} onChange={setRate} />
      <Plot
        label="The share of right answers after each epoch"
        x={[0, epochs]}
        y={[0, 1]}
        xLabel="epochs"
        yLabel="accuracy"
        height={254}
      >
        {(scales) =>
          lossNames.map((loss, i) => (
            <g key={loss} class={`powers ${losses[loss].kind}`}>
              <path
                d={pathOf(
                  (shown[i] ?? []).map((accuracy, epoch) => [epoch, accuracy]),
                  scales,
                )}
              />
            </g>
          ))
        }
      </Plot>
      <Legend inks={lossNames.map((loss, i) => [losses[loss].kind, shares[i]])} />
      <p class="hidden" aria-live="polite">
        {done ? `After ${epochs} epochs, right answers with ${shares.join(", ")}.` : ""}
      </p>
    </section>
  );
}
