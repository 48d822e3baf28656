/** The network of the chapter on backpropagation as a drawn graph: forward goes down, backward comes up. */
import { sub } from "@dlcc/course";
import type { Entry, Row } from "./trace.ts";

/** A number of the network with its derivative, and where it stands. */
export interface Spot {
  readonly value: Entry;
  readonly derivative?: Entry | undefined;
  /** The forward step that computes it; 0 if it is given. */
  readonly computed: number;
  /** The backward step that computes its derivative. */
  readonly reached: number;
}

const [left, middle, right] = [108, 220, 332];
/** The middles of the layers u₀, u₁, u₂, u₃ and of the cost. */
const rows = [30, 222, 328, 448, 548] as const;
const [width, height] = [136, 50];

type Point = readonly [x: number, y: number];

/** The place of each neuron: two beside each other, or one in the middle. */
const nodeAt = (l: number, j: number): Point => [l > 2 ? middle : j === 0 ? left : right, rows[l] ?? 0];

const between = ([ax, ay]: Point, [bx, by]: Point, part: number): Point => [
  ax + part * (bx - ax),
  ay + part * (by - ay),
];

/** Where the label of a weight from neuron k to neuron j stands: labels of wires that cross stand before the crossing. */
const weightAt = (l: number, j: number, k: number): Point => {
  const [from, to] = [nodeAt(l - 1, k), nodeAt(l, j)];
  if (l === 1 && j !== k) return between(from, to, 0.3);
  return between(from, to, l === 1 ? 0.52 : 0.5);
};

/** Where a bias stands, and where its wire ends. */
const biasAt = (l: number, j: number): readonly [Point, Point] => {
  const [x, y] = nodeAt(l, j);
  if (l === 3)
    return [
      [x + 166, y - 4],
      [x + width / 2, y - 4],
    ];
  const side = j === 0 ? -1 : 1;
  return [
    [x + side * 70, y - 46],
    [x + side * 54, y - height / 2],
  ];
};

/** The wires: which numbers they join, and the numbers that stand on them. */
const wires: readonly { readonly l: number; readonly from: Point; readonly to: Point }[] = [
  ...[0, 1].flatMap((j) => [0, 1].map((k) => ({ l: 1, from: nodeAt(0, k), to: nodeAt(1, j) }))),
  ...[0, 1].map((j) => ({ l: 2, from: nodeAt(1, j), to: nodeAt(2, j) })),
  ...[0, 1].map((k) => ({ l: 3, from: nodeAt(2, k), to: nodeAt(3, 0) })),
  { l: 4, from: nodeAt(3, 0), to: nodeAt(4, 0) },
  { l: 4, from: [372, rows[4]], to: nodeAt(4, 0) },
];

/** All numbers of the rows of a trace, by their keys. */
export const spotsOf = (traced: readonly Row[], layers: number): Spot[] =>
  traced.flatMap(({ cells, reached }) =>
    cells.map((cell) => {
      const [kind, l] = cell.value.key.split(" ");
      return { ...cell, reached, computed: kind === "loss" ? layers : kind === "u" ? Number(l) : 0 };
    }),
  );

export function NetworkGraph(props: {
  spots: readonly Spot[];
  /** How many layers have been computed forward, and how many backward. */
  forward: number;
  backward: number;
  layers: number;
  chosen: string;
  /** The keys that the chosen number comes from. */
  sources: ReadonlySet<string>;
  show: (value: number) => string;
  onChoose: (key: string) => void;
}) {
  const { spots, forward, backward, layers, chosen, sources, show } = props;
  /** The layer that is at work. */
  const now = backward > 0 ? layers - backward + 1 : forward;
  const known = (spot: Spot): string => (spot.computed <= forward ? show(spot.value.value) : "…");
  const derivativeOf = ({ derivative, reached }: Spot): string | undefined =>
    derivative && reached <= backward ? show(derivative.value) : undefined;

  const spot = (item: Spot) => {
    const { key, symbol } = item.value;
    const [kind, l = 0, j = 0, k = 0] = key.split(" ").map((part, i) => (i === 0 ? part : Number(part))) as [
      string,
      number?,
      number?,
      number?,
    ];
    const derivative = derivativeOf(item);
    const boxed = kind === "u" || kind === "loss";
    const [x, y] =
      kind === "u"
        ? nodeAt(l, j)
        : kind === "w"
          ? weightAt(l, j, k)
          : kind === "b"
            ? biasAt(l, j)[0]
            : kind === "y"
              ? ([388, rows[4]] as const)
              : nodeAt(4, 0);
    const named = boxed ? symbol : symbol.charAt(0);
    const shownDerivative = kind === "loss" || derivative === undefined ? "" : `${boxed ? "∂C/∂u" : "∂"} ${derivative}`;
    // What is seen is part of what is read out; on a wire, the indices stand in the label alone.
    const seen = `${named} ${known(item)} ${shownDerivative}`.trim();
    const label = boxed ? seen : `${symbol}: ${seen}`;
    const state = [
      "spot",
      boxed ? "node" : "",
      key === chosen ? "chosen" : "",
      sources.has(key) || (item.derivative && sources.has(item.derivative.key)) ? "source" : "",
    ];
    return (
      // biome-ignore lint/a11y/useSemanticElements: a button can't stand in a picture
      <g
        key={key}
        class={state.filter(Boolean).join(" ")}
        role="button"
        tabindex={0}
        aria-label={label}
        aria-pressed={key === chosen}
        transform={`translate(${x} ${y})`}
        onClick={() => props.onChoose(key)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== " ") return;
          event.preventDefault();
          props.onChoose(key);
        }}
      >
        {boxed ? (
          <rect x={-width / 2} y={-height / 2} width={width} height={height} rx="10" />
        ) : (
          <rect class="behind" x="-43" y="-20" width="86" height="40" rx="8" />
        )}
        <text y={shownDerivative ? -4 : 5} text-anchor="middle">
          <tspan class="symbol">{named}</tspan> {known(item)}{" "}
        </text>
        {shownDerivative && (
          <text class="derivative" y="15" text-anchor="middle">
            <tspan class="symbol">{boxed ? "∂C/∂u" : "∂"}</tspan> {derivative}
          </text>
        )}
      </g>
    );
  };
  const biases = spots.filter(({ value }) => value.key.startsWith("b "));
  return (
    <svg class="figure graph" viewBox="0 0 440 578" data-testid="network">
      <title>The network: inputs above, the cost below; weights and derivatives on the wires</title>
      {wires.map(({ l, from, to }) => (
        <path
          key={`${from} ${to}`}
          class={l === now ? (backward > 0 ? "wire back" : "wire on") : "wire"}
          d={`M${from[0]},${from[1]}L${to[0]},${to[1]}`}
        />
      ))}
      {biases.map(({ value: { key } }) => {
        const [, l = 0, j = 0] = key.split(" ").map(Number);
        const [from, to] = biasAt(l, j);
        return <path key={key} class="wire bias" d={`M${from[0]},${from[1]}L${to[0]},${to[1]}`} />;
      })}
      {[0, 1].map((j) => {
        const [x, y] = between(nodeAt(1, j), nodeAt(2, j), 0.5);
        return (
          <text key={j} class="between" x={x} y={y + 5} text-anchor="middle">
            σ
          </text>
        );
      })}
      <text class="between" x={middle} y={(rows[3] + rows[4]) / 2 + 5} text-anchor="middle">
        ½({sub("u", 3, 1)} − {sub("y", 1)})²
      </text>
      {spots.map(spot)}
    </svg>
  );
}
