/**
 * Models of brain.js: dense layers, each with the same activation behind it, the last one, too. Version 1 has objects by
 * neuron and input, version 2 has arrays.
 */
import { type Layer, Linear, relu, Sequential, sigmoid, tanh } from "@dlcc/layers";
import { quoted, tensor } from "@dlcc/tensor";
import { failure } from "./error.ts";
import { entry, given, leaky, list } from "./values.ts";

/** A network of brain.js, as one of dlcc's. */
export interface ImportedBrain {
  /** The network, which can be trained further. */
  readonly model: Sequential;
  /** The names of the inputs, in order; their numbers, where the network was trained on arrays. */
  readonly inputs: readonly string[];
  /** The names of the outputs. */
  readonly outputs: readonly string[];
}

const fail = failure("importBrain");

/**
 * A `NeuralNetwork` of brain.js: what its `toJSON()` gives, of version 1 or 2. Recurrent networks and the others are refused.
 *
 * @param json The object, parsed.
 * @throws {ConvertError} if it is no such network, its layers don't fit each other, or its activation can't be had.
 * @example
 * ```ts
 * import { importBrain } from "@dlcc/convert";
 * import { tensor } from "@dlcc/tensor";
 *
 * const json = {
 *   type: "NeuralNetwork",
 *   layers: [{ weights: [], biases: [] }, { weights: [[2, 3]], biases: [-1] }],
 *   trainOpts: { activation: "relu" },
 * };
 * const { model, inputs } = importBrain(json);
 * console.log(inputs, await model.forward(tensor([[1, 10]])).array()); // → [ '0', '1' ] [ [ 31 ] ]
 * ```
 */
export function importBrain(json: unknown): ImportedBrain {
  const type = entry(json, "type") ?? "NeuralNetwork";
  if (typeof type !== "string" || !/^NeuralNetwork(GPU)?$/.test(type))
    return fail(`type must be "NeuralNetwork", got ${quoted(type)}`);
  const all = list(entry(json, "layers"));
  if (all.length < 2)
    return fail(`layers must be a list of two or more, as toJSON() gives them, got ${quoted(entry(json, "layers"))}`);
  const isFirst = !Array.isArray(entry(all[1], "weights"));
  const { layers, inputs, outputs } = isFirst ? firstVersion(all) : secondVersion(json, all);
  const activation = activationOf(json, isFirst);
  const made = layers.flatMap(({ weights, biases }): Layer[] => {
    const flat = Float32Array.from(weights.flat());
    const linear = new Linear(weights[0]?.length ?? 0, weights.length, {
      weight: given(() => tensor(flat)),
      bias: given(() => tensor(Float32Array.from(biases))),
    });
    return [linear, activation()];
  });
  return { model: new Sequential(made), inputs, outputs };
}

interface Dense {
  /** `[out][in]` */
  readonly weights: readonly (readonly number[])[];
  readonly biases: readonly number[];
}

interface Read {
  readonly layers: readonly Dense[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

const numbers = (values: readonly unknown[], where: string): number[] =>
  values.map((value) => (typeof value === "number" ? value : fail(`${where} must be numbers, got ${quoted(value)}`)));

/** A layer, checked: as many weights for each neuron as the layer before has neurons. */
function dense(
  weights: readonly (readonly number[])[],
  biases: readonly number[],
  inputs: number,
  layer: number,
): Dense {
  const good =
    weights.length > 0 &&
    inputs > 0 &&
    weights.length === biases.length &&
    weights.every((row) => row.length === inputs);
  return good
    ? { weights, biases }
    : fail(`each neuron of layer ${layer} must have ${inputs} weights and a bias, got others`);
}

/** `{ "0": { bias, weights: { "0": w, … } }, … }`; the keys are names, where the network was trained on objects. */
function firstVersion(all: readonly unknown[]): Read {
  const names = all.map((layer) => Object.keys((typeof layer === "object" && layer) || {}));
  const layers = all.slice(1).map((layer, i): Dense => {
    const neurons = (names[i + 1] ?? []).map((name) => entry(layer, name));
    const before = names[i] ?? [];
    const rows = neurons.map((neuron) => {
      const weights = entry(neuron, "weights");
      return numbers(
        before.map((input) => entry(weights, input)),
        `weights of layer ${i + 1}`,
      );
    });
    return dense(
      rows,
      numbers(
        neurons.map((neuron) => entry(neuron, "bias")),
        `biases of layer ${i + 1}`,
      ),
      before.length,
      i + 1,
    );
  });
  return { layers, inputs: names[0] ?? [], outputs: names.at(-1) ?? [] };
}

/** `{ weights: [out][in], biases: [out] }`, and names beside them. */
function secondVersion(json: unknown, all: readonly unknown[]): Read {
  let inputs = list(list(entry(all[1], "weights"))[0]).length;
  const count = inputs;
  const layers = all.slice(1).map((layer, i): Dense => {
    const rows = list(entry(layer, "weights")).map((row) => numbers(list(row), `weights of layer ${i + 1}`));
    const made = dense(rows, numbers(list(entry(layer, "biases")), `biases of layer ${i + 1}`), inputs, i + 1);
    inputs = rows.length;
    return made;
  });
  return {
    layers,
    inputs: namesOf(entry(json, "inputLookup"), count),
    outputs: namesOf(entry(json, "outputLookup"), inputs),
  };
}

/** The names in their order: `{ a: 0, b: 1 }`. */
function namesOf(lookup: unknown, count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => String(i));
  if (typeof lookup !== "object" || lookup === null) return names;
  for (const [name, place] of Object.entries(lookup))
    if (Number.isInteger(place) && place in names) names[place] = name;
  return names;
}

function activationOf(json: unknown, isFirst: boolean): () => Layer {
  const options = entry(json, "trainOpts");
  const name =
    entry(json, "activation") ??
    entry(options, "activation") ??
    entry(entry(json, "options"), "activation") ??
    "sigmoid";
  if (name === "leaky-relu" && isFirst) {
    return fail(
      'the activation must be sigmoid, relu or tanh in version 1, got "leaky-relu", which gives 0 below 0 there and 0.01 x above',
    );
  }
  const alpha = Number(entry(options, "leakyReluAlpha") ?? 0.01);
  const known: Readonly<Record<string, () => Layer>> = {
    sigmoid: () => sigmoid,
    relu: () => relu,
    tanh: () => tanh,
    "leaky-relu": () => leaky(alpha),
  };
  const made = typeof name === "string" && Object.hasOwn(known, name) ? known[name] : undefined;
  return made ?? fail(`the activation must be one of ${Object.keys(known).join(", ")}, got ${quoted(name)}`);
}
