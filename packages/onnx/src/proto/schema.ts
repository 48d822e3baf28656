/**
 * The messages of an ONNX file, as far as networks need them: each field's number in protobuf, and its type. Fields that are
 * not here are skipped. Source: onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
 */
const schema = {
  Model: {
    irVersion: [1, "int"],
    producer: [2, "string"],
    graph: [7, "Graph"],
    opsets: [8, "Opset", "list"],
    metadata: [14, "Entry", "list"],
  },
  Opset: { domain: [1, "string"], version: [2, "int"] },
  Entry: { key: [1, "string"], value: [2, "string"] },
  Graph: {
    nodes: [1, "Node", "list"],
    name: [2, "string"],
    initializers: [5, "Tensor", "list"],
    inputs: [11, "ValueInfo", "list"],
    outputs: [12, "ValueInfo", "list"],
    sparse: [15, "Sparse", "list"],
  },
  Sparse: { values: [1, "Tensor"] },
  Node: {
    inputs: [1, "string", "list"],
    outputs: [2, "string", "list"],
    name: [3, "string"],
    op: [4, "string"],
    attributes: [5, "Attribute", "list"],
    domain: [7, "string"],
  },
  Attribute: {
    name: [1, "string"],
    float: [2, "float"],
    int: [3, "int"],
    string: [4, "string"],
    tensor: [5, "Tensor"],
    floats: [7, "float", "list"],
    ints: [8, "int", "list"],
    type: [20, "int"],
  },
  Tensor: {
    dims: [1, "int", "list"],
    type: [2, "int"],
    floats: [4, "float", "list"],
    int32s: [5, "int", "list"],
    int64s: [7, "int", "list"],
    name: [8, "string"],
    raw: [9, "bytes"],
    doubles: [10, "double", "list"],
    external: [13, "Entry", "list"],
    location: [14, "int"],
  },
  ValueInfo: { name: [1, "string"], type: [2, "Type"] },
  Type: { tensor: [1, "TensorType"] },
  TensorType: { element: [1, "int"], shape: [2, "Shape"] },
  Shape: { dims: [1, "Dim", "list"] },
  Dim: { value: [1, "int"], name: [2, "string"] },
} as const;

type Schema = typeof schema;

/** The name of a message. */
export type MessageName = keyof Schema;

/** What values of scalar fields are here. An int64 becomes a number: indices, sizes and flags are small. */
interface Scalars {
  readonly int: number;
  readonly float: number;
  readonly double: number;
  readonly string: string;
  readonly bytes: Uint8Array;
}

/** The type of a scalar field. */
export type ScalarType = keyof Scalars;

type Value<T> = T extends ScalarType ? Scalars[T] : T extends MessageName ? Message<T> : never;

type FieldValue<F> = F extends readonly [number, infer T, "list"]
  ? readonly Value<T>[]
  : F extends readonly [number, infer T]
    ? Value<T>
    : never;

/** A message as an object: a field that the file doesn't have is undefined. */
export type Message<N extends MessageName> = {
  readonly [F in keyof Schema[N]]?: FieldValue<Schema[N][F]> | undefined;
};

/** A field, as the table has it. */
export interface Field {
  readonly name: string;
  readonly number: number;
  readonly type: ScalarType | MessageName;
  readonly isList: boolean;
}

/** The fields of a message. */
export const fieldsOf = (message: MessageName): Field[] =>
  Object.entries(schema[message] as Readonly<Record<string, readonly [number, Field["type"], "list"?]>>).map(
    ([name, [number, type, list]]) => ({ name, number, type, isList: list !== undefined }),
  );

/** The codes of element types in a file. */
export const elementTypes = { float32: 1, int32: 6, int64: 7, bool: 9, float64: 11 } as const;

/** The codes of the kinds of attributes. */
export const attributeTypes = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;
