/** The numbers of backpropagation by their places, so that each can be traced to its origin. */
import { type Backpropagation, type ChainSum, type CheckedSum, type Network, type Origin, sub } from "@dlcc/course";

/** A number of the trace: a value, or a derivative. */
export interface Entry {
  readonly key: string;
  readonly symbol: string;
  readonly value: number;
  /** The sum of products, if it is a derivative. */
  readonly sum?: ChainSum | CheckedSum;
  /** The formula in symbols and in numbers, if it is a computed value. */
  readonly formula?: string;
  /** The keys of the numbers that it is computed from. */
  readonly sources: readonly string[];
}

/** A row of the picture: the numbers of a layer, each with its derivative. */
export interface Row {
  readonly title: string;
  /** The backward step that computes its derivatives, from 1. */
  readonly reached: number;
  readonly cells: readonly { readonly value: Entry; readonly derivative?: Entry | undefined }[];
}

/** The key of a factor's origin. */
export const keyOf = (from: Origin): string => {
  switch (from.of) {
    case "u":
      return `u ${from.l} ${from.index}`;
    case "buffer":
      return `du ${from.l} ${from.index}`;
    case "weight":
      return `w ${from.l} ${from.output} ${from.input}`;
    default:
      return from.of;
  }
};

const sourcesOf = ({ terms }: ChainSum): string[] => [
  ...new Set(terms.flatMap(({ factors }) => factors.map(({ from }) => keyOf(from)))),
];

const derived = (key: string, sum: ChainSum | CheckedSum | undefined): Entry | undefined =>
  sum && { key, symbol: sum.symbol, value: sum.value, sum, sources: sourcesOf(sum) };

/** All rows, from the input down to the cost. */
export function rowsOf(
  { layers, y }: Network,
  { u, cost, backward }: Backpropagation,
  show: (v: number) => string,
): Row[] {
  const last = layers.length + 1;
  const stepOf = (l: number) => backward.find((step) => step.l === l);
  const values = (l: number): Row => ({
    title:
      l === 0
        ? "u₀: the input x"
        : `${sub("u", l)}: ${layers[l - 1]?.kind === "linear" ? "weighted sums" : layers[l - 1]?.kind}`,
    reached: last - l,
    cells: (u[l] ?? []).map((value, i) => ({
      value: { key: `u ${l} ${i}`, symbol: sub("u", l, i + 1), value, ...computed(l, i) },
      derivative: derived(`du ${l} ${i}`, stepOf(l + 1)?.next[i]),
    })),
  });

  /** The formula of a value in the forward pass. */
  function computed(l: number, j: number): Pick<Entry, "formula" | "sources"> {
    const layer = layers[l - 1];
    const before = u[l - 1] ?? [];
    if (!layer) return { sources: [] };
    if (layer.kind !== "linear") {
      return {
        formula: `${layer.kind}(${sub("u", l - 1, j + 1)}) = ${layer.kind}(${show(before[j] ?? 0)})`,
        sources: [`u ${l - 1} ${j}`],
      };
    }
    const weights = layer.weights[j] ?? [];
    const symbols = weights.map((_, k) => `${sub("w", l, j + 1, k + 1)}·${sub("u", l - 1, k + 1)}`);
    const numbers = weights.map((w, k) => `${show(w)}·${bracketed(show(before[k] ?? 0))}`);
    return {
      formula: `${symbols.join(" + ")} + ${sub("b", l, j + 1)} = ${numbers.join(" + ")} + ${bracketed(show(layer.biases[j] ?? 0))}`,
      sources: [...weights.flatMap((_, k) => [`w ${l} ${j} ${k}`, `u ${l - 1} ${k}`]), `b ${l} ${j}`],
    };
  }

  const parameters = (l: number): Row | undefined => {
    const layer = layers[l - 1];
    if (layer?.kind !== "linear") return undefined;
    const gradients = stepOf(l)?.gradients ?? [];
    const width = layer.weights[0]?.length ?? 0;
    const weights = layer.weights.flatMap((row, j) =>
      row.map((value, k) => ({
        value: { key: `w ${l} ${j} ${k}`, symbol: sub("w", l, j + 1, k + 1), value, sources: [] },
        derivative: derived(`dw ${l} ${j} ${k}`, gradients[j * width + k]),
      })),
    );
    const biases = layer.biases.map((value, j) => ({
      value: { key: `b ${l} ${j}`, symbol: sub("b", l, j + 1), value, sources: [] },
      derivative: derived(`db ${l} ${j}`, gradients[layer.weights.length * width + j]),
    }));
    return { title: `Layer ${l}: weights and biases`, reached: last - l + 1, cells: [...weights, ...biases] };
  };

  const outputs = u[last - 1] ?? [];
  const target: Row = {
    title: "y: the target",
    reached: 1,
    cells: y.map((value, j) => ({ value: { key: `y ${j}`, symbol: sub("y", j + 1), value, sources: [] } })),
  };
  const loss: Row = {
    title: "C: the cost, ½‖u − y‖²",
    reached: 1,
    cells: [
      {
        value: {
          key: "loss",
          symbol: "C",
          value: cost,
          formula: `½(${outputs.map((o, j) => `(${show(o)} − ${bracketed(show(y[j] ?? 0))})²`).join(" + ")})`,
          sources: outputs.flatMap((_, j) => [`u ${last - 1} ${j}`, `y ${j}`]),
        },
        derivative: { key: "one", symbol: "buffer", value: 1, formula: "∂C/∂C = 1", sources: [] },
      },
    ],
  };
  const rows = Array.from({ length: last }, (_, l) => [parameters(l), values(l)]).flat();
  return [...rows.filter((row) => row !== undefined), target, loss];
}

/** A number for a product or sum: negative ones are in brackets. */
const bracketed = (text: string): string => (text.startsWith("−") ? `(${text})` : text);
