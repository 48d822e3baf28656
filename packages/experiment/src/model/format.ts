/**
 * Model files: safetensors, with everything needed to use the model in the metadata.
 *
 *     format         dlcc
 *     formatVersion  1
 *     architecture   the model's `config()`, JSON
 *     input          {"shape":[784],"range":[0,1]}: the shape of one example, such as [1,28,28] for convolutions, and the values
 *                    of black and white
 *     classes        the names of the outputs, JSON
 *     outputs        their kind: logits, sigmoid-logits, or activations
 *     loss           the loss that was minimized: a name that `dlcc train --loss` takes
 *
 * All other entries are facts for people: the data set, the seed, the epochs, the accuracy, the command.
 */
import { type Deserialized, deserialize, type Metadata, serialize } from "@dlcc/io";
import {
  countParameters,
  fromConfig,
  type LayerConfig,
  layerTypes,
  type Module,
  type SummaryRow,
  summaryRows,
} from "@dlcc/layers";
import { BackendError, DlccError, type Parameter, printable, quoted, type Tensor, withBudget } from "@dlcc/tensor";
import { losses } from "../choices/losses.ts";
import { type OutputKind, outputKinds } from "../outputs.ts";

/** A file that is not a model of dlcc, or that this version can't use; the message names it. */
export class ModelFileError extends DlccError {
  override readonly name = "ModelFileError";
}

/** Everything needed to use a model, besides its weights. */
export interface ModelUse {
  /** One example. */
  readonly input: {
    /** Without the axis of the examples. */
    readonly shape: readonly number[];
    /** The values of no ink and full ink. */
    readonly range: readonly [number, number];
  };
  /** The name of each output. */
  readonly classes: readonly string[];
  /** How to read the outputs. */
  readonly outputs: OutputKind;
  /** The loss that was minimized: a name in `losses`. */
  readonly loss: string;
}

/** A model that was read, ready to be used. */
export interface LoadedModel extends ModelUse {
  /** The name of its file. */
  readonly file: string;
  /** The network, in evaluation mode. */
  readonly model: Module;
  /** Its layers, with their shapes. */
  readonly layers: readonly SummaryRow[];
  /** The number of values that it learned. */
  readonly parameters: number;
  /** The sizes of its layers, such as `784-128-10` or `1×28×28-20×24×24-100-10`. */
  readonly architecture: string;
  /** Facts about its training: data set, seed, accuracy and the like, as far as they are known. */
  readonly facts: Readonly<Record<string, string>>;
}

const format = "dlcc";

/** Increases when an older dlcc would misread a newer file. */
const formatVersion = 1;

/** The metadata of a model's file: everything needed to use it, and facts about its training. */
export const metadataOf = (
  model: Module,
  { input, classes, outputs, loss }: ModelUse,
  facts: Readonly<Record<string, string>>,
): Metadata => ({
  format,
  formatVersion: String(formatVersion),
  architecture: JSON.stringify(model.config()),
  input: JSON.stringify(input),
  classes: JSON.stringify(classes),
  outputs,
  loss,
  ...facts,
});

/**
 * The bytes of a model's file: safetensors, with everything needed to use the model in the metadata.
 *
 * @param use The meaning of its inputs and outputs.
 * @param facts Notes for people: the data set, the seed, the accuracy.
 * @example
 * ```ts
 * import { buildNetwork, readModel, writeModel } from "@dlcc/experiment";
 *
 * const sizes = { inputs: 2, hidden: [3], outputs: 2 };
 * const model = buildNetwork({ ...sizes, activation: "relu", loss: "cross-entropy", init: "he", seed: 1 });
 * const use = { input: { shape: [2], range: [0, 1] }, classes: ["even", "odd"], outputs: "logits", loss: "cross-entropy" } as const;
 * const bytes = await writeModel(model, use, { seed: "1" });
 * console.log(readModel("parity.safetensors", bytes).architecture); // → 2-3-2
 * ```
 */
export const writeModel = (
  model: Module,
  use: ModelUse,
  facts: Readonly<Record<string, string>>,
): Promise<Uint8Array<ArrayBuffer>> => serialize(model.stateDict(), metadataOf(model, use, facts));

