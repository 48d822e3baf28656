/** Model files on disk. `format.ts` describes their contents. */
import { load, save } from "@dlcc/io/node";
import type { Module } from "@dlcc/layers";
import { type LoadedModel, type ModelUse, metadataOf, modelOf } from "./format.ts";

/**
 * Saves a model with everything needed to use it. At every moment the path has a complete file, the old one or the new.
 *
 * @param use The meaning of its inputs and outputs.
 * @param facts Notes for people: the data set, the seed, the accuracy.
 * @throws {FileError} if the file can't be written.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { loadModel, saveModel } from "@dlcc/experiment/node";
 * import { Linear, Sequential } from "@dlcc/layers";
 *
 * const file = join(tmpdir(), "dlcc-save-model.safetensors");
 * const use = { input: { shape: [2], range: [0, 1] }, classes: ["even", "odd"], outputs: "logits", loss: "cross-entropy" } as const;
 * await saveModel(file, new Sequential([new Linear(2, 2, { seed: 1 })]), use, { seed: "1" });
 * console.log((await loadModel(file)).facts); // → { seed: '1' }
 * ```
 */
export const saveModel = (
  file: string,
  model: Module,
  use: ModelUse,
  facts: Readonly<Record<string, string>>,
): Promise<void> => save(file, model.stateDict(), metadataOf(model, use, facts));

/**
 * Reads a model that `saveModel` wrote.
 *
 * @throws {ModelFileError} if the file is from another program or a newer dlcc, or its parts do not fit together.
 * @throws {FileError} if it can't be read.
 * @throws {SafetensorsError} if it is damaged.
 * @example
 * ```ts
 * import { tmpdir } from "node:os";
 * import { join } from "node:path";
 * import { loadModel, saveModel } from "@dlcc/experiment/node";
 * import { Linear, Sequential } from "@dlcc/layers";
 * import { zeros } from "@dlcc/tensor";
 *
 * const file = join(tmpdir(), "dlcc-load-model.safetensors");
 * const use = { input: { shape: [2], range: [0, 1] }, classes: ["even", "odd"], outputs: "logits", loss: "cross-entropy" } as const;
 * await saveModel(file, new Sequential([new Linear(2, 2, { seed: 1 })]), use, {});
 * const { model, architecture } = await loadModel(file);
 * console.log(architecture, model.forward(zeros([1, 2])).shape); // → 2-2 [ 1, 2 ]
 * ```
 */
export const loadModel = async (file: string): Promise<LoadedModel> => modelOf(file, await load(file));
