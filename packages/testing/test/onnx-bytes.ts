/** ONNX files of any nodes: the bytes are those of protobuf, what they say is random. */
import fc from "fast-check";

/** Bytes of a length, whatever they mean. */
const joined = (parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts));

/** A whole number in groups of seven bits, the lowest first. Negative ones are 64 bits wide. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    const more = rest > 127n;
    bytes.push(Number(rest & 127n) | (more ? 128 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return Uint8Array.from(bytes);
}

const int = (field: number, value: number): Uint8Array => joined([varint(field << 3), varint(value)]);
const bytes = (field: number, value: Uint8Array): Uint8Array =>
  joined([varint((field << 3) | 2), varint(value.length), value]);
const text = (field: number, value: string): Uint8Array => bytes(field, new TextEncoder().encode(value));
const float = (field: number, value: number): Uint8Array =>
  joined([varint((field << 3) | 5), new Uint8Array(Float32Array.of(value).buffer)]);

const size = fc.oneof(
  { weight: 8, arbitrary: fc.nat(4) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 65_536, 2 ** 31, 2 ** 40, 2 ** 53) },
);

/** Numbers in the file: mostly as many bytes as the dims say. */
const tensor = fc
  .record({
    dims: fc.array(size, { maxLength: 4 }),
    type: fc.constantFrom(1, 1, 1, 7, 7, 6, 9, 10, 11),
    spare: fc.constantFrom(0, 0, 0, 0, 1),
    fill: fc.constantFrom(0, 1, 63),
  })
  .map(({ dims, type, spare, fill }) => {
    const width = ({ 1: 4, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8 } as Readonly<Record<number, number>>)[type] ?? 1;
    const length = dims.reduce((product, n) => product * n, width);
    const raw = new Uint8Array(length >= 0 && length < 4096 ? length + spare : 8).fill(fill);
    return joined([...dims.map((n) => int(1, n)), int(2, type), bytes(9, raw)]);
  });

const ops = (
  "Gemm MatMul Add Mul Sub Div Pow Sqrt Conv ConvTranspose MaxPool AveragePool GlobalAveragePool ReduceMean Pad " +
  "BatchNormalization LayerNormalization InstanceNormalization Flatten Reshape Identity Dropout Resize Upsample Relu Sigmoid " +
  "Tanh Softmax LeakyRelu Elu PRelu Clip Erf HardSigmoid Greater Cast Shape Gather Concat Slice Unsqueeze Transpose Constant Loop"
).split(" ");
/** Those that take any data, so that others come after something that is a layer. */
const easy = ["Relu", "Sigmoid", "Tanh", "Flatten", "Identity", "Softplus"];
const names = (
  "axis axes kernel_shape pads strides dilations group alpha beta transB epsilon momentum keepdims mode to perm value " +
  "auto_pad ceil_mode output_padding ratio min max starts ends \u001b[2J"
).split(" ");

const attribute = fc
  .record({
    name: fc.constantFrom(...names),
    kind: fc.nat(4),
    value: size,
    list: fc.array(size, { maxLength: 6 }),
    tensor,
  })
  .map(({ name, kind, value, list, tensor: inner }) => {
    if (kind === 0) return joined([text(1, name), int(3, value), int(20, 2)]);
    if (kind === 1) return joined([text(1, name), float(2, value), int(20, 1)]);
    if (kind === 2) return joined([text(1, name), ...list.map((n) => int(8, n)), int(20, 7)]);
    if (kind === 3) return joined([text(1, name), text(4, "SAME_UPPER"), int(20, 3)]);
    return joined([text(1, name), bytes(5, inner), int(20, 4)]);
  });

/** How many initializers there are: `w0`, `w1`, … */
const initializers = 6;

/** A node whose inputs are initializers and values before it. */
const node = fc.record({
  op: fc.oneof(fc.constantFrom(...ops), fc.constantFrom(...easy)),
  inputs: fc.array(fc.record({ isStored: fc.boolean(), back: fc.nat(5) }), { minLength: 1, maxLength: 5 }),
  // Most ops do without, and refuse others' attributes.
  attributes: fc.oneof(
    { weight: 3, arbitrary: fc.constant<Uint8Array[]>([]) },
    { weight: 1, arbitrary: fc.array(attribute, { maxLength: 4 }) },
  ),
});

/** Files whose protobuf is right, and whose nodes follow one from the other. */
export const anyOnnx: fc.Arbitrary<Uint8Array> = fc
  .record({
    opset: fc.constantFrom(9, 11, 13, 17, 17, 17, 21),
    input: fc.array(size, { minLength: 1, maxLength: 4 }),
    tensors: fc.array(tensor, { minLength: initializers, maxLength: initializers }),
    nodes: fc.array(node, { minLength: 1, maxLength: 8 }),
  })
  .map(({ opset, input, tensors, nodes }) => {
    const nameOf = (i: number): string => (i < 0 ? "x" : `v${i}`);
    const shape = joined(input.map((n) => bytes(1, int(1, n))));
    const type = bytes(1, joined([int(1, 1), bytes(2, shape)]));
    const graph = [
      ...nodes.map(({ op, inputs, attributes }, i) => {
        const taken = inputs.map(({ isStored, back }, at) =>
          // What comes first is data, as a rule.
          text(1, isStored && at > 0 ? `w${back}` : nameOf(Math.max(-1, i - 1 - (at === 0 ? 0 : back)))),
        );
        return bytes(1, joined([...taken, text(2, nameOf(i)), text(4, op), ...attributes.map((one) => bytes(5, one))]));
      }),
      ...tensors.map((one, i) => bytes(5, joined([one, text(8, `w${i}`)]))),
      bytes(11, joined([text(1, "x"), bytes(2, type)])),
      bytes(12, text(1, nameOf(nodes.length - 1))),
    ];
    return joined([int(1, 8), bytes(7, joined(graph)), bytes(8, int(2, opset))]);
  });
