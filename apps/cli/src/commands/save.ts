/** Saves a model so that hours of training are not lost to a full disk. */
import { homedir, tmpdir } from "node:os";
import path from "node:path";
import type { ModelUse } from "@dlcc/experiment";
import { saveModel } from "@dlcc/experiment/node";
import { checkWritable, FileError } from "@dlcc/io/node";
import type { Module } from "@dlcc/layers";
import { isFirst } from "../ranks.ts";
import type { TrainingOptions } from "./training-options.ts";

/** Checks that the files of a run can be written, before its data are read. @throws {FileError} if one can't be. */
export async function checkFiles({ out, profile }: Pick<TrainingOptions, "out" | "profile">): Promise<void> {
  if (!isFirst()) return;
  for (const file of [out, profile]) if (file !== undefined) await checkWritable(file);
}

/** A model, and what its file says about it. */
export interface Savable {
  /** The file that was asked for; none if the model isn't saved. */
  readonly out: string | undefined;
  readonly model: Module;
  readonly use: ModelUse;
  readonly facts: Readonly<Record<string, string>>;
}

/** Saves the model, with what is known about the outcome. @returns The file that has it. */
export type Save = (outcome: Readonly<Record<string, string>>) => Promise<string | undefined>;

/** Bytes for the header of a file and for facts that come later: more than any network's needs. */
const headerRoom = 2 ** 16;
/** The most bytes of a number. */
const numberBytes = 8;

/**
 * Checks that the model's file can be written, and that its disk has room.
 *
 * @param onTrouble Called once, if the file can't be written later: the model is then in a second place, which the error names.
 * @param places The folders of the second place, in the order in which they are tried.
 * @returns What saves it; it throws if no place can be written to.
 * @throws {FileError} if the file can't be written.
 */
export async function openSave(
  { out, model, use, facts }: Savable,
  onTrouble: (error: Error) => void,
  places: readonly string[] = [tmpdir(), homedir()],
): Promise<Save> {
  if (out === undefined || !isFirst()) return async () => undefined;
  const numbers = Object.values(model.stateDict()).reduce((sum, { size }) => sum + size, 0);
  await checkWritable(out, numbers * numberBytes + JSON.stringify([use, facts]).length + headerRoom);
  let reported = false;
  return async (outcome) => {
    const known = { ...facts, ...outcome };
    try {
      await saveModel(out, model, use, known);
      return out;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
      const second = await saveElsewhere(places, `dlcc-${process.pid}-${path.basename(out)}`, (file) =>
        saveModel(file, model, use, known),
      );
      if (second === undefined) throw error;
      if (!reported)
        onTrouble(new Error(`${error.message}. The model is saved in ${second} instead`, { cause: error }));
      reported = true;
      return second;
    }
  };
}

/** Saves to the first folder that takes it. @returns The file; undefined if none does. */
async function saveElsewhere(
  places: readonly string[],
  name: string,
  save: (file: string) => Promise<void>,
): Promise<string | undefined> {
  for (const place of places) {
    const file = path.join(place, name);
    try {
      await save(file);
      return file;
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }
  return undefined;
}
