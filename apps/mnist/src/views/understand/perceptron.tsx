import { type Bit, countWrong, type Decision, decisionTable, learnPerceptron, perceptron } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Circuit } from "./circuit.tsx";
import { Chapter, Choice, decimals, Formula, Legend, Slider, Var } from "./parts.tsx";
import { Plot, pathOf, type Scales } from "./plot.tsx";

const gates = {
  and: { title: "AND", answer: ([a, b]: readonly Bit[]): Bit => (a && b ? 1 : 0) },
  or: { title: "OR", answer: ([a, b]: readonly Bit[]): Bit => (a || b ? 1 : 0) },
  nand: { title: "NAND", answer: ([a, b]: readonly Bit[]): Bit => (a && b ? 0 : 1) },
  xor: { title: "XOR", answer: ([a, b]: readonly Bit[]): Bit => (a === b ? 0 : 1) },
} as const;
type Gate = keyof typeof gates;

/** Rounds of the learning rule: the three gates that can be learned need fewer. */
const epochs = 20;
const one = decimals(1);

/** A perceptron of two weights and a threshold, and a gate as its target. */
export function Perceptron() {
  const [gate, setGate] = useState<Gate>("nand");
  const [[w1, w2], setWeights] = useState<readonly [number, number]>([1, 1]);
  const [threshold, setThreshold] = useState(0.5);
  const [learned, setLearned] = useState("");
  const wanted = useMemo(() => decisionTable((bits) => [gates[gate].answer(bits)], 2), [gate]);
  const decide = perceptron([w1, w2], threshold);
  const wrong = countWrong(wanted, decide);

  const set = (weights: readonly [number, number], b: number) => {
    setWeights(weights);
    setThreshold(b);
    setLearned("");
  };
  const become = (next: Gate, weights: readonly [number, number], b: number) => {
    setGate(next);
    set(weights, b);
  };
  const learn = () => {
    const found = learnPerceptron(wanted, { lr: 0.5, epochs });
    set([found.weights[0] ?? 0, found.weights[1] ?? 0], found.threshold);
    const rounds = found.mistakes.length;
    setLearned(
      found.mistakes.at(-1) === 0 ? `Learned after ${rounds - 1} rounds of its rule. ` : `After ${rounds} rounds: `,
    );
  };
  return (
    <Chapter
      name="perceptron"
      ask="One perceptron can't be XOR. With how many is it possible, if each is a NAND?"
      answer="Four: the sum of the adder is XOR, and needs all its gates but the one for the carry. A single neuron has one line, which divides the plane in two. Neurons that take in what other neurons say can cut out any region. That is the idea of layers."
      idea={
        <>
          A perceptron multiplies each input by a weight, adds up, and says 1 if the sum is above its threshold b. With
          two inputs that draws a line: 1 on one side, 0 on the other. Choose a gate, and move the sliders until the
          perceptron is that gate.
        </>
      }
      tries={[
        { label: "The course's NAND", go: () => become("nand", [-2, -2], -3) },
        { label: "Let it learn", go: learn },
        { label: "Try XOR", go: () => become("xor", [1, 1], 0.5) },
      ]}
    >
      <div class="bench">
        <section class="card">
          <Plane weights={[w1, w2]} threshold={threshold} wanted={wanted} />
          <Legend inks={[["train", "where it says 1"]]}>
            <span>
              <i class="yes" />
              should be 1
            </span>
            <span>
              <i class="no" />
              should be 0
            </span>
          </Legend>
        </section>
        <section class="card panel">
          <Choice
            label="Gate"
            options={{ and: "AND", or: "OR", nand: "NAND", xor: "XOR" }}
            value={gate}
            onChange={(next) => {
              setGate(next);
              setLearned("");
            }}
          />
          <Slider
            label="Weight w₁"
            value={w1}
            min={-3}
            max={3}
            step={0.1}
            show={one}
            onChange={(w) => set([w, w2], threshold)}
          />
          <Slider
            label="Weight w₂"
            value={w2}
            min={-3}
            max={3}
            step={0.1}
            show={one}
            onChange={(w) => set([w1, w], threshold)}
          />
          <Slider
            label="Threshold b"
            value={threshold}
            min={-4}
            max={4}
            step={0.1}
            show={one}
            onChange={(b) => set([w1, w2], b)}
          />
          <Formula>
            <Var>y</Var> = 1 where {one(w1)}·<Var>x</Var>₁ {w2 < 0 ? "−" : "+"} {one(Math.abs(w2))}·<Var>x</Var>₂ &gt;{" "}
            {one(threshold)}
          </Formula>
          <table class="compare" data-testid="gate">
            <thead>
              <tr>
                <th scope="col">x₁ x₂</th>
                <th scope="col">sum</th>
                <th scope="col">it says</th>
                <th scope="col">{gates[gate].title}</th>
              </tr>
            </thead>
            <tbody>
              {wanted.map(({ inputs, outputs }) => {
                const [a = 0, b = 0] = inputs;
                const says = decide(a, b);
                const right = says === outputs[0];
                return (
                  <tr key={`${a}${b}`} class={right ? "" : "bad"}>
                    <th scope="row">
                      {a} {b}
                    </th>
                    <td>{one(w1 * a + w2 * b)}</td>
                    <td>{says}</td>
                    <td>
                      {outputs[0]} {right ? "✓" : "✗"}
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          <p class="verdict" aria-live="polite">
            {learned}
            {wrong === 0 ? `This is ${gates[gate].title}.` : `${wrong} of 4 ${wrong === 1 ? "is" : "are"} wrong.`}
            {gate === "xor" && " No line has both ones on one side and both zeros on the other."}
          </p>
        </section>
      </div>
      <Circuit />
    </Chapter>
  );
}

/** The four inputs as corners, and the half of the plane where the perceptron says 1. */
function Plane(props: { weights: readonly [number, number]; threshold: number; wanted: readonly Decision[] }) {
  const range = [-0.6, 1.6] as const;
  return (
    <Plot label="The inputs, and where the perceptron says 1" x={range} y={range} xLabel="x₁" yLabel="x₂">
      {(scales) => (
        <>
          <Half {...props} range={range} scales={scales} />
          {props.wanted.map(({ inputs: [a = 0, b = 0], outputs }) => (
            <circle
              key={`${a}${b}`}
              class={outputs[0] ? "corner yes" : "corner"}
              cx={scales.x(a)}
              cy={scales.y(b)}
              r="10"
            />
          ))}
        </>
      )}
    </Plot>
  );
}

/** The part of a square where w·x ≥ b, a polygon. */
function Half(props: {
  weights: readonly [number, number];
  threshold: number;
  range: readonly [number, number];
  scales: Scales;
}) {
  const { weights, threshold, range, scales } = props;
  const [low, high] = range;
  const corners: readonly (readonly [number, number])[] = [
    [low, low],
    [high, low],
    [high, high],
    [low, high],
  ];
  const over = ([x, y]: readonly [number, number]): number => weights[0] * x + weights[1] * y - threshold;
  const kept = corners.flatMap((corner, i) => {
    const next = corners[(i + 1) % corners.length] ?? corner;
    const [here, there] = [over(corner), over(next)];
    const points: (readonly [number, number])[] = here >= 0 ? [corner] : [];
    if (here >= 0 !== there >= 0) {
      const part = here / (here - there);
      points.push([corner[0] + part * (next[0] - corner[0]), corner[1] + part * (next[1] - corner[1])]);
    }
    return points;
  });
  return kept.length > 2 ? <path class="half" d={`${pathOf(kept, scales)}Z`} /> : null;
}
