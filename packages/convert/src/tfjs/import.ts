import { type Layer, Module, Sequential } from "@dlcc/layers";
import { ArgumentError, quoted } from "@dlcc/tensor";
import { failure } from "../error.ts";
import { entry, list, type Values } from "../values.ts";
import { type Before, type Flattened, type Lengths, Missing } from "./row.ts";
import { rows } from "./rows.ts";
import { chainOf, type TfLayer } from "./topology.ts";
import { type ReadShard, readWeights } from "./weights.ts";

/** A network of TensorFlow.js, as one of dlcc's. */
export interface ImportedTfjs {
  /** The network, which can be trained further, in evaluation mode. */
  readonly model: Sequential;
  /**
   * The shape of one example, in dlcc's order: `[channels, height, width]` of images, where TensorFlow.js has
   * `[height, width, channels]`. Null where the file leaves a length open.
   */
  readonly input: readonly (number | null)[];
}

const fail = failure("importTfjs");

/**
 * A layers model of TensorFlow.js: a model.json and the weights beside it, as `model.save` and the converter for Keras write
 * them. Its layers become dlcc's with the same numbers, and can be trained further. What a network needs and dlcc lacks is
 * named, all of it at once.
 *
 * **Images change the order of their axes**, from `[n, height, width, channels]` to `[n, channels, height, width]`: permute
 * yours by `permute(x, [0, 3, 1, 2])`. The rows of a `Dense` behind a `Flatten` are put into that order. Sequences before a
 * `Conv1D` change from `[n, length, channels]` to `[n, channels, length]`.
 *
 * @param json The content of model.json, parsed.
 * @param read Reads a file of weights by its path beside model.json. Paths that lead elsewhere are refused before.
 * @throws {ConvertError} if the model is no layers model, has layers or options that dlcc lacks, or doesn't fit its weights.
 * @example
 * ```ts
 * import { importTfjs } from "@dlcc/convert";
 * import { tensor } from "@dlcc/tensor";
 *
 * const dense = { name: "d", units: 1, activation: "linear", use_bias: true, batch_input_shape: [null, 2] };
 * const weights = [{ name: "d/kernel", shape: [2, 1], dtype: "float32" }, { name: "d/bias", shape: [1], dtype: "float32" }];
 * const json = {
 *   format: "layers-model",
 *   modelTopology: { class_name: "Sequential", config: { layers: [{ class_name: "Dense", config: dense }] } },
 *   weightsManifest: [{ paths: ["model.weights.bin"], weights }],
 * };
 * // On a page: async (path) => new Uint8Array(await (await fetch(`/models/${path}`)).arrayBuffer())
 * const { model } = await importTfjs(json, async () => new Uint8Array(Float32Array.of(2, 3, 1).buffer));
 * console.log(await model.forward(tensor([[10, 100]])).array()); // → [ [ 321 ] ]
 * ```
 */
export async function importTfjs(json: unknown, read: ReadShard): Promise<ImportedTfjs> {
  const format = entry(json, "format");
  if (format !== undefined && format !== "layers-model") {
    return fail(
      `format must be "layers-model", got ${quoted(format)}: a graph model has no layers that could be trained`,
    );
  }
  const topology = entry(json, "modelTopology");
  if (topology === undefined) return fail(`json must be a parsed model.json, with modelTopology, got ${quoted(json)}`);
  const problems: string[] = [];
  const layers = chainOf(topology, problems);
  problems.push(...layers.flatMap(missing));
  if (problems.length > 0) return refuse(problems);
  const input = inputOf(layers);
  const weights = await readWeights(entry(json, "weightsManifest"), read);
  return { model: build(layers, input, weights), input };
}

/** The most problems that an error lists. */
const most = 20;

const refuse = (problems: readonly string[]): never =>
  fail(
    `dlcc must have what the network is made of; it lacks ${problems.slice(0, most).join("; ")}${problems.length > most ? `; and ${problems.length - most} more` : ""}`,
  );

const labelOf = ({ name, type }: TfLayer): string => `${quoted(type)} (${quoted(name)})`;

/** What of a layer dlcc lacks, as far as its config says. */
function missing(layer: TfLayer): string[] {
  const row = Object.hasOwn(rows, layer.type) ? rows[layer.type] : undefined;
  if (!row) return [labelOf(layer)];
  return Object.entries(row.allows ?? {}).flatMap(([key, allows]) => {
    const value = entry(layer.config, key);
    return allows(value) ? [] : [`${labelOf(layer)} with ${key} ${quoted(value)}`];
  });
}

/** Whether an example has channels, which come first in dlcc. */
const hasChannels = ({ length }: Lengths, layers: readonly TfLayer[]): boolean =>
  length > 2 || (length === 2 && layers.some(({ type }) => type === "Conv1D"));

/** The shape of an example in dlcc's order: channels first, but for sequences that no convolution takes. */
function inputOf(layers: readonly TfLayer[]): Lengths {
  const [first] = layers;
  const shape = entry(first?.config, "batch_input_shape") ?? entry(first?.config, "batch_shape");
  const lengths = list(shape).slice(1);
  const good = lengths.length > 0 && lengths.every((n) => n === null || (Number.isSafeInteger(n) && Number(n) > 0));
  if (!good) return fail(`the first layer must have a batch_input_shape, such as [null, 784], got ${quoted(shape)}`);
  const known = lengths.map((n) => (n === null ? null : Number(n)));
  return known.length > 1 && hasChannels(known, layers) ? [known.at(-1) ?? null, ...known.slice(0, -1)] : known;
}

function build(layers: readonly TfLayer[], input: Lengths, weights: ReadonlyMap<string, Values>): Sequential {
  let shape = input;
  let flattened: Flattened | undefined;
  const made: Layer[] = [];
  const channelsFirst = hasChannels(input, layers);
  for (const layer of layers) {
    const { name, config } = layer;
    const take: Before["take"] = (kind, expected) => {
      const values = weights.get(`${name}/${kind}`);
      if (!values) return fail(`the weights must have ${quoted(`${name}/${kind}`)}, got none of that name`);
      const fits =
        values.shape.length === expected.length && expected.every((n, i) => n === null || n === values.shape[i]);
      if (fits) return values;
      return fail(`${quoted(`${name}/${kind}`)} must be of shape ${quoted(expected)}, got ${quoted(values.shape)}`);
    };
    try {
      const after = (rows[layer.type] as (typeof rows)[string]).make({ config, shape, channelsFirst, flattened, take });
      if (entry(config, "trainable") === false) freezeAll(after.layers);
      made.push(...after.layers);
      if ("shape" in after && after.shape) shape = after.shape;
      if ("flattened" in after) flattened = after.flattened;
    } catch (problem) {
      if (problem instanceof Missing) refuse([`${labelOf(layer)}: ${problem.message}`]);
      if (problem instanceof ArgumentError) fail(`${labelOf(layer)}: ${problem.message}`, { cause: problem });
      throw problem;
    }
  }
  if (flattened && flattened.channels > 1 && flattened.places > 1)
    refuse(["a Flatten of images without a Dense behind it"]);
  return new Sequential(made).eval();
}

function freezeAll(layers: readonly Layer[]): void {
  for (const layer of layers)
    if (layer instanceof Module) for (const parameter of layer.parameters()) parameter.frozen = true;
}
