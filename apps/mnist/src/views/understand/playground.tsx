/** Multilayer perceptrons: a network of a few units that learns points in the plane, while one looks on. */
import {
  createPlayground,
  type LabelledPoints,
  type Place,
  type PlaygroundData,
  type PlaygroundLook,
  playgroundPoints,
} from "@dlcc/course";
import { useMemo, useRef, useState } from "preact/hooks";
import { count } from "../../ui/figures.ts";
import { forAShare, still, useFrames } from "./frames.ts";
import { Chapter, Choice, decimals, Legend, Numbers, Slider } from "./parts.tsx";
import { Board, grid } from "./playground-board.tsx";
import { Units } from "./playground-units.tsx";
import { PowerBar } from "./powers.tsx";

type Task = PlaygroundData | "own";
type Activation = "sigmoid" | "tanh" | "relu";

const n = 160;
/** The steps of a run; then it stops by itself. */
const mostSteps = 20_000;
/** With reduced motion, the picture is drawn after so many steps. */
const portion = 500;
/** The bars of the gradients reach from 10⁻⁵ to 10. */
const powers = { from: -5, to: 1 } as const;

/** What the reader chooses; another choice is another network. */
interface Choices {
  readonly task: Task;
  readonly noise: number;
  readonly layers: number;
  readonly width: number;
  readonly activation: Activation;
  readonly rate: number;
  readonly size: number;
  readonly seed: number;
}

const start: Choices = {
  task: "circle",
  noise: 0.05,
  layers: 1,
  width: 4,
  activation: "tanh",
  rate: 0.3,
  size: 10,
  seed: 1,
};

/** The first own points: an XOR of four. */
const fewPoints: LabelledPoints = {
  x: [
    [-0.6, -0.6],
    [0.6, 0.6],
    [-0.6, 0.6],
    [0.6, -0.6],
  ],
  labels: [0, 0, 1, 1],
};

