/** Files of the user's: digits and models in, models out. Loaded when there is one. */
import { examplesFromIdx, type Idx, IdxError, readIdx, split } from "@dlcc/data";
import {
  checkReadsDigits,
  type DigitSource,
  digitClasses,
  type EmbeddedDigits,
  type LoadedModel,
  ModelFileError,
  readModel,
  toCommand,
  writeModel,
} from "@dlcc/experiment";
import { pixels } from "./digits.ts";
import { messageOf } from "./errors.ts";
import type { Session } from "./session.ts";

/** Reads a model, which must read digits. */
export function openModel(name: string, bytes: Uint8Array): LoadedModel {
  try {
    const loaded = readModel(name, bytes);
    checkReadsDigits(loaded);
    return loaded;
  } catch (error) {
    const said = messageOf(error);
    throw said.startsWith(name) ? error : new ModelFileError(`${name}: ${said}`, { cause: error });
  }
}

/** A session's model as a file. @param imported The model that the session began with, if it was one. */
export function modelFile(of: Session, source: DigitSource, imported?: LoadedModel): Promise<Uint8Array<ArrayBuffer>> {
  const dataset = source === "embedded" ? "the embedded 10,000 MNIST digits" : "IDX files";
  const { seed } = of.experiment;
  const facts = imported?.facts ?? { dataset, seed: String(seed), command: toCommand(of.experiment, source) };
  const use = { input: of.input, classes: digitClasses, outputs: of.outputs, loss: of.loss };
  return writeModel(of.model, use, facts);
}

/** Reads a file; what is wrong with it is said with its name. */
async function readFile({ name, bytes }: { readonly name: string; readonly bytes: Uint8Array }): Promise<Idx> {
  try {
    return await readIdx(bytes);
  } catch (error) {
    throw new IdxError(`${name}: ${messageOf(error)}`, { cause: error });
  }
}

/** Digits from files: one of images and one of labels, of which a sixth is set aside; or two of each, as MNIST comes. */
export async function digitsFromFiles(
  files: readonly { readonly name: string; readonly bytes: Uint8Array }[],
): Promise<EmbeddedDigits> {
  const read = await Promise.all(files.map(readFile));
  const bySize = (a: Idx, b: Idx): number => (b.shape[0] ?? 0) - (a.shape[0] ?? 0);
  const images = read.filter(({ shape }) => shape.length === 3).sort(bySize);
  const labels = read.filter(({ shape }) => shape.length === 1).sort(bySize);
  const [trainImages, testImages] = images;
  const [trainLabels, testLabels] = labels;
  if (!trainImages || !trainLabels || images.length !== labels.length || images.length > 2) {
    throw new IdxError(
      `${images.length} with images and ${labels.length} with labels are among these files: give one of each, or MNIST's four`,
    );
  }
  const train = examplesFromIdx(trainImages, trainLabels);
  if (train.images.shape[1] !== pixels) {
    throw new IdxError(`the images have ${train.images.shape[1]} pixels, and this page reads 28×28`);
  }
  if (testImages && testLabels) return { train, test: examplesFromIdx(testImages, testLabels) };
  const parts = split(train.images, train.labels, 1 / 6, { seed: 1 });
  return { train: parts.train, test: parts.validation };
}
