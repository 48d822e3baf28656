/** What a network is for: what the files that run it say of their inputs and outputs. */

/** Where numbers are, and how far they spread: the network gets `(x − mean) / standardDeviation`. */
export interface Standard {
  /** What is subtracted: the mean of the training rows. */
  readonly mean: number;
  /** What is divided by, above 0. */
  readonly standardDeviation: number;
}

/** What stands in for a missing value. */
export interface Fill<Value> {
  /** The value. */
  readonly value: Value;
  /** Whether the column has one more input, 1 where the value is missing and 0 elsewhere. */
  readonly flag: boolean;
}

/** A column of numbers, which are standardized. */
export interface NumberColumn extends Standard {
  /** Its name in the table. */
  readonly name: string;
  /** What is in it. */
  readonly kind: "number";
  /** What fills gaps. Default: there must be none. */
  readonly fill?: Fill<number>;
}

/** A column of names, of which the network gets 1 for the row's name and 0 for the others. */
export interface CategoryColumn {
  /** Its name in the table. */
  readonly name: string;
  /** What is in it. */
  readonly kind: "category";
  /** The names, in the order of the inputs, or outputs. */
  readonly values: readonly string[];
  /** What fills gaps. Default: there must be none. */
  readonly fill?: Fill<string>;
}

/** A number of a date: its days since 1970-01-01, or where it is on the circle of the year, of the week, or of the day. */
export interface DateInput extends Standard {
  /** Which number it is. */
  readonly feature: "days" | "yearSin" | "yearCos" | "weekSin" | "weekCos" | "daySin" | "dayCos";
}

/** A column of dates and times, of which the network gets some numbers. */
export interface DateColumn {
  /** Its name in the table. */
  readonly name: string;
  /** What is in it. */
  readonly kind: "date";
  /** The numbers, each standardized. */
  readonly features: readonly DateInput[];
  /** What fills gaps, in days since 1970-01-01. Default: there must be none. */
  readonly fill?: Fill<number>;
}

/** A column of a table. */
export type TableColumn = NumberColumn | CategoryColumn | DateColumn;

/** The columns that a network takes, and the one that it predicts. */
export interface Table {
  /** The columns that it takes, in order. */
  readonly columns: readonly TableColumn[];
  /** The column that it predicts. */
  readonly target: NumberColumn | CategoryColumn;
}

/** One example of what a network takes. */
export interface ScriptInput {
  /** Its shape. */
  readonly shape: readonly number[];
  /** The values of no ink and full ink, where it is a picture. Default: 0 and 1. */
  readonly range?: readonly [number, number];
}

/** What a network is for. A model that `@dlcc/experiment` has loaded is one. */
export interface ScriptUse {
  /** One example. */
  readonly input: ScriptInput;
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