export function Multilayer() {
  const [choices, setChoices] = useState(start);
  const [own, setOwn] = useState(fewPoints);
  const [kind, setKind] = useState<"1" | "0">("1");
  const [running, setRunning] = useState(false);
  const [lit, setLit] = useState<number>();
  const { task, noise, layers, width, activation, rate, size, seed } = choices;
  const points = useMemo(
    () => (task === "own" ? own : playgroundPoints(task, { n, noise, seed })),
    [task, noise, seed, own],
  );
  const network = useMemo(
    () => createPlayground(points, { hidden: Array(layers).fill(width), activation, lr: rate, size, seed }),
    [points, layers, width, activation, rate, size, seed],
  );
  const [look, setLook] = useState<{
    readonly of: typeof network;
    readonly at: number;
    readonly seen: PlaygroundLook;
  }>();
  // After another choice the last look is that of another network.
  const seen = useMemo(() => (look?.of === network ? look.seen : network.look(grid)), [look, network]);
  const step = look?.of === network ? look.at : 0;
  const begun = useRef(0);
  const run = (steps: number) => {
    network.run(steps);
    setLook({ of: network, at: network.steps, seen: network.look(grid) });
  };
  const element = useFrames<HTMLDivElement>(running, () => {
    begun.current = network.steps;
    forAShare(() => {
      network.run(1);
      return network.steps >= mostSteps;
    });
    const drawn = !still() || network.steps % portion < network.steps - begun.current;
    if (drawn || network.steps >= mostSteps) setLook({ of: network, at: network.steps, seen: network.look(grid) });
    if (network.steps >= mostSteps) setRunning(false);
  });
  const choose = (change: Partial<Choices>) => {
    setChoices({ ...choices, ...change });
    setLit(undefined);
  };
  const attempt = (change: Partial<Choices>) => {
    choose({ ...start, ...change });
    setRunning(true);
  };
  const add = (place: Place) => setOwn({ x: [...own.x, place], labels: [...own.labels, Number(kind)] });
  return (
    <Chapter
      name="multilayer-perceptron"
      idea={
        <>
          A single neuron divides the plane by a line. A hidden layer is a row of neurons, its units, between input and
          output. Each draws a line of its own, and the next layer weighs up their answers: so the boundary can be any
          shape. Start it, and see the boundary bend.
        </>
      }
      ask="How many hidden units does the circle need at least, in one hidden layer, and what does the boundary look like with so few?"
      answer="Three: three lines enclose a triangle, and smooth units round its corners. With two there is always a way out to infinity. Each unit's line is drawn in the picture; choose one below it to see its half-plane."
      tries={[
        { label: "One neuron on XOR", go: () => attempt({ task: "xor", layers: 0 }) },
        { label: "Two units, a circle", go: () => attempt({ width: 2 }) },
        { label: "The spiral", go: () => attempt({ task: "spiral", layers: 2, width: 8, rate: 0.2, noise: 0 }) },
        {
          label: "Four layers of sigmoids",
          go: () => attempt({ layers: 4, activation: "sigmoid" }),
        },
        { label: "Minibatches of one", go: () => attempt({ size: 1, noise: 0.15 }) },
      ]}
    >
      <div class="bench" ref={element}>
        <section class="card stack">
          <Board points={points} look={seen} lit={lit} own={task === "own" ? { add, kind: Number(kind) } : undefined} />
          <Legend
            inks={[
              ["train", "where it says 1"],
              ["check", "where it says 0"],
            ]}
          >
            <span>
              <i class="yes" />
              class 1
            </span>
            <span>
              <i class="no" />
              class 0
            </span>
          </Legend>
          {layers > 0 && <Units units={seen.units} lit={lit} onLight={setLit} />}
        </section>
        <section class="card panel">
          <div class="controls">
            <button type="button" class="primary" onClick={() => setRunning(!running)}>
              {running ? "Pause" : step === 0 ? "Run" : "Go on"}
            </button>
            <button type="button" disabled={running} onClick={() => run(1)}>
              One step
            </button>
            <button type="button" onClick={() => choose({ seed: seed + 1 })}>
              Other weights
            </button>
          </div>
          <Numbers
            of={[
              ["Steps", count(step)],
              ["Cost", decimals(3)(seen.cost)],
              ["Right", `${decimals(1)(100 * seen.accuracy)}%`],
            ]}
          />
          <Choice
            label="Task"
            options={{ xor: "XOR", circle: "Circle", spiral: "Spiral", own: "Own" }}
            value={task}
            onChange={(next) => choose({ task: next })}
          />
          {task === "own" && (
            <>
              <Choice
                label="Class of a new point"
                options={{ "1": "● class 1", "0": "○ class 0" }}
                value={kind}
                onChange={setKind}
              />
              <p class="note">Click the picture to add a point, or move the pen with the arrow keys and press Enter.</p>
              <button type="button" onClick={() => setOwn(fewPoints)}>
                Back to four points
              </button>
            </>
          )}
          <Choice
            label="Activation of the hidden layers"
            options={{ sigmoid: "Sigmoid", tanh: "tanh", relu: "ReLU" }}
            value={activation}
            onChange={(next) => choose({ activation: next })}
          />
          <Slider
            label="Hidden layers"
            value={layers}
            min={0}
            max={4}
            step={1}
            show={decimals(0)}
            onChange={(next) => choose({ layers: next })}
          />
          <Slider
            label="Units in each"
            value={width}
            min={1}
            max={8}
            step={1}
            show={decimals(0)}
            onChange={(next) => choose({ width: next })}
          />
          <Slider
            label="Learning rate η"
            value={rate}
            min={0.01}
            max={2}
            step={0.01}
            onChange={(next) => choose({ rate: next })}
          />
          <Slider
            label="Minibatch size"
            value={size}
            min={1}
            max={n}
            step={1}
            show={decimals(0)}
            onChange={(next) => choose({ size: next })}
          />
          {task !== "own" && (
            <Slider
              label="Noise"
              value={noise}
              min={0}
              max={0.3}
              step={0.01}
              onChange={(next) => choose({ noise: next })}
            />
          )}
          <table class="compare gradients" data-testid="gradients">
            <thead>
              <tr>
                <th scope="col">Layer</th>
                <th scope="col">Gradient ‖∂C/∂W‖</th>
                <td />
              </tr>
            </thead>
            <tbody>
              {seen.gradients.map((gradient, l) => (
                <tr key={l}>
                  <th scope="row">{l === layers ? "output" : `hidden ${l + 1}`}</th>
                  <td>
                    <PowerBar value={gradient} {...powers} />
                  </td>
                  <td>{decimals(4)(gradient)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      </div>
    </Chapter>
  );
}
