import { save } from "@dlcc/io/node";
import type { Sequential } from "@dlcc/layers";

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
