import { backpropagate, type Network, type TracedLayer } from "@dlcc/course";
import { useMemo, useState } from "preact/hooks";
import { Chapter, decimals, Slider } from "./parts.tsx";
import { type Entry, keyOf, rowsOf } from "./trace.ts";

const four = decimals(4);
const learningRate = 1;

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

/** A small network in which every number can be traced to its origin. */
export function Backpropagation() {
  const [network, setNetwork] = useState(beginning);
  const [chosen, setChosen] = useState("dw 1 0 0");
  const trace = useMemo(() => backpropagate(network), [network]);
  const [back, setBack] = useState(Number.POSITIVE_INFINITY);
  const rows = useMemo(() => rowsOf(network, trace, four), [network, trace]);
  const ways = trace.backward.length;
  const reached = Math.min(back, ways);
  const entries = rows.flatMap((row) =>
    row.cells.flatMap(({ value, derivative }) =>
      derivative && row.reached <= reached ? [value, derivative] : [value],
    ),
  );
  const entry = entries.find(({ key }) => key === chosen) ?? entries.find(({ key }) => key === "loss");

  const cell = (item: Entry) => (
    <button
      type="button"
      class={entry?.sources.includes(item.key) ? "number source" : "number"}
      aria-pressed={item.key === entry?.key}
      onClick={() => setChosen(item.key)}
    >
      <span>{item.symbol}</span>
      <b>{four(item.value)}</b>
    </button>
  );
  return (
    <Chapter
      title="Backpropagation"
      command="backpropagation"
      idea={
        <>
          Forward, each layer stores its output. Backward, one buffer goes from layer to layer: multiplied by a layer's
          derivative with respect to its weights, it is their gradient; with respect to its input, it is the next
          buffer. Click any number to see its terms.
        </>
      }
      tries={[
        {
          label: "The gradient of a first weight",
          go: () => {
            setBack(Number.POSITIVE_INFINITY);
            setChosen("dw 1 0 0");
          },
        },
        {
          label: "From the start of the backward pass",
          go: () => {
            setBack(1);
            setChosen("du 3 0");
          },
        },
        {
          label: "Saturate the hidden layer",
          go: () => {
            setNetwork(withFirstBiases(beginning, 7));
            setBack(Number.POSITIVE_INFINITY);
            setChosen("du 1 0");
          },
        },
        { label: "Start over", go: () => setNetwork(beginning) },
      ]}
    >
      <div class="bench wide">
        <section class="card">
          <ol class="trace" data-testid="trace">
            {rows.map((row) => (
              <li key={row.title}>
                <h2>{row.title}</h2>
                <div>
                  {row.cells.map(({ value, derivative }) => (
                    <span key={value.key} class="pairing">
                      {cell(value)}
                      {derivative && row.reached <= reached && cell(derivative)}
                    </span>
                  ))}
                </div>
              </li>
            ))}
          </ol>
          <p class="legend apart">
            <span>
              <i style={{ background: "var(--train)" }} />
              the number that you chose
            </span>
            <span>
              <i style={{ background: "var(--check)" }} />
              the numbers that it comes from
            </span>
          </p>
        </section>
        <section class="card panel">
          <Slider
            label="Backward steps"
            value={reached}
            min={0}
            max={ways}
            step={1}
            show={decimals(0)}
            onChange={setBack}
          />
          <div class="controls">
            <button type="button" disabled={reached === 0} onClick={() => setBack(reached - 1)}>
              Undo
            </button>
            <button type="button" disabled={reached === ways} onClick={() => setBack(reached + 1)}>
              One layer back
            </button>
            <button type="button" onClick={() => setNetwork(stepped(network, trace))}>
              Descend, η = {learningRate}
            </button>
          </div>
          {entry && <Explained entry={entry} onFollow={setChosen} />}
          {entry && <Change network={network} entry={entry} onChange={setNetwork} />}
        </section>
      </div>
    </Chapter>
  );
}

/** The explanation of a number that is given, not computed. */
const given = (key: string): string =>
  key.startsWith("y")
    ? "Given: the target. The cost measures how far the output is from it."
    : "Given, not computed. Its derivative says how it should change.";

/** The terms of a number: each factor leads to its origin. */
function Explained({ entry, onFollow }: { entry: Entry; onFollow: (key: string) => void }) {
  const { sum } = entry;
  return (
    <div class="explained" aria-live="polite" data-testid="explained">
      <h2>
        {entry.symbol} = {four(entry.value)}
      </h2>
      {entry.formula && <p class="formula">{entry.formula}</p>}
      {sum && (
        <ul>
          {sum.terms.map((term, i) => (
            <li key={i}>
              {i > 0 && <i>+</i>}
              {term.factors.map(({ symbol, value, from }, k) => (
                <span key={symbol}>
                  {k > 0 && <i>·</i>}
                  {symbol === "1" ? (
                    "1"
                  ) : (
                    <button type="button" class="number" onClick={() => onFollow(keyOf(from))}>
                      <span>{symbol}</span>
                      <b>{four(value)}</b>
                    </button>
                  )}
                </span>
              ))}
              <i>=</i> {four(term.value)}
            </li>
          ))}
        </ul>
      )}
      {sum && "numeric" in sum && (
        <p class="note">
          Checked: by central differences {decimals(8)(sum.numeric)}, by the tape of the library {decimals(8)(sum.tape)}
          .
        </p>
      )}
      {!sum && !entry.formula && <p class="note">{given(entry.key)}</p>}
    </div>
  );
}

/** A slider for a given number: an input, a target, a weight or a bias. */
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
  if (kind === "y") return (value: number): Network => ({ ...network, y: network.y.with(l, value) });
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
