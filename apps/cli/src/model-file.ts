/** Model files on disk. What is in them: `model-format.ts`. */
import { load, save } from "@dlcc/io/node";
import type { Module } from "@dlcc/layers";
import { type LoadedModel, type ModelUse, metadataOf, modelOf } from "./model-format.ts";

export { type LoadedModel, ModelFileError, type ModelUse } from "./model-format.ts";

/** Saves a model with what is needed to use it, and facts about how it came to be. */
export const saveModel = (
  file: string,
  model: Module,
  use: ModelUse,
  facts: Readonly<Record<string, string>>,
): Promise<void> => save(file, model.stateDict(), metadataOf(model, use, facts));

/**
 * Reads a model that `saveModel` wrote.
 *
 * @throws {ModelFileError} if the file is another program's or a newer dlcc's, or its parts do not fit together.
 * @throws {FileError} if it can't be read. @throws {SafetensorsError} if it is damaged.
 */
export const loadModel = async (file: string): Promise<LoadedModel> => modelOf(file, await load(file));
