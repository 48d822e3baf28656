/** The layers of a model.json, in the order in which they run. */
import { quoted } from "@dlcc/tensor";
import { failure } from "../error.ts";
import { entry, list } from "../values.ts";

/** A layer as the file describes it. */
export interface TfLayer {
  /** The name by which its weights are found. */
  readonly name: string;
  /** The name of its class, such as Dense. */
  readonly type: string;
  readonly config: unknown;
}

const fail = failure("importTfjs");

/** How deep models may lie in one another. */
const mostLevels = 20;

const isModel = (type: string): boolean => ["Sequential", "Model", "Functional"].includes(type);

/**
 * The layers, one after the other; models inside are taken apart.
 *
 * @param problems Receives what is not a chain of layers.
 */
export function chainOf(topology: unknown, problems: string[], level = 0): TfLayer[] {
  if (level > mostLevels) return fail(`models must lie ${mostLevels} levels deep at most`);
  // Converted from Keras, the topology lies one level deeper.
  const model = entry(topology, "model_config") ?? topology;
  const [type, config] = [entry(model, "class_name"), entry(model, "config")];
  if (typeof type !== "string" || !isModel(type)) {
    return fail(`modelTopology must be a Sequential or a Model, got ${quoted(type ?? topology)}`);
  }
  const layers =
    type === "Sequential" ? list(Array.isArray(config) ? config : entry(config, "layers")) : sorted(config, problems);
  return layers.flatMap((layer) => {
    const [kind, inner] = [entry(layer, "class_name"), entry(layer, "config")];
    const name = entry(inner, "name") ?? entry(layer, "name");
    if (typeof kind !== "string" || typeof name !== "string") {
      return fail(`each layer must have a class_name, and a name in its config, got ${quoted(layer)}`);
    }
    return isModel(kind) ? chainOf(layer, problems, level + 1) : [{ name, type: kind, config: inner }];
  });
}

/** The layers of a functional model that is one chain, from its input to its output. */
function sorted(config: unknown, problems: string[]): unknown[] {
  const layers = new Map(list(entry(config, "layers")).map((layer) => [String(entry(layer, "name")), layer]));
  const [inputs, outputs] = ["input_layers", "output_layers"].map((key) => list(entry(config, key)));
  if (inputs?.length !== 1 || outputs?.length !== 1) {
    problems.push(`models of ${inputs?.length} inputs and ${outputs?.length} outputs`);
    return [...layers.values()];
  }
  const after = new Map<string, string>();
  for (const [name, layer] of layers) {
    const nodes = list(entry(layer, "inbound_nodes"));
    const sources = nodes.flatMap(list).map((source) => String(list(source)[0]));
    if (nodes.length > 1 || sources.length > 1)
      problems.push(`${quoted(entry(layer, "class_name"))} (${quoted(name)}) with ${sources.length} inputs`);
    for (const source of sources) {
      if (after.has(source)) problems.push(`several layers behind ${quoted(source)}`);
      after.set(source, name);
    }
  }
  const chain: unknown[] = [];
  const last = String(list(outputs[0])[0]);
  for (let name: string | undefined = String(list(inputs[0])[0]); name !== undefined; name = after.get(name)) {
    if (chain.length > layers.size) break;
    chain.push(layers.get(name));
    if (name === last) return chain;
  }
  if (problems.length === 0) problems.push("layers that are not one chain from the input to the output");
  return [...layers.values()];
}
