import { OnnxError } from "./error.ts";
import { inputsOf, opsetOf, portOf } from "./import/graph.ts";
import { assertBytes } from "./import/import.ts";
import { readModel } from "./proto/read.ts";
import type { Message } from "./proto/schema.ts";

/** A value that a network takes or gives. */
export interface OnnxValue {
  /** Its name, by which programs hand it over. */
  readonly name: string;
  /** The length of each axis; a name, or `?`, where it is free. Undefined if the file doesn't say. */
  readonly shape: readonly (number | string)[] | undefined;
}

/** What a file says of itself. */
export interface OnnxInfo {
  /** The program that wrote it. */
  readonly producer: string;
  /** The version of the file's format. */
  readonly irVersion: number;
  /** The version of the ops. */
  readonly opset: number;
  /** What the network takes. */
  readonly inputs: readonly OnnxValue[];
  /** What it gives. */
  readonly outputs: readonly OnnxValue[];
  /** How often each op is there. */
  readonly ops: Readonly<Record<string, number>>;
  /** Notes, by name. */
  readonly metadata: Readonly<Record<string, string>>;
}

const entryOf = (value: Message<"ValueInfo">): OnnxValue => {
  const { name, axes } = portOf(value);
  return { name, shape: axes?.map((axis) => axis ?? "?") };
};

/**
 * What an ONNX file says of itself: who wrote it, its inputs and outputs, its ops, its notes. It takes any model, also one
 * that `importOnnx` can't read.
 *
 * @param bytes The whole file.
 * @throws {OnnxError} if they are no ONNX model. @throws {ArgumentError} if `bytes` is not a `Uint8Array`.
 * @example
 * ```ts
 * import { Flatten, Sequential } from "@dlcc/layers";
 * import { exportOnnx, readOnnxInfo } from "@dlcc/onnx";
 *
 * const bytes = await exportOnnx(new Sequential([new Flatten()]), ["n", 28, 28], { metadata: { note: "digits" } });
 * const { inputs, outputs, metadata } = readOnnxInfo(bytes);
 * console.log(inputs); // → [ { name: 'input', shape: [ 'n', 28, 28 ] } ]
 * console.log(outputs, metadata); // → [ { name: 'output', shape: [ 'n', 784 ] } ] { note: 'digits' }
 * ```
 */
export function readOnnxInfo(bytes: Uint8Array): OnnxInfo {
  assertBytes("readOnnxInfo", bytes);
  const model = readModel("readOnnxInfo", bytes);
  const { graph, producer = "", irVersion = 0, metadata = [] } = model;
  const opset = opsetOf(model);
  if (!graph || opset === undefined) {
    throw new OnnxError(
      "readOnnxInfo: a model must have a graph and the version of its ops, got none: is it an ONNX file?",
    );
  }
  const counts = new Map<string, number>();
  for (const { op = "" } of graph.nodes ?? []) counts.set(op, (counts.get(op) ?? 0) + 1);
  return {
    producer,
    irVersion,
    opset,
    inputs: inputsOf(graph).map(entryOf),
    outputs: (graph.outputs ?? []).map(entryOf),
    ops: Object.fromEntries(counts),
    metadata: Object.fromEntries(metadata.map(({ key = "", value = "" }) => [key, value])),
  };
}
