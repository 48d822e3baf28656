/** What tests of checkpoints share: a table to learn from, and what is in a folder of checkpoints. */
import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { checkpointFolder } from "@dlcc/io/node";
import { Generator, normal } from "@dlcc/tensor";
import { expect } from "vitest";
import { newPath } from "./dlcc.ts";

/** A table of 300 rows: three numbers, and a class that depends on them. */
export function noisyTable(): string {
  const table = newPath("table.csv");
  const random = new Generator(1);
  const rows = Array.from({ length: 300 }, () => {
    const [a, b, c] = [normal(random), normal(random), normal(random)];
    return [a, b, c, a + b * c > 0 ? "yes" : a > -1 ? "no" : "neither"].join(",");
  });
  writeFileSync(table, ["a,b,c,target", ...rows].join("\n"));
  return table;
}

/** The weights in the newest checkpoint, as a digest; undefined without one. No file of the folder may be damaged. */
export async function weightsIn(folder: string): Promise<string | undefined> {
  const damaged: string[] = [];
  const found = await checkpointFolder(folder, { onDamaged: ({ message }) => damaged.push(message) }).read();
  expect(damaged).toEqual([]);
  if (!found) return undefined;
  const hash = createHash("sha256");
  for (const [name, tensor] of Object.entries(found.tensors).sort()) {
    if (name.startsWith("model.")) hash.update(name).update(new Uint8Array((await tensor.data()).slice().buffer));
    tensor.dispose();
  }
  return hash.digest("hex");
}
