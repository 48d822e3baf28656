/** Networks in ONNX. */
import { readModel, writeModel } from "@dlcc/experiment";
import { deserialize, type Metadata, serialize } from "@dlcc/io";
import { replaceFile } from "@dlcc/io/node";
import { exportOnnx, importOnnx, readOnnxInfo } from "@dlcc/onnx";
import { type Content, type ConvertOptions, contentOf } from "./content.ts";
import { bytesOf, inFile, networkFrom } from "./read.ts";
import { networkOf } from "./write.ts";

/** The axis of the examples, which is free. */
const examples = "n";

/** A network: of dlcc's own with all that its file said, of others with what the options say. */
export async function readOnnx(file: string, options: ConvertOptions): Promise<Content> {
  const bytes = await bytesOf(file);
  return inFile(file, async () => {
    const { producer, inputs, metadata } = readOnnxInfo(bytes);
    const model = importOnnx(bytes);
    if (metadata.format === "dlcc") {
      const notes: Metadata = { ...metadata, architecture: JSON.stringify(model.config()) };
      const network = networkFrom(readModel(file, await serialize(model.stateDict(), notes)));
      return { about: "a model of dlcc's in ONNX", tensors: network.model.stateDict(), metadata: notes, network };
    }
    const shape = (inputs[0]?.shape ?? []).slice(1).map((length) => (typeof length === "number" ? length : null));
    return contentOf(`a network in ONNX, of ${producer || "an unknown program"}`, model, shape, options, "logits");
  });
}

/** What dlcc's own file would say besides goes along as notes, and comes back with them. */
export async function writeOnnx(file: string, content: Content): Promise<void> {
  const { model, use, facts } = networkOf(content, file);
  const { architecture: _, ...notes } = deserialize(await writeModel(model, use, facts)).metadata;
  await replaceFile(file, await exportOnnx(model, [examples, ...use.input.shape], { metadata: notes }));
}
