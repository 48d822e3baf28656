/** What is in a file that is converted: tensors by name, and the network that they are of, where the file says so. */
import type { ModelUse, OutputKind } from "@dlcc/experiment";
import type { Metadata } from "@dlcc/io";
import { countParameters, type Layer, type Module, Sequential, type SummaryRow, summaryRows } from "@dlcc/layers";
import { quoted, type Tensor, withBudget } from "@dlcc/tensor";
import type { Schema } from "../table/column.ts";

/** A network, with what its files say of it. */
export interface Network {
  readonly model: Module;
  readonly use: ModelUse;
  /** The columns, if it is for a table. */
  readonly table?: Schema | undefined;
  /** Notes for people. */
  readonly facts: Readonly<Record<string, string>>;
}

/** The content of a file. */
export interface Content {
  /** What the file is, for people. */
  readonly about: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly metadata: Metadata;
  readonly network?: Network;
}

/** What is done besides. */
export interface ConvertOptions {
  /** A model of dlcc's with the same layers as the file of weights that is read. */
  readonly like?: string;
  /** Whether weights get PyTorch's names. */
  readonly pytorch?: boolean;
  /** The names of the outputs, where the file that is read has none. */
  readonly classes?: readonly string[];
  /** The values of no ink and full ink. */
  readonly range?: readonly [number, number];
  /** How the outputs are read. */
  readonly outputs?: OutputKind;
}

/** The kind of outputs of networks of other libraries, without the last layer, by its label: its loss has it inside. */
const endings: ReadonlyMap<string, OutputKind> = new Map([
  ["softmax", "logits"],
  // The scores of logits are those of their logarithms: log-softmax takes the same from all.
  ["logSoftmax", "logits"],
  ["sigmoid", "sigmoid-logits"],
]);

/** The loss that suits each kind of outputs, for training further. */
const lossOf: Readonly<Record<OutputKind, string>> = {
  logits: "cross-entropy",
  "sigmoid-logits": "sigmoid-cross-entropy",
  activations: "mse",
};

const labelOf = (layer: Layer | undefined): string =>
  layer && "label" in layer && typeof layer.label === "string" ? layer.label : "";

/** The most elements that one example may take in the network: 32 MiB of them, and so many for each value in the file. */
const [mostElements, perValue] = [2 ** 23, 64];

/** The layers with their shapes: a few bytes may ask for images of gigabytes. */
export const rowsOf = (model: Module, shape: readonly number[]): SummaryRow[] =>
  withBudget(mostElements + perValue * countParameters(model), () => summaryRows(model, shape));

/**
 * The content of a file of another library. A softmax or sigmoid at the end is left out, as dlcc's losses have it inside: the
 * file says that the outputs are logits.
 *
 * @param input The shape of one example, in dlcc's order.
 * @param options What the file doesn't say. Default for `classes`: their numbers.
 * @param usual The kind of outputs, if nothing tells.
 */
export function contentOf(
  about: string,
  imported: Module,
  input: readonly (number | null)[],
  { classes, range = [0, 1], outputs }: ConvertOptions,
  usual: OutputKind = "activations",
): Content {
  const shape = input.map((length) => length ?? Number.NaN);
  if (shape.some(Number.isNaN)) {
    throw new Error(`the network must say how large its input is, got ${quoted(input)}: lengths of null are open`);
  }
  const layers = imported instanceof Sequential ? imported.layers : [];
  const ending = outputs === undefined ? endings.get(labelOf(layers.at(-1))) : undefined;
  const model = ending ? new Sequential(layers.slice(0, -1)).eval() : imported;
  const kind = outputs ?? ending ?? usual;
  const count = (rowsOf(model, shape).at(-1)?.outputShape ?? shape).reduce((product, n) => product * n, 1);
  const names = classes ?? Array.from({ length: count }, (_, i) => String(i));
  if (names.length !== count) {
    throw new Error(`--classes must name as many outputs as the network has, ${count}, got ${names.length}`);
  }
  const use: ModelUse = {
    input: { shape, range },
    classes: names,
    outputs: kind,
    loss: lossOf[kind],
  };
  return { about, tensors: model.stateDict(), metadata: {}, network: { model, use, facts: {} } };
}
