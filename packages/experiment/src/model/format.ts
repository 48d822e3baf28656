/**
 * Model files: safetensors, with what it takes to use the model in the metadata.
 *
 *     format         dlcc
 *     formatVersion  1
 *     architecture   what `config()` of the model gives, JSON
 *     input          {"shape":[784],"range":[0,1]}: of one example, and what black and white are
 *     classes        the names of the outputs, JSON
 *     outputs        what they are: logits, sigmoid-logits, or activations
 *     loss           what was minimized: a name that `dlcc train --loss` takes
 *
 * The rest are facts, for people: the data set, the seed, the epochs, the accuracy, the command.
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
import { DlccError, type Parameter, type Tensor } from "@dlcc/tensor";
import { losses } from "../choices/losses.ts";
import { type OutputKind, outputKinds } from "../outputs.ts";

/** A file that is not a model of dlcc's, or one that this version can't use; the message names it. */
export class ModelFileError extends DlccError {
  override readonly name = "ModelFileError";
}

/** What it takes to use a model besides its weights. */
export interface ModelUse {
  /** One example. */
  readonly input: {
    /** Without the axis of the examples. */
    readonly shape: readonly number[];
    /** The values of no ink and full ink. */
    readonly range: readonly [number, number];
  };
  /** What each output stands for. */
  readonly classes: readonly string[];
  /** How to read the outputs. */
  readonly outputs: OutputKind;
  /** What was minimized: a name in `losses`. */
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
  /** How many numbers it learned. */
  readonly parameters: number;
  /** The sizes of its layers, such as `784-128-10`. */
  readonly architecture: string;
  /** How it came to be: data set, seed, accuracy and the like, as far as they are known. */
  readonly facts: Readonly<Record<string, string>>;
}

const format = "dlcc";

/** Goes up when an older dlcc would misread a newer file. */
const formatVersion = 1;

/** What the file of a model says besides the weights: what is needed to use it, and facts about how it came to be. */
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
 * The bytes of a model's file: safetensors, with what it takes to use the model in the metadata.
 *
 * @param use What its input and its outputs are.
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
 * Reads what `writeModel` wrote.
 *
 * @param file Its name, for messages.
 * @throws {ModelFileError} if the file is another program's or a newer dlcc's, or its parts do not fit together.
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

/** The model that the tensors and metadata of a file are; `readModel` says what it throws. */
export function modelOf(file: string, { tensors, metadata }: Deserialized): LoadedModel {
  const { format: found, formatVersion: version, architecture, ...rest } = metadata;
  if (found !== format) {
    throw new ModelFileError(
      `${file}: the metadata of a model must have format "${format}"; ${found === undefined ? "they have none" : `got "${found}"`}. dlcc train mnist --out FILE writes one`,
    );
  }
  if (version === undefined) throw new ModelFileError(`${file} is damaged: its metadata lack formatVersion`);
  if (!(Number(version) <= formatVersion)) {
    throw new ModelFileError(
      `${file} is in format version ${version}, and this dlcc reads up to ${formatVersion}: a newer one is needed, npm install -g @dlcc/cli@latest`,
    );
  }
  const { input, classes, outputs, loss, ...facts } = rest;
  const use = readUse(file, { input, classes, outputs, loss });
  const model = build(file, architecture);
  fill(file, model, tensors);
  const layers = runOnce(file, model, use);
  return {
    ...use,
    file,
    model: model.eval(),
    layers,
    parameters: countParameters(model),
    architecture: [...use.input.shape, ...layers.filter((row) => row.parameters > 0).map(sizeOf)].join("-"),
    facts,
  };
}

const sizeOf = ({ outputShape }: SummaryRow): string => outputShape.join("×");

function readUse(file: string, entries: Readonly<Record<string, string | undefined>>): ModelUse {
  const wrong = (name: string, expected: string): ModelFileError =>
    new ModelFileError(`${file}: "${name}" in its metadata is ${entries[name] ?? "missing"}, not ${expected}`);
  const input = parse(entries.input) as Partial<ModelUse["input"]> | undefined;
  if (!isNumbers(input?.shape) || !isNumbers(input?.range) || input.range.length !== 2) {
    throw wrong("input", 'such as {"shape":[784],"range":[0,1]}');
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

function build(file: string, architecture: string | undefined): Module {
  try {
    return fromConfig(JSON.parse(architecture ?? "") as LayerConfig, layerTypes);
  } catch (cause) {
    throw new ModelFileError(`${file}: its architecture can't be built: ${(cause as Error).message}`, { cause });
  }
}

/** How many names an error lists. */
const most = 4;

/** Puts the tensors into the model, if they are those of its architecture. */
function fill(file: string, model: Module, tensors: Readonly<Record<string, Tensor>>): void {
  const named = new Map<string, Parameter>([...model.namedParameters(), ...model.namedBuffers()]);
  const text = ({ dtype, shape }: Tensor): string => `${dtype} [${shape.join(",")}]`;
  const problems = [...named].flatMap(([name, parameter]) => {
    const tensor = tensors[name];
    if (!tensor) return [`${name} is missing`];
    const [is, wanted] = [text(tensor), text(parameter.peek())];
    return is === wanted ? [] : [`${name} is ${is}, not ${wanted}`];
  });
  for (const name of Object.keys(tensors)) if (!named.has(name)) problems.push(`${name} has no place`);
  if (problems.length > 0) {
    const others = problems.length > most ? `; and ${problems.length - most} more` : "";
    throw new ModelFileError(
      `${file}: its tensors are not those of its architecture: ${problems.slice(0, most).join("; ")}${others}`,
    );
  }
  model.loadStateDict(tensors);
}

/** Runs the model on one example: its input must be what the file says, and it must have an output for each class. */
function runOnce(file: string, model: Module, { input, classes }: ModelUse): SummaryRow[] {
  let rows: SummaryRow[];
  try {
    rows = summaryRows(model, input.shape);
  } catch (cause) {
    throw new ModelFileError(`${file}: it does not take its own input: ${(cause as Error).message}`, { cause });
  }
  const found = rows.at(-1)?.outputShape.join();
  if (found === String(classes.length)) return rows;
  throw new ModelFileError(`${file}: it gives [${found}] for an example, and has ${classes.length} classes`);
}
