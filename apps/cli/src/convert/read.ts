/** Readers of files that `dlcc convert` takes. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fromPyTorch, importBrain, importTfjs } from "@dlcc/convert";
import type { LoadedModel } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { FileError, load } from "@dlcc/io/node";
import { readNpy, readNpz } from "@dlcc/io/npy";
import { printable } from "@dlcc/tensor";
import { schemaOf } from "../table/model.ts";
import { type Content, type ConvertOptions, contentOf, type Network } from "./content.ts";

/** The bytes of a file. @throws {FileError} if it can't be read. */
export async function bytesOf(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new FileError(`${file} can't be read: ${(cause as Error).message}`, { cause });
  }
}

/** Puts the file's name before an error of what is in it. */
export async function inFile<T>(file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof FileError) throw cause;
    throw new Error(`${file}: ${printable((cause as Error).message)}`, { cause });
  }
}

/** The network of a model's file. */
export function networkFrom(loaded: LoadedModel): Network {
  const { model, input, classes, outputs, loss, facts } = loaded;
  return { model, use: { input, classes, outputs, loss }, table: schemaOf(loaded), facts };
}

const networkIn = async (file: string): Promise<Network> => networkFrom(await loadModel(file));

/** Weights under PyTorch's names, in a network of the same layers. */
async function filled(content: Content, file: string, like: string): Promise<Content> {
  const network = await networkIn(like);
  await inFile(file, () => network.model.loadStateDict(fromPyTorch(network.model, content.tensors)));
  return {
    ...content,
    about: `weights under PyTorch's names, in the network of ${like}`,
    tensors: network.model.stateDict(),
    network,
  };
}

export async function readSafetensors(file: string, { like }: ConvertOptions): Promise<Content> {
  const { tensors, metadata } = await load(file);
  if (like !== undefined) return filled({ about: "", tensors, metadata }, file, like);
  if (metadata.format !== "dlcc") return { about: "tensors of safetensors", tensors, metadata };
  const network = await networkIn(file);
  return { about: "a model of dlcc's", tensors: network.model.stateDict(), metadata, network };
}

export async function readArchive(file: string, { like }: ConvertOptions): Promise<Content> {
  const bytes = await bytesOf(file);
  const content = { about: "arrays of NumPy's", tensors: await inFile(file, () => readNpz(bytes)), metadata: {} };
  return like === undefined ? content : filled(content, file, like);
}

export async function readArray(file: string): Promise<Content> {
  const bytes = await bytesOf(file);
  const array = await inFile(file, () => readNpy(bytes));
  return { about: "an array of NumPy's", tensors: { [path.parse(file).name]: array }, metadata: {} };
}

/** A model.json of TensorFlow.js, with its weights beside it, or a network of brain.js. */
export async function readJson(file: string, options: ConvertOptions): Promise<Content> {
  const text = new TextDecoder().decode(await bytesOf(file));
  return inFile(file, async () => {
    const json = JSON.parse(text) as unknown;
    if (typeof json === "object" && json !== null && "modelTopology" in json) {
      const { model, input } = await importTfjs(json, (part) => bytesOf(path.join(path.dirname(file), part)));
      return contentOf("a layers model of TensorFlow.js", model, input, options);
    }
    const { model, inputs, outputs } = importBrain(json);
    return contentOf("a network of brain.js", model, [inputs.length], { classes: outputs, ...options });
  });
}
