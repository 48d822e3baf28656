import { backpropagate, type Network, type TracedLayer } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { NetworkGraph, type Spot, spotsOf } from "./network-graph.tsx";
import { Chapter, decimals, Legend, Slider } from "./parts.tsx";
import { useSteps } from "./steps.ts";
import { type Entry, keyOf, rowsOf } from "./trace.ts";

const [three, four] = [decimals(3), decimals(4)];
const learningRate = 1;
/** The milliseconds for which a layer is shown when the picture runs. */
const pace = 900;

const beginning: Network = {
  x: [1, -0.5],
  y: [0.8],
  layers: [
    {
      kind: "linear",
      weights: [
        [0.6, -0.4],
        [-0.3, 0.9],
      ],
      biases: [0.1, -0.2],
    },
    { kind: "sigmoid" },
    { kind: "linear", weights: [[1.2, -0.7]], biases: [0.05] },
  ],
};

/** A small network that is run forward and backward, and in which every number can be traced to its origin. */
export function Backpropagation() {
  const [network, setNetwork] = useState(beginning);
  const [chosen, setChosen] = useState("w 1 0 0");
  const trace = useMemo(() => backpropagate(network), [network]);
  const layers = trace.backward.length;
  const { shown, playing, play, show } = useSteps(2 * layers, pace);
  const [forward, backward] = [Math.min(shown, layers), Math.max(0, shown - layers)];
  const spots = useMemo(() => spotsOf(rowsOf(network, trace, four), layers), [network, trace, layers]);
  const spot = spots.find(({ value }) => value.key === chosen);
  const derivative = spot && spot.reached <= backward ? spot.derivative : undefined;
  const known = spot && spot.computed <= forward;
  const sources = new Set((derivative?.sum ? derivative : known ? spot.value : undefined)?.sources);

  const showAt = (step: number, key: string) => {
    show(step);
    setChosen(key);
  };
  return (
    <Chapter
      name="backpropagation"
      idea={
        <>
          Forward, each layer computes its output u from the output of the layer before, and keeps it. Backward, a
          buffer goes from layer to layer: the derivative of the cost C by that output. It gives two things in each
          layer: the gradient of the weights there, and the buffer for the layer before. Choose any number in the
          picture to see what it comes from.
        </>
      }
      ask="Saturate the hidden layer. The error at the output is as large as before: why do the first weights hardly learn?"
      answer="On its way to the first weights the buffer is multiplied by σ′ = u(1 − u) of the hidden layer. Saturated, u is near 1, and the product near 0: the gradient arrives at the layer, and almost nothing goes through it."
      tries={[
        { label: "The gradient of a first weight", go: () => showAt(2 * layers, "w 1 0 0") },
        { label: "From the start of the backward pass", go: () => showAt(layers + 1, "u 3 0") },
        {
          label: "Saturate the hidden layer",
          go: () => {
            setNetwork(withFirstBiases(beginning, 7));
            showAt(2 * layers, "u 1 0");
          },
        },
        {
          label: "Start over",
          go: () => {
            setNetwork(beginning);
            showAt(2 * layers, "w 1 0 0");
          },
        },
      ]}
    >
      <div class="bench">
        <section class="card stack">
          <div class="controls">
            <button type="button" class="primary" onClick={play}>
              {playing ? "Again" : "Run"}
            </button>
            <button type="button" disabled={shown === 0} onClick={() => show(shown - 1)}>
              One step back
            </button>
            <button type="button" disabled={shown === 2 * layers} onClick={() => show(shown + 1)}>
              One step on
            </button>
          </div>
          <Slider
            label="Step"
            value={shown}
            min={0}
            max={2 * layers}
            step={1}
            show={(step) => stepName(step, layers)}
            onChange={show}
          />
          <NetworkGraph
            spots={spots}
            forward={forward}
            backward={backward}
            layers={layers}
            chosen={chosen}
            sources={sources}
            show={three}
            onChoose={setChosen}
          />
          <Legend
            inks={[
              ["train", "forward, and the number that you chose"],
              ["check", "backward: derivatives, and what the number comes from"],
            ]}
          />
        </section>
        <section class="card panel">
          <Slider
            label="The target y₁"
            value={network.y[0] ?? 0}
            min={-3}
            max={3}
            step={0.05}
            onChange={(y) => setNetwork({ ...network, y: [y] })}
          />
          {spot && <Explained spot={spot} derivative={derivative} known={known === true} onFollow={setChosen} />}
          {spot && <Change network={network} entry={spot.value} onChange={setNetwork} />}
          <button type="button" onClick={() => setNetwork(stepped(network, trace))}>
            Descend, η = {learningRate}
          </button>
          <p class="note" data-testid="cost">
            The cost is {four(trace.cost)}.
          </p>
        </section>
      </div>
    </Chapter>
  );
}

