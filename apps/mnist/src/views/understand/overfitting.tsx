import { type Overfitting as Fit, type FitPoint, overfitByAndBy } from "@dlcc/course";
import { useState } from "preact/hooks";
import { count } from "../../ui/figures.ts";
import { useRuns } from "./frames.ts";
import { Chapter, Choice, decimals, Legend, Numbers, Slider } from "./parts.tsx";
import { Plot, Polyline } from "./plot.tsx";

const steps = 150;
const percent = (share: number): string => `${decimals(0)(100 * share)}%`;

/** A network that learns wrong labels by heart. */
export function Overfitting() {
  const [examples, setExamples] = useState(30);
  const [hidden, setHidden] = useState(32);
  const [wrong, setWrong] = useState(0.15);
  const [figure, setFigure] = useState<"cost" | "accuracy">("cost");
  const { shown, done, element } = useRuns<Fit, HTMLDivElement>(`${examples} ${hidden} ${wrong}`, () => [
    overfitByAndBy({ examples, hidden, wrong, steps }),
  ]);
  const fit = shown[0]?.at(-1);
  const points = fit?.points ?? [];
  const last = points.at(-1);
  const best = points.reduce<FitPoint | undefined>(
    (least, point) => (least && least.testCost <= point.testCost ? least : point),
    undefined,
  );
  const [train, test] = figure === "cost" ? (["trainCost", "testCost"] as const) : (["train", "test"] as const);
  const top = figure === "cost" ? 1.05 * points.reduce((most, { testCost }) => Math.max(most, testCost), 1) : 1.02;
  const choose = (n: number, neurons: number, share: number) => {
    setExamples(n);
    setHidden(neurons);
    setWrong(share);
  };
  return (
    <Chapter
      name="overfitting"
      idea={
        <>
          The network learns to say whether a point is inside a circle, and some of the labels are wrong. With more
          parameters than examples it can learn each example by heart, the wrong labels, too. Examples that it has never
          seen tell the difference.
        </>
      }
      ask="The cost on the training examples falls to the end. When would you have stopped, and how can you know while you train?"
      answer="Where the cost on unseen examples is lowest: from there on the network learns what is true of these examples alone. It takes examples that are kept apart to see it, the validation data. To stop at their best is called early stopping; more data, a smaller network, dropout and weight decay help as well."
      tries={[
        { label: "Few examples", go: () => choose(20, 64, 0.15) },
        { label: "Many examples", go: () => choose(400, 32, 0.15) },
        { label: "A small network", go: () => choose(30, 4, 0.15) },
        { label: "No wrong labels", go: () => choose(30, 32, 0) },
      ]}
    >
      <div class="bench" ref={element}>
        <section class="card">
          <Plot
            label={`The ${figure} on the training examples and on unseen ones`}
            x={[0, steps]}
            y={[0, top]}
            xLabel="steps"
            yLabel={figure === "cost" ? "C" : "accuracy"}
            height={374}
          >
            {(scales) => (
              <>
                {best && figure === "cost" && (
                  <Polyline
                    class="distance"
                    points={[
                      [best.step, 0],
                      [best.step, top],
                    ]}
                    scales={scales}
                  />
                )}
                {([train, test] as const).map((part, i) => (
                  <Polyline
                    key={part}
                    class={i === 0 ? "path" : "path second"}
                    points={points.map((point) => [point.step, point[part]])}
                    scales={scales}
                  />
                ))}
              </>
            )}
          </Plot>
          <Legend
            inks={[
              ["train", `the ${examples} training examples`],
              ["check", "1,000 unseen ones"],
            ]}
          />
        </section>
        <section class="card panel">
          <Choice label="Figure" options={{ cost: "Cost", accuracy: "Accuracy" }} value={figure} onChange={setFigure} />
          <Slider
            label="Training examples"
            value={examples}
            min={10}
            max={400}
            step={10}
            show={decimals(0)}
            onChange={setExamples}
          />
          <Slider
            label="Neurons in each hidden layer"
            value={hidden}
            min={2}
            max={64}
            step={2}
            show={decimals(0)}
            onChange={setHidden}
          />
          <Slider label="Wrong labels" value={wrong} min={0} max={0.4} step={0.05} show={percent} onChange={setWrong} />
          {fit && last && (
            <Numbers
              of={[
                ["Parameters", count(fit.parameters)],
                ["Right, of the training examples", percent(last.train)],
                ["Right, of unseen ones", percent(last.test)],
                ["At best, as labels are wrong", percent(1 - wrong)],
              ]}
            />
          )}
          <p class="verdict" aria-live="polite">
            {!done
              ? "It is learning …"
              : best && last && last.testCost > 1.1 * best.testCost
                ? `It overfits: on unseen examples it was best after ${best.step} steps.`
                : "It doesn't overfit: on unseen examples it is as good as it ever was."}
          </p>
        </section>
      </div>
    </Chapter>
  );
}
