import { Sequential } from "@dlcc/layers";
import { ArgumentError, printable, tidy, withBudget } from "@dlcc/tensor";
import { OnnxError } from "../error.ts";
import { readModel } from "../proto/read.ts";
import type { Message } from "../proto/schema.ts";
import { Graph, opsetOf } from "./graph.ts";
import { Plan } from "./plan.ts";

/** The opsets that are read: before the first, ops had other attributes; behind the last, nobody has looked. */
const [firstOpset, lastOpset] = [9, 26];

/** Values that layers may need besides those in the file, to be made, and how many for each byte of it. */
const [spare, perByte] = [2 ** 20, 1];

/** The most problems that a message lists, and the most characters of each. */
const [mostProblems, longest] = [50, 300];

/** Checks that bytes are bytes. Not by their class: another realm has another, and a Buffer is one, too. */
export function assertBytes(op: string, bytes: unknown): asserts bytes is Uint8Array {
  if (Object.prototype.toString.call(bytes) === "[object Uint8Array]") return;
  throw new ArgumentError(
    `${op}: bytes must be a Uint8Array, got ${(bytes as object | undefined)?.constructor?.name ?? String(bytes)}: new Uint8Array(buffer) makes one`,
  );
}

/** The graph of a model whose ops are of a version that is read. */
function graphOf(model: Message<"Model">): Graph {
  const opset = opsetOf(model);
  if (!model.graph || opset === undefined) {
    throw new OnnxError(
      "importOnnx: a model must have a graph and the version of its ops, got none: is it an ONNX file?",
    );
  }
  if (!(opset >= firstOpset && opset <= lastOpset)) {
    throw new OnnxError(`importOnnx: the opset must be from ${firstOpset} to ${lastOpset}, got ${opset}`);
  }
  return new Graph(model.graph, opset);
}

/**
 * The network in an ONNX file, as layers of `@dlcc/layers` with the file's numbers as their parameters: it can be trained
 * further, saved, or exported again. It is in evaluation mode, in which it computes what the file says; `train()` sets the
 * other, in which dropout drops and batch normalization takes the batch's statistics.
 *
 * What can be read: a chain of layers with one input and one output, in which blocks have ways past them that are added
 * (`Residual`). Of ops: products with matrices, convolutions, pooling, normalization, activations, dropout, flattening and
 * upsampling, in the forms in which PyTorch and `exportOnnx` write them, of opsets 9 to 26, in float32 or float64. Nodes
 * that share their numbers become one layer. A LeakyRelu of another slope than 0.01 becomes a frozen `PReLU`;
 * LogSoftmax and ReLU6 become functions labelled `logSoftmax` and `relu6`.
 *
 * @param bytes The whole file; they are copied.
 * @throws {OnnxError} naming all ops that can't be layers; or if the bytes are no ONNX model, numbers are missing, are of
 * another type or in another file (external data), or layers need more memory than the file has numbers for.
 * @throws {ArgumentError} if `bytes` is not a `Uint8Array`.
 * @example
 * ```ts
 * import { Linear, Sequential, tanh } from "@dlcc/layers";
 * import { exportOnnx, importOnnx } from "@dlcc/onnx";
 * import { ones } from "@dlcc/tensor";
 *
 * const bytes = await exportOnnx(new Sequential([new Linear(3, 2), tanh]), ["n", 3]);
 * const model = importOnnx(bytes);
 * console.log(model.forward(ones([5, 3])).shape); // → [ 5, 2 ]
 * console.log(model.parameters().map(({ name }) => name)); // → [ 'layers.0.weight', 'layers.0.bias' ]
 * ```
 */
export function importOnnx(bytes: Uint8Array): Sequential {
  assertBytes("importOnnx", bytes);
  const graph = graphOf(readModel("importOnnx", bytes));
  const plan = new Plan(graph);
  return tidy(() =>
    withBudget(spare + perByte * bytes.length, () => {
      const layers = plan.layers();
      if (plan.problems.size > 0) throw new OnnxError(problemsOf(plan));
      return new Sequential(layers).eval();
    }),
  );
}

function problemsOf({ problems }: Plan): string {
  const sorted = [...problems].sort(([a], [b]) => a - b).map(([, problem]) => printable(problem, longest));
  const others = sorted.length > mostProblems ? `; and ${sorted.length - mostProblems} more` : "";
  return `importOnnx: each op must be one that dlcc has as a layer, got ${sorted.slice(0, mostProblems).join("; ")}${others}`;
}
