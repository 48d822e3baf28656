/** A network that PyTorch has trained, with its weights: the same architecture, the same answers. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { load } from "@dlcc/io/node";
import { BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, relu, Sequential } from "@dlcc/layers";
import { argmax, tensor } from "@dlcc/tensor";

const model = new Sequential([
  new Conv2d(1, 4, 3),
  new BatchNorm2d(4),
  relu,
  new MaxPool2d(2),
  new Flatten(),
  new Linear(4 * 6 * 6, 3),
]);

/** PyTorch's names as dlcc's: `1.running_mean` is `layers.1.runningMean`. It counts batches, which dlcc need not. */
function renamed(state) {
  const entries = Object.entries(state).filter(([name]) => !name.endsWith("num_batches_tracked"));
  const rename = (name) =>
    `layers.${name.replace("running_mean", "runningMean").replace("running_var", "runningVariance")}`;
  return Object.fromEntries(entries.map(([name, value]) => [rename(name), value]));
}

const { tensors } = await load(fileURLToPath(new URL("model.safetensors", import.meta.url)));
console.log("PyTorch's:", Object.keys(tensors).join(" "));
model.loadStateDict(renamed(tensors)); // strict: a name or a shape that does not fit is an error
model.eval();

// Upright, level and slanting stripes.
const stripes = [(_, column) => column, (row) => row, (row, column) => (row + column) / Math.SQRT2];
const images = stripes.map((wave) => [
  Array.from({ length: 14 }, (_, row) => Array.from({ length: 14 }, (_, column) => Math.sin(wave(row, column)))),
]);
const outputs = model.forward(tensor(images));
console.log("classes:", (await argmax(outputs, 1).array()).join(" "));

const expected = JSON.parse(readFileSync(new URL("expected.json", import.meta.url), "utf8"));
const errors = (await outputs.array()).flatMap((row, i) => row.map((value, j) => Math.abs(value - expected[i][j])));
console.log("the same as PyTorch's answers, to 1e-5:", Math.max(...errors) < 1e-5);
