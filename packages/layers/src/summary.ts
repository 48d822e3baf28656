import { ArgumentError, ones, type Tensor, tidy, unrecorded } from "@dlcc/tensor";
import { countParameters } from "./count-parameters.ts";
import { callLayer, type Layer, Module } from "./module.ts";
import { labelOf, Sequential } from "./sequential.ts";

/** One line of a summary. */
export interface SummaryRow {
  /** Its name. */
  readonly layer: string;
  /** The shape of its output for one example, without the axis of the examples. */
  readonly outputShape: readonly number[];
  /** The number of values that it learns. */
  readonly parameters: number;
}

/** The name of a layer: the label of a function; the type in a module's config, or its class. */
function nameOf(layer: Layer): string {
  if (!(layer instanceof Module)) return labelOf(layer) ?? (layer.name || "function");
  try {
    return layer.config().type;
  } catch {
    return layer.constructor.name;
  }
}

/**
 * The layers of a model, each with the shape of its output and the number of its parameters.
 *
 * @param inputShape The shape of one example, such as `[784]`.
 * @example
 * ```ts
 * import { Linear, relu, Sequential, summaryRows } from "@dlcc/layers";
 * const [first] = summaryRows(new Sequential([new Linear(784, 30), relu]), [784]);
 * console.log(first); // → { layer: 'Linear', outputShape: [ 30 ], parameters: 23550 }
 * ```
 */
export function summaryRows(model: Layer, inputShape: readonly number[]): SummaryRow[] {
  if (!Array.isArray(inputShape)) {
    throw new ArgumentError(
      `summary: inputShape must be the shape of one example, such as [784], got ${String(inputShape)}`,
    );
  }
  const modules = model instanceof Module ? model.modules() : [];
  const modes = modules.map((module) => module.training);
  const first = model instanceof Module ? model.parameters()[0]?.peek() : undefined;
  try {
    for (const module of modules) module.training = false; // In evaluation mode, so that no random numbers are drawn.
    return unrecorded(() =>
      tidy(() => {
        let x: Tensor = ones([1, ...inputShape], first && { backend: first.backend, dtype: first.dtype });
        const layers = model instanceof Sequential ? model.layers : [model];
        return layers.map((layer) => {
          x = callLayer(layer, x);
          return { layer: nameOf(layer), outputShape: x.shape.slice(1), parameters: countParameters(layer) };
        });
      }),
    );
  } finally {
    modules.forEach((module, i) => {
      module.training = modes[i] ?? true;
    });
  }
}

/**
 * A model as a table: layers, output shapes, parameters. It runs the model on one example of ones.
 *
 * @param inputShape The shape of one example, without the axis of the examples.
 * @example
 * ```ts
 * import { Linear, Sequential, sigmoid, summary } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(784, 30), sigmoid, new Linear(30, 10), sigmoid]);
 * console.log(summary(model, [784]).split("\n").at(-1)); // → 23,860 parameters
 * ```
 */
export function summary(model: Layer, inputShape: readonly number[]): string {
  const rows = summaryRows(model, inputShape).map((row) => [
    row.layer,
    `[${row.outputShape.join(", ")}]`,
    row.parameters.toLocaleString("en-US"),
  ]);
  const table = [["layer", "output", "parameters"], ...rows];
  const widths = [0, 1, 2].map((column) => table.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column === 2 ? cell.padStart(widths[2] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  "),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  return [...lines, "", `${countParameters(model).toLocaleString("en-US")} parameters`].join("\n");
}
