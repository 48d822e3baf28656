import { callLayer, type Layer, Module } from "@dlcc/layers";
import { quoted, tidy, unrecorded, zeros } from "@dlcc/tensor";
import { failure } from "../error.ts";
import { callsOf } from "./calls.ts";
import { codeOf } from "./parts.ts";
import { literal, tableCode } from "./table.ts";
import type { ScriptUse } from "./use.ts";

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/**
 * A network as one ES module without dependencies: its weights, the functions that it needs, in plain JavaScript that can be
 * read, and `predict(input)`, from the numbers of one example to those of the outputs. It runs wherever JavaScript runs; it
 * counts in doubles, so its outputs are the network's to about seven digits. `dlcc convert model.safetensors model.mjs`
 * writes one.
 *
 * The file exports `inputShape`, `outputNames`, `predict(input)`, and `scores(input)`, which makes probabilities of logits. Of
 * a network for tables it also exports `predictRow(row)`, which takes an object with the columns.
 *
 * @param model The network, of dlcc's own layers; dropout is off, and batch normalization takes its running statistics.
 * @param use The shape of its input, and what its outputs mean.
 * @throws {ConvertError} naming all layers that can't be written, or if the network doesn't take such an input or has other
 * outputs.
 * @example
 * ```ts
 * import { exportScript } from "@dlcc/convert";
 * import { Linear, relu, Sequential } from "@dlcc/layers";
 *
 * const model = new Sequential([new Linear(2, 3, { seed: 1 }), relu, new Linear(3, 1, { seed: 2 })]);
 * const script = await exportScript(model, { input: { shape: [2] } });
 * console.log(script.split("\n").find((line) => line.includes("layers.2"))?.trim());
 * // → x = linear(x, weights["layers.2.weight"], weights["layers.2.bias"]);
 * ```
 */
export async function exportScript(model: Module, use: ScriptUse): Promise<string> {
  return scriptOf("exportScript", model, use);
}

/** The module's text, for the function that was called. */
export async function scriptOf(op: string, model: Module, use: ScriptUse): Promise<string> {
  const fail = failure(op);
  if (!(model instanceof Module)) return fail(`model must be a module of @dlcc/layers, got ${quoted(model)}`);
  const { shape } = use.input;
  const training = new Map(model.modules().map((module) => [module, module.training]));
  model.eval();
  try {
    const calls = callsOf(model, shape, (layer, size) => shapeAfter(fail, layer, size, model));
    if (calls.missing.length > 0) {
      return fail(
        `the layers must be dlcc's own, with labelled functions between them, got ${calls.missing.map((name) => quoted(name)).join(", ")}`,
      );
    }
    const outputs = product(shapeAfter(fail, model, shape, model));
    const names = use.classes ?? Array.from({ length: outputs }, (_, i) => String(i));
    if (names.length !== outputs)
      return fail(`classes must have a name for each of the ${outputs} outputs, got ${names.length}`);
    const kind = use.outputs ?? "activations";
    const squash = { logits: "softmax", "sigmoid-logits": "sigmoid", activations: undefined }[kind];
    const table = use.table && tableCode(use.table);
    return `/**
 * A network that runs by itself, written by dlcc: no dependencies, no network access.
 * predict(input) takes the ${product(shape)} numbers of one example, and returns ${outputs}.
 */

/** The shape of one example. */
export const inputShape = [${shape.join(", ")}];

/** The names of the outputs. */
export const outputNames = ${literal(names)};

/** The network's outputs for one example: numbers in a row, or in arrays of that shape. */
export function predict(input) {
  const numbers = (Array.isArray(input) ? input : [...input]).flat(Infinity);
  if (numbers.length !== ${product(shape)}) throw new TypeError("predict: input must have ${product(shape)} numbers, got " + numbers.length);
  let x = { shape: inputShape, data: Float64Array.from(numbers) };
${calls.lines.map((line) => `  ${line}`).join("\n")}
  return [...x.data];
}

/** ${squash === undefined ? "The same: these outputs are scores already." : squash === "softmax" ? "The probability of each class." : "The network's confidence in each class, independent of the others."} */
export function scores(input) {
  return ${squash === undefined ? "predict(input)" : `[...${squash}({ shape: [outputNames.length], data: Float64Array.from(predict(input)) }).data]`};
}
${table ?? ""}
${codeOf([...calls.functions, ...(squash === undefined ? [] : [squash])])}

/** Numbers from text: base64 of their bytes, little-endian. */
function unpack([shape, type, text]) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  return { shape, data: new type(bytes.buffer) };
}

const weights = {
${(await weightLines(model)).join("\n")}
};
`;
  } finally {
    for (const [module, mode] of training) module.training = mode;
  }
}

/** The shape of what a layer gives for one example. */
function shapeAfter(
  fail: ReturnType<typeof failure>,
  layer: Layer,
  shape: readonly number[],
  model: Module,
): readonly number[] {
  const cell = model.parameters()[0]?.peek();
  try {
    return unrecorded(() =>
      tidy(() =>
        callLayer(
          layer,
          zeros([1, ...shape], { ...(cell && { dtype: cell.dtype, backend: cell.backend }) }),
        ).shape.slice(1),
      ),
    );
  } catch (cause) {
    return fail(`the model must take an input of ${quoted(shape)}: ${(cause as Error).message}`, { cause });
  }
}

/** The model's numbers, in base64. The random streams of dropouts are none. */
async function weightLines(model: Module): Promise<string[]> {
  const lines = [];
  for (const [path, tensor] of Object.entries(model.stateDict())) {
    if (tensor.dtype !== "float32" && tensor.dtype !== "float64") continue;
    const { buffer, byteOffset, byteLength } = await tensor.data();
    const type = tensor.dtype === "float32" ? "Float32Array" : "Float64Array";
    const bytes = new Uint8Array(buffer, byteOffset, byteLength);
    lines.push(`  ${literal(path)}: unpack([${literal(tensor.shape)}, ${type}, "${base64(bytes)}"]),`);
  }
  return lines;
}

/** How many bytes become characters at a time: a multiple of 3, within what a call takes as arguments. */
const chunk = 3 * 2 ** 12;

function base64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += chunk)
    parts.push(btoa(String.fromCharCode(...bytes.subarray(at, at + chunk))));
  return parts.join("");
}
