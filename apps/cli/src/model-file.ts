import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import { save } from "@dlcc/io/node";
import type { Sequential } from "@dlcc/layers";

/** Says before training whether a model can be saved at a path, rather than after it. */
export async function checkWritable(file: string): Promise<void> {
  const folder = path.dirname(path.resolve(file));
  try {
    await access(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw new Error(`--out ${file}: the folder ${folder} does not exist or can't be written to`);
  }
  const exists = await access(file).then(
    () => true,
    () => false,
  );
  if (!exists) return;
  await access(file, constants.W_OK).catch(() => {
    throw new Error(`--out ${file}: the file is there and can't be written to`);
  });
}

/** Saves a model with what is needed to use it: its architecture, and how its inputs are prepared. */
export async function saveModel(
  file: string,
  model: Sequential,
  facts: Readonly<Record<string, string>>,
): Promise<void> {
  await save(file, model.stateDict(), {
    format: "dlcc",
    architecture: JSON.stringify(model.config()),
    input: JSON.stringify({ shape: [784], range: [0, 1] }),
    ...facts,
  });
}
