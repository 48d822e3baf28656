/** What a network is for: what the files that run it say of their inputs and outputs. */

/** A column of numbers, which the network gets as `(x − mean) / standardDeviation`. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number";
  readonly mean: number;
  /** Above 0. */
  readonly standardDeviation: number;
}

/** A column of names, of which the network gets 1 for the row's name and 0 for the others. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "category";
  readonly values: readonly string[];
}

/** A column of a table. */
export type TableColumn = NumberColumn | CategoryColumn;

/** The columns that a network takes, in order, and the one that it predicts. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly target: TableColumn;
}

/** What a network is for. A model that `@dlcc/experiment` has loaded is one. */
export interface ScriptUse {
  /** One example: its shape, and the values of no ink and full ink where it is a picture (default: 0 and 1). */
  readonly input: { readonly shape: readonly number[]; readonly range?: readonly [number, number] };
  /** The names of the outputs. Default: their numbers, from 0. */
  readonly classes?: readonly string[];
  /**
   * What the outputs are: `logits`, of which softmax makes probabilities; `sigmoid-logits`, of which the sigmoid makes one
   * for each class; or `activations`, which stay as they are. Default: `activations`.
   */
  readonly outputs?: "logits" | "sigmoid-logits" | "activations";
  /** The columns, if the examples are rows of a table. */
  readonly table?: Table;
}
