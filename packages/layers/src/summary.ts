import { ArgumentError, ones, type Step, type Tensor, tidy, unrecorded, withRecorder } from "@dlcc/tensor";
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
  /** How many products of two numbers its matrix products and convolutions add up for one example: what its time goes to. */
  readonly multiplyAdds: number;
}

/** The products that an op adds up to each element of its result, where it is one that does. */
function productsOf({ op, inputs, outputs }: Step): number {
  const [x, weight] = inputs as readonly Tensor[];
  const inner = (): number => (weight as Tensor).shape.slice(1).reduce((product, length) => product * length, 1);
  const name: string = op.name;
  if (name === "matmul") return outputs[0].size * ((x as Tensor).shape.at(-1) as number);
  if (name === "linear" || name === "conv2d") return outputs[0].size * inner();
  return name === "convTranspose2d" ? (x as Tensor).size * inner() : 0;
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
 * The layers of a model, each with the shape of its output, the number of its parameters, and its multiply-adds.
 *
 * @param inputShape The shape of one example, such as `[784]`.
 * @example
 * ```ts
 * import { Linear, relu, Sequential, summaryRows } from "@dlcc/layers";
 * const [first] = summaryRows(new Sequential([new Linear(784, 30), relu]), [784]);
 * console.log(first); // → { layer: 'Linear', outputShape: [ 30 ], parameters: 23550, multiplyAdds: 23520 }
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
          let multiplyAdds = 0;
          const record = (step: Step): void => {
            multiplyAdds += productsOf(step);
          };
          x = withRecorder({ record }, () => callLayer(layer, x));
          const parameters = countParameters(layer);
          return { layer: nameOf(layer), outputShape: x.shape.slice(1), parameters, multiplyAdds };
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
 * A model as a table: layers, output shapes, parameters, and multiply-adds for one example. It runs the model on one example
 * of ones.
 *
 * @param inputShape The shape of one example, without the axis of the examples.
 * @example
 * ```ts
 * import { Linear, Sequential, sigmoid, summary } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(784, 30), sigmoid, new Linear(30, 10), sigmoid]);
 * console.log(summary(model, [784]).split("\n").at(-1)); // → 23,860 parameters, 23,820 multiply-adds
 * ```
 */
export function summary(model: Layer, inputShape: readonly number[]): string {
  const grouped = (count: number): string => count.toLocaleString("en-US");
  const all = summaryRows(model, inputShape);
  const rows = all.map((row) => [
    row.layer,
    `[${row.outputShape.join(", ")}]`,
    grouped(row.parameters),
    grouped(row.multiplyAdds),
  ]);
  const table = [["layer", "output", "parameters", "multiply-adds"], ...rows];
  const widths = [0, 1, 2, 3].map((column) => table.reduce((most, row) => Math.max(most, row[column]?.length ?? 0), 0));
  const lines = table.map((row) =>
    row
      .map((cell, column) => (column >= 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join("  "),
  );
  lines.splice(1, 0, widths.map((width) => "─".repeat(width)).join("  "));
  const multiplyAdds = all.reduce((sum, row) => sum + row.multiplyAdds, 0);
  const frozen = model instanceof Module ? model.parameters().filter((parameter) => parameter.frozen) : [];
  const still = frozen.reduce((sum, parameter) => sum + parameter.peek().size, 0);
  const ending = `${grouped(countParameters(model))} parameters${still > 0 ? ` (${grouped(still)} frozen)` : ""}`;
  return [...lines, "", `${ending}, ${grouped(multiplyAdds)} multiply-adds`].join("\n");
}
