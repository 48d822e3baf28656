/**
 * Runs the other halves of the side-by-side guides: each block of PyTorch with `python3`, each block of TensorFlow.js
 * with the `@tensorflow/tfjs` that Node finds from the folder given. Neither is a dependency of dlcc, so this is no test;
 * run it after changing such a block:
 *
 *     node docs/scripts/other-halves.js --python python3 --tensorflow FOLDER
 *
 * The blocks print whether they have learned, as their last line; anything but true is a failure.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { python: { type: "string" }, tensorflow: { type: "string" } } });
const guides = path.resolve(import.meta.dirname, "../guide");

/** The code of a guide's blocks in a language. */
function blocks(guide, language) {
  const text = readFileSync(path.join(guides, guide), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, "gm"))].map(([, code]) => code);
}

/** Runs a block from a file in a folder, and looks at its last line. */
function run(command, folder, extension, code) {
  const scratch = mkdtempSync(path.join(folder, "half-"));
  try {
    const file = path.join(scratch, `half${extension}`);
    writeFileSync(file, code);
    const last = execFileSync(command, [file], { encoding: "utf8" }).trim().split("\n").at(-1);
    if (last?.toLowerCase() !== "true") throw new Error(`the block printed ${last} in place of true:\n${code}`);
    console.log(`a block of ${extension.slice(1)} ran, and has learned`);
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

if (values.python === undefined && values.tensorflow === undefined) {
  throw new Error("say what to run with: --python PROGRAM, --tensorflow FOLDER, or both");
}
if (values.python !== undefined) {
  for (const code of blocks("coming-from-pytorch.md", "py")) run(values.python, tmpdir(), ".py", code);
}
if (values.tensorflow !== undefined) {
  const folder = path.resolve(values.tensorflow); // its node_modules is where the block's import looks
  for (const code of blocks("coming-from-tensorflow-js.md", "js")) run(process.execPath, folder, ".mjs", code);
}