/**
 * Reads the bytes that `writeModel` wrote.
 *
 * @param file Its name, for messages.
 * @throws {ModelFileError} if the file is from another program or a newer dlcc, or its parts do not fit together.
 * @throws {SafetensorsError} if it is damaged.
 * @example
 * ```ts
 * import { buildNetwork, readModel, writeModel } from "@dlcc/experiment";
 *
 * const sizes = { inputs: 2, hidden: [3], outputs: 2 };
 * const model = buildNetwork({ ...sizes, activation: "relu", loss: "cross-entropy", init: "he", seed: 1 });
 * const use = { input: { shape: [2], range: [0, 1] }, classes: ["even", "odd"], outputs: "logits", loss: "cross-entropy" } as const;
 * const { parameters, facts } = readModel("parity.safetensors", await writeModel(model, use, { seed: "1" }));
 * console.log(parameters, facts); // → 17 { seed: '1' }
 * ```
 */
export function readModel(file: string, bytes: Uint8Array): LoadedModel {
  return modelOf(file, deserialize(bytes));
}

/** The model in the tensors and metadata of a file. It throws as `readModel` does. */
export function modelOf(file: string, { tensors, metadata }: Deserialized): LoadedModel {
  const { format: found, formatVersion: version, architecture, ...rest } = metadata;
  if (found !== format) {
    throw new ModelFileError(
      `${file}: the metadata of a model must have format "${format}", got ${found === undefined ? "none" : quoted(found)}. dlcc train mnist --out FILE writes a model`,
    );
  }
  if (version === undefined)
    throw new ModelFileError(`${file}: the metadata of a model must have formatVersion, got none: the file is damaged`);
  if (!(Number(version) <= formatVersion)) {
    throw new ModelFileError(
      `${file}: formatVersion must be ${formatVersion} or less for this dlcc, got ${printable(version, longest)}: npm install -g @dlcc/cli@latest installs a newer one`,
    );
  }
  const { input, classes, outputs, loss, ...facts } = rest;
  const use = readUse(file, { input, classes, outputs, loss });
  const model = build(file, architecture, tensors);
  fill(file, model, tensors);
  const layers = runOnce(file, model, use);
  return {
    ...use,
    file,
    model: model.eval(),
    layers,
    parameters: countParameters(model),
    architecture: [use.input.shape, ...layers.filter(isWeighted).map(({ outputShape }) => outputShape)]
      .map((shape) => shape.join("×"))
      .join("-"),
    facts,
  };
}

/** Whether a layer has weights: normalization, which learns two numbers a channel, multiplies no matrices. */
const isWeighted = ({ parameters, multiplyAdds }: SummaryRow): boolean => parameters > 0 && multiplyAdds > 0;

function readUse(file: string, entries: Readonly<Record<string, string | undefined>>): ModelUse {
  const wrong = (name: string, expected: string): ModelFileError =>
    new ModelFileError(
      `${file}: "${name}" in the metadata must be ${expected}, got ${printable(entries[name] ?? "none", longest)}`,
    );
  const input = parse(entries.input) as Partial<ModelUse["input"]> | undefined;
  if (!isNumbers(input?.shape) || !isNumbers(input?.range) || input.range.length !== 2) {
    throw wrong("input", 'such as {"shape":[784],"range":[0,1]}');
  }
  const inputs = input.shape.reduce((product, length) => product * length, 1);
  if (!input.shape.every((length) => Number.isInteger(length) && length > 0) || inputs > mostInputs) {
    throw wrong("input", `a shape of whole numbers from 1, of ${mostInputs} numbers at most`);
  }
  const classes = parse(entries.classes);
  if (!Array.isArray(classes) || !classes.every((name) => typeof name === "string")) {
    throw wrong("classes", 'names such as ["0","1"]');
  }
  const outputs = outputKinds.find((kind) => kind === entries.outputs);
  if (!outputs) throw wrong("outputs", `one of ${outputKinds.join(", ")}`);
  const { loss = "" } = entries;
  if (!losses.some(({ name }) => name === loss))
    throw wrong("loss", `one of ${losses.map(({ name }) => name).join(", ")}`);
  return { input: { shape: input.shape, range: input.range }, classes, outputs, loss };
}

