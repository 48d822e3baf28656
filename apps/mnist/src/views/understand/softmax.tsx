import { lossesOf, softmax, softmaxProperties } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { ClassInput, ClassTarget, ofClass } from "./classes.tsx";
import { Bar, Chapter, decimals, Formula, SignedBar, Slider, Var } from "./parts.tsx";

const [one, three] = [decimals(1), decimals(3)];
const start = [2, 1, 0.2, -1] as const;

/** Four numbers become probabilities, and cross-entropy passes a gradient back. */
export function Softmax() {
  const [z, setZ] = useState<readonly number[]>(start);
  const [added, setAdded] = useState(0);
  const [factor, setFactor] = useState(1);
  const [target, setTarget] = useState(0);
  const inputs = useMemo(() => z.map((v) => factor * v + added), [z, factor, added]);
  const { exponentials, activations, least, sum, slopes } = useMemo(
    () => softmaxProperties(inputs, target),
    [inputs, target],
  );
  const loss = useMemo(
    () => lossesOf(inputs, target).find(({ loss: name }) => name === "crossEntropy"),
    [inputs, target],
  );
  const unshifted = useMemo(() => softmax(z.map((v) => factor * v)), [z, factor]);
  const apart = Math.max(...activations.map((a, j) => Math.abs(a - (unshifted[j] ?? 0))));
  const set = (values: readonly number[], f = 1, c = 0) => {
    setZ(values);
    setFactor(f);
    setAdded(c);
  };
  return (
    <Chapter
      name="softmax"
      idea={
        <>
          Softmax turns any numbers into probabilities: positive, with sum 1. Cross-entropy measures the surprise at the
          right answer, and the gradient that it passes back is simply the probabilities minus the answer.
        </>
      }
      ask="A network gives z = (1, 2, 3, 4), another z = (101, 102, 103, 104). Which is surer of its answer?"
      answer="Neither: only differences count. The factor e¹⁰⁰ is in every exponential, so it cancels in the share of the sum. To be surer, a network must make the differences larger, as “Ten times as large” does."
      tries={[
        { label: "All alike", go: () => set([1, 1, 1, 1]) },
        { label: "Add 3 to all", go: () => set(z, factor, 3) },
        { label: "Ten times as large", go: () => set(z, 10, 0) },
        { label: "Sure, and wrong", go: () => set([-3, 5, 0, 0]) },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <table class="compare classes" data-testid="softmax">
            <thead>
              <tr>
                <th scope="col">Class and its z</th>
                <th scope="col">
                  e<sup>z</sup>
                </th>
                <th scope="col">a = softmax(z)</th>
                <th scope="col">y</th>
                <th scope="col">∂C/∂z = a − y</th>
              </tr>
            </thead>
            <tbody>
              {activations.map((a, j) => (
                <tr key={j}>
                  <ClassInput j={j} z={z} onChange={setZ} />
                  <td data-label="eᶻ">{three(exponentials[j] ?? 0)}</td>
                  <td data-label="a">
                    <Bar share={a} />
                    {three(a)}
                  </td>
                  <ClassTarget j={j} target={target} onChange={setTarget} />
                  <td data-label="a − y">
                    <SignedBar value={loss?.gradient[j] ?? 0} />
                    {three(loss?.gradient[j] ?? 0)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          <Formula name="loss">
            <Var>C</Var> = −log <Var>a</Var>
            {ofClass("", target)} = {three(loss?.value ?? 0)}
          </Formula>
        </section>
        <section class="card panel">
          <Slider label="Times all" value={factor} min={0} max={10} step={0.1} show={one} onChange={setFactor} />
          <Slider label="Added to all" value={added} min={-5} max={5} step={0.1} show={one} onChange={setAdded} />
          <Formula>
            <Var>a</Var>
            <sub>j</sub> = <Var>e</Var>
            <sup>
              z<sub>j</sub>
            </sup>{" "}
            / Σ<sub>k</sub> <Var>e</Var>
            <sup>
              z<sub>k</sub>
            </sup>
          </Formula>
          <ol class="properties">
            <li>
              <b>Positive.</b> The least is {decimals(5)(least)}.
            </li>
            <li>
              <b>They sum to one.</b> The sum is {three(sum)}.
            </li>
            <li>
              <b>One rises, the others fall.</b> With a larger {ofClass("z", target)}, {ofClass("a", target)} changes by{" "}
              {three(slopes[target] ?? 0)} for each unit, the others by{" "}
              {slopes
                .filter((_, j) => j !== target)
                .map(three)
                .join(", ")}
              .
            </li>
            <li>
              <b>A smooth argmax.</b> The largest has {three(Math.max(...activations))}: the larger its lead, the closer
              to 1.
            </li>
            <li>
              <b>Only differences count.</b> With {one(added)} added to all, the largest change of a probability is{" "}
              {three(apart)}.
            </li>
          </ol>
        </section>
      </div>
    </Chapter>
  );
}
