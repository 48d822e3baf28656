/** Writers of files that `dlcc convert` makes. All replace a file whole, or not at all. */
import path from "node:path";
import { exportPage, exportScript, type ScriptUse, toPyTorch } from "@dlcc/convert";
import { saveModel } from "@dlcc/experiment/node";
import { replaceFile, save } from "@dlcc/io/node";
import { writeNpy, writeNpz } from "@dlcc/io/npy";
import type { Tensor } from "@dlcc/tensor";
import { type Content, type ConvertOptions, type Network, rowsOf } from "./content.ts";

/** The network, for files that run it. */
export function networkOf({ network, about }: Content, file: string): Network {
  if (network) return network;
  throw new Error(
    `${file} must have a network to run, got ${about}: convert a model that dlcc train --out wrote, or give its layers by --like`,
  );
}

/** The tensors under the names that were asked for. */
const tensorsOf = (content: Content, file: string, { pytorch }: ConvertOptions): Readonly<Record<string, Tensor>> =>
  pytorch ? toPyTorch(networkOf(content, file).model) : content.tensors;

/** Weights; of a network with everything needed to use it, unless they are for PyTorch. */
export async function writeSafetensors(file: string, content: Content, options: ConvertOptions): Promise<void> {
  const { network, metadata } = content;
  if (options.pytorch || !network) return save(file, tensorsOf(content, file, options), network ? {} : metadata);
  const { model, use, facts } = network;
  const rank = rowsOf(model, use.input.shape).at(-1)?.outputShape.length ?? 1;
  // What dlcc's commands use has a number for each class; of other networks the file has what programs need.
  if (rank === 1) await saveModel(file, model, use, facts);
  else await save(file, model.stateDict(), { architecture: JSON.stringify(model.config()) });
}

export async function writeArchive(file: string, content: Content, options: ConvertOptions): Promise<void> {
  await replaceFile(file, await writeNpz(tensorsOf(content, file, options)));
}

export async function writeArray(file: string, { tensors }: Content): Promise<void> {
  const [only, ...others] = Object.values(tensors);
  if (!only || others.length > 0) {
    throw new Error(`${file} holds one array, and there are ${others.length + (only ? 1 : 0)}: write a .npz`);
  }
  await replaceFile(file, await writeNpy(only));
}

const useOf = ({ use, table }: Network): ScriptUse => ({ ...use, ...(table && { table }) });

export async function writeScript(file: string, content: Content): Promise<void> {
  const network = networkOf(content, file);
  await replaceFile(file, await exportScript(network.model, useOf(network)));
}

export async function writePage(file: string, content: Content): Promise<void> {
  const network = networkOf(content, file);
  await replaceFile(file, await exportPage(network.model, useOf(network), { title: path.parse(file).name }));
}