function parse(json: string | undefined): unknown {
  try {
    return JSON.parse(json ?? "");
  } catch {
    return undefined;
  }
}

const isNumbers = (value: unknown): value is [number, number] =>
  Array.isArray(value) && value.every((n) => typeof n === "number");

/** The most characters that an error quotes of an entry. */
const longest = 60;

/** The most numbers of one example: a picture of 1024×1024. */
const mostInputs = 2 ** 20;
/** The most elements that one example may take in the network: 32 MiB of them, and so many for each value in the file. */
const [mostElements, perValue] = [2 ** 23, 64];
/** How deep layers may lie in one another: networks that people make have a few levels. */
const mostLevels = 50;
/** Values that a layer may need besides its parameters, to make them. */
const spare = 1000;

/** Whether the layers in a config lie deeper in one another than so many levels. */
function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((part) => isDeeper(part, levels - 1));
}

/** Makes the network, if it has no more parameters than the file has values: a few bytes may ask for gigabytes. */
function build(file: string, architecture: string | undefined, tensors: Readonly<Record<string, Tensor>>): Module {
  const values = Object.values(tensors).reduce((sum, { size }) => sum + size, 0);
  try {
    const config = JSON.parse(architecture ?? "") as LayerConfig;
    // Each level of layers is two of JSON: the layer, and the list of those inside.
    if (isDeeper(config, 2 * mostLevels)) throw new Error(`layers must lie ${mostLevels} levels deep at most`);
    return withBudget(2 * values + spare, () => fromConfig(config, layerTypes));
  } catch (cause) {
    if (cause instanceof BackendError) {
      throw new ModelFileError(
        `${file}: the tensors must fit the architecture: it has more parameters than the ${values} values in the file (${cause.message})`,
        { cause },
      );
    }
    throw new ModelFileError(
      `${file}: the architecture can't be built: ${printable((cause as Error).message, mostOfMessage)}`,
      { cause },
    );
  }
}

/** The most names that an error lists, and the most characters of another error's message. */
const [most, mostOfMessage] = [4, 300];

/** Puts the tensors into the model, if they fit its architecture. */
function fill(file: string, model: Module, tensors: Readonly<Record<string, Tensor>>): void {
  const named = new Map<string, Parameter>([...model.namedParameters(), ...model.namedBuffers()]);
  const text = ({ dtype, shape }: Tensor): string => `${dtype} ${quoted(shape)}`;
  const problems = [...named].flatMap(([name, parameter]) => {
    const tensor = tensors[name];
    if (!tensor) return [`${name} is missing`];
    const [is, wanted] = [text(tensor), text(parameter.peek())];
    return is === wanted ? [] : [`${name} must be ${wanted}, got ${is}`];
  });
  for (const name of Object.keys(tensors))
    if (!named.has(name)) problems.push(`${printable(name, longest)} is not in the model`);
  if (problems.length > 0) {
    const others = problems.length > most ? `; and ${problems.length - most} more` : "";
    throw new ModelFileError(
      `${file}: the tensors must fit the architecture: ${problems.slice(0, most).join("; ")}${others}`,
    );
  }
  model.loadStateDict(tensors);
}

/** Runs the model on one example: it must take the input that the file describes, and have an output for each class. */
function runOnce(file: string, model: Module, { input, classes }: ModelUse): SummaryRow[] {
  let rows: SummaryRow[];
  try {
    rows = withBudget(mostElements + perValue * countParameters(model), () => summaryRows(model, input.shape));
  } catch (cause) {
    throw new ModelFileError(
      `${file}: the model must take its own input, ${quoted(input.shape)}: ${printable((cause as Error).message, mostOfMessage)}`,
      { cause },
    );
  }
  const found = rows.at(-1)?.outputShape.join();
  if (found === String(classes.length)) return rows;
  throw new ModelFileError(
    `${file}: the model must have one output for each of its ${classes.length} classes, got [${found}]`,
  );
}