/** What a step does, in words. */
const stepName = (step: number, layers: number): string =>
  step === 0
    ? "the input"
    : step <= layers
      ? `forward: ${step === layers ? "the cost" : `layer ${step}`}`
      : `backward: ${step === layers + 1 ? "the cost" : `layer ${2 * layers - step + 1}`}`;

/** A number and its derivative, with the terms of both: each factor leads to its origin. */
function Explained(props: {
  spot: Spot;
  derivative: Entry | undefined;
  known: boolean;
  onFollow: (key: string) => void;
}) {
  const { spot, derivative, known } = props;
  const { value } = spot;
  const sum = derivative?.sum;
  return (
    <div class="explained" aria-live="polite" data-testid="explained">
      <h2>
        {value.symbol} = {known ? four(value.value) : "not computed yet"}
      </h2>
      {!value.formula && <p class="note">{given(value.key)}</p>}
      {value.formula && known && <p class="formula">{value.formula}</p>}
      {derivative && sum && (
        <>
          <h2>
            {derivative.symbol} = {four(derivative.value)}
          </h2>
          <ul>
            {sum.terms.map((term, i) => (
              <li key={i}>
                {i > 0 && <i>+</i>}
                {term.factors.map(({ symbol, value: number, from }, k) => (
                  <span key={symbol}>
                    {k > 0 && <i>·</i>}
                    {symbol === "1" ? (
                      "1"
                    ) : (
                      <button type="button" class="number" onClick={() => props.onFollow(spotKey(keyOf(from)))}>
                        <span>{symbol}</span>
                        <b>{four(number)}</b>
                      </button>
                    )}
                  </span>
                ))}
                <span>
                  <i>=</i> {four(term.value)}
                </span>
              </li>
            ))}
          </ul>
          {"numeric" in sum && (
            <p class="note">
              Checked: by central differences {decimals(8)(sum.numeric)}, by the tape of the library{" "}
              {decimals(8)(sum.tape)}.
            </p>
          )}
        </>
      )}
    </div>
  );
}

/** A derivative stands where its number does. */
const spotKey = (key: string): string => (key === "one" ? "loss" : key.replace(/^d(?=[uwb] )/, ""));

/** The explanation of a number that is given, not computed. */
const given = (key: string): string =>
  key.startsWith("y")
    ? "Given: the target. The cost measures how far the output is from it."
    : "Given, not computed. Its derivative says how it should change.";

/** A slider for a given number: an input, a weight or a bias. The target has one of its own. */
function Change(props: { network: Network; entry: Entry; onChange: (network: Network) => void }) {
  const { network, entry } = props;
  const [kind, ...place] = entry.key.split(" ");
  const set = changerOf(network, kind ?? "", place.map(Number));
  return set ? (
    <Slider
      label={`Change ${entry.symbol}`}
      value={entry.value}
      min={-3}
      max={3}
      step={0.05}
      onChange={(value) => props.onChange(set(value))}
    />
  ) : null;
}

/** A function that replaces a number of the network; undefined if the number is computed. */
function changerOf(network: Network, kind: string, [l = 0, j = 0, k = 0]: readonly number[]) {
  const withLayer = (change: (layer: Extract<TracedLayer, { kind: "linear" }>) => TracedLayer): Network => ({
    ...network,
    layers: network.layers.map((layer, i) => (i === l - 1 && layer.kind === "linear" ? change(layer) : layer)),
  });
  if (kind === "u" && l === 0) return (value: number): Network => ({ ...network, x: network.x.with(j, value) });
  if (kind === "w") {
    return (value: number) =>
      withLayer((layer) => ({
        ...layer,
        weights: layer.weights.map((row, o) => (o === j ? row.with(k, value) : row)),
      }));
  }
  if (kind === "b") return (value: number) => withLayer((layer) => ({ ...layer, biases: layer.biases.with(j, value) }));
  return undefined;
}

const withFirstBiases = (network: Network, bias: number): Network => ({
  ...network,
  layers: network.layers.map((layer, i) =>
    i === 0 && layer.kind === "linear" ? { ...layer, biases: layer.biases.map(() => bias) } : layer,
  ),
});

/** All weights and biases after a step of descent. */
const stepped = (network: Network, { backward }: ReturnType<typeof backpropagate>): Network => ({
  ...network,
  layers: network.layers.map((layer, i) => {
    if (layer.kind !== "linear") return layer;
    const gradients = backward.find(({ l }) => l === i + 1)?.gradients ?? [];
    const width = layer.weights[0]?.length ?? 0;
    const less = (value: number, index: number): number => value - learningRate * (gradients[index]?.value ?? 0);
    return {
      ...layer,
      weights: layer.weights.map((row, j) => row.map((value, k) => less(value, j * width + k))),
      biases: layer.biases.map((value, j) => less(value, layer.weights.length * width + j)),
    };
  }),
});
