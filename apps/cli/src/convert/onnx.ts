/** Model files to ONNX, and back. */
import { readFile } from "node:fs/promises";
import { type OutputKind, readModel } from "@dlcc/experiment";
import { loadModel } from "@dlcc/experiment/node";
import { type Metadata, serialize } from "@dlcc/io";
import { checkWritable, FileError, load, replaceFile } from "@dlcc/io/node";
import { type Layer, Sequential } from "@dlcc/layers";
import { exportOnnx, importOnnx, OnnxError, type OnnxInfo, readOnnxInfo } from "@dlcc/onnx";
import type { Converted, ConvertOptions } from "./conversion.ts";

/** The loss that suits each kind of outputs, for training further. */
const lossOf: Readonly<Record<OutputKind, string>> = {
  logits: "cross-entropy",
  "sigmoid-logits": "sigmoid-cross-entropy",
  activations: "mse",
};

/** The axis of the examples, which is free. */
const examples = "n";

/** A saved model as ONNX; what its file says besides goes along as notes, and comes back with them. */
export async function toOnnx(from: string, to: string): Promise<Converted> {
  const { model, input, architecture } = await loadModel(from);
  const { architecture: _, ...notes } = (await load(from)).metadata;
  await checkWritable(to);
  const bytes = await exportOnnx(model, [examples, ...input.shape], { metadata: notes });
  await replaceFile(to, bytes);
  return { facts: { model: architecture, input: `[${[examples, ...input.shape].join(", ")}]`, opset: "17" } };
}

const labelOf = (layer: Layer | undefined): string | undefined =>
  layer && "label" in layer && typeof layer.label === "string" ? layer.label : undefined;

/** What a file that dlcc didn't write doesn't say: from the options, or what is usual. */
function useOf(info: OnnxInfo, last: string | undefined, options: ConvertOptions): Metadata {
  const shape = info.inputs[0]?.shape?.slice(1);
  const count = info.outputs[0]?.shape?.at(-1);
  if (!shape?.every((length) => typeof length === "number")) {
    throw new OnnxError(
      `the shape of an example must be numbers in the file, got ${shape ? `[${shape.join(", ")}]` : "none"}: export it again, with the axis of examples alone free`,
    );
  }
  if (options.classes === undefined && typeof count !== "number") {
    throw new OnnxError("the number of outputs must be in the file: --classes names them");
  }
  const { classes = Array.from({ length: Number(count) }, (_, i) => String(i)), range = [0, 1] } = options;
  const kind = options.outputs ?? (last === "softmax" || last === "sigmoid" ? "activations" : "logits");
  return {
    format: "dlcc",
    formatVersion: "1",
    input: JSON.stringify({ shape, range }),
    classes: JSON.stringify(classes),
    outputs: kind,
    loss: lossOf[kind],
  };
}

/** A network in ONNX as a model's file: of dlcc's own with all that it says, of others with what the options say. */
export async function fromOnnx(from: string, to: string, options: ConvertOptions): Promise<Converted> {
  const bytes = await readFile(from).catch((cause: Error) => {
    throw new FileError(`${from} can't be read: ${cause.message}`, { cause });
  });
  await checkWritable(to);
  try {
    const info = readOnnxInfo(bytes);
    const network = importOnnx(bytes);
    const last = labelOf(network.layers.at(-1));
    // The scores of logits are those of their logarithms: log-softmax takes the same from all.
    const model = last === "logSoftmax" ? new Sequential(network.layers.slice(0, -1)) : network;
    const use = info.metadata.format === "dlcc" ? info.metadata : useOf(info, last, options);
    const written = await serialize(model.stateDict(), { ...use, architecture: JSON.stringify(model.config()) });
    const { architecture, classes, outputs } = readModel(to, written);
    await replaceFile(to, written);
    return {
      facts: { model: architecture, producer: info.producer, outputs: `${outputs} for ${classes.length} classes` },
    };
  } catch (cause) {
    if (cause instanceof OnnxError) throw new OnnxError(`${from}: ${cause.message}`, { cause });
    throw cause;
  }
}
