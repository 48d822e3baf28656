/** What is in a file that is converted: tensors by name, and the network that they are of, where the file says so. */
import type { ModelUse } from "@dlcc/experiment";
import type { Metadata } from "@dlcc/io";
import { countParameters, type Module, Sequential, type SummaryRow, sigmoid, softmax, summaryRows } from "@dlcc/layers";
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
}

/** A loss and a kind of outputs for networks of other libraries: what their last layer was made for. */
const endings: readonly { readonly last: unknown; readonly use: Pick<ModelUse, "outputs" | "loss"> }[] = [
  { last: softmax, use: { outputs: "logits", loss: "cross-entropy" } },
  { last: sigmoid, use: { outputs: "sigmoid-logits", loss: "sigmoid-cross-entropy" } },
];

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
 * @param classes The names of the outputs. Default: their numbers.
 */
export function contentOf(
  about: string,
  imported: Module,
  input: readonly (number | null)[],
  classes?: readonly string[],
): Content {
  const shape = input.map((length) => length ?? Number.NaN);
  if (shape.some(Number.isNaN)) {
    throw new Error(`the network must say how large its input is, got ${quoted(input)}: lengths of null are open`);
  }
  const layers = imported instanceof Sequential ? imported.layers : [];
  const ending = endings.find(({ last }) => last === layers.at(-1));
  const model = ending ? new Sequential(layers.slice(0, -1)).eval() : imported;
  const outputs = (rowsOf(model, shape).at(-1)?.outputShape ?? shape).reduce((product, n) => product * n, 1);
  const names = classes ?? Array.from({ length: outputs }, (_, i) => String(i));
  const use: ModelUse = {
    input: { shape, range: [0, 1] },
    classes: names,
    ...(ending?.use ?? { outputs: "activations", loss: "mse" }),
  };
  return { about, tensors: model.stateDict(), metadata: {}, network: { model, use, facts: {} } };
}
