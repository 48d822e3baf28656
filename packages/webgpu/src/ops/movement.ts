import { ArgumentError, advance, type Methods, sizeOf, type View } from "@dlcc/tensor";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { bitsOf, countOf, numbersOf, type Scratch, sizesAround } from "../scratch.ts";
import * as kernels from "../wgsl/index.ts";
import { copy, elementOf, literalOf } from "./elementwise.ts";
import { argsort } from "./order.ts";
import { withScratch } from "./scratch.ts";

/** The indices as the host knows them, in order, if it does. They are checked, and counted from the beginning. */
function indicesOnHost(op: string, view: View, size: number): Int32Array | undefined {
  const { host } = numbersOf(view);
  if (!host) return undefined;
  const list = new Int32Array(countOf(view));
  const [counter, place] = [view.shape.map(() => 0), [view.offset]];
  for (let i = 0; i < list.length; i++) {
    const index = host[place[0] as number] as number;
    if (index < -size || index >= size) {
      throw new ArgumentError(`${op}: indices must be from ${-size} to ${size - 1}, got ${index}`);
    }
    list[i] = index < 0 ? index + size : index;
    advance(view.shape, [view.strides], counter, place);
  }
  return list;
}

/**
 * Runs a kernel that gives `count` numbers of a dtype: where an index is outside an axis of `size`, floats are NaN; else it says
 * so in a word of its own, which reads look at.
 */
function runDoubtful(
  device: Device,
  kernel: kernels.Kernel,
  inputs: readonly Numbers[],
  { dtype }: View,
  size: number,
  count: number,
  numbers: readonly number[],
): Numbers {
  const { name } = kernel;
  const output = device.make(name, count);
  const outputs = [output];
  if (dtype !== "float32" && count > 0) {
    const message = `an index of ${name} was outside its axis: indices must be from ${-size} to ${size - 1}`;
    const word = device.make(name, 1);
    device.launch({ kernel: kernels.zeros(), inputs: [], outputs: [word], params: [1] });
    device.doubt(output, [{ word, message, carriers: 0 }]);
    outputs.push(word);
  }
  device.launch({ kernel, inputs, outputs, params: [count, size, ...numbers] });
  return output;
}

/** The order that sorts places, each once and those of equal places as they come: by counting. */
function orderOf(list: Int32Array, size: number): Int32Array {
  const starts = new Int32Array(size + 1);
  for (const place of list) (starts[place + 1] as number)++;
  for (let i = 0; i < size; i++) (starts[i + 1] as number) += starts[i] as number;
  const order = new Int32Array(list.length);
  for (let i = 0; i < list.length; i++) order[(starts[list[i] as number] as number)++] = i;
  return order;
}

/** The places of indices and the order that sorts them: from the host, where they came from, or by the device. */
function sorted(scratch: Scratch, indices: View, size: number): readonly [places: Numbers, order: Numbers] {
  const { device } = scratch;
  const numbers = numbersOf(indices);
  const key = [size, indices.offset, indices.shape, indices.strides].join(" ");
  const known = numbers.derived?.get(key);
  if (known) return known as [Numbers, Numbers];
  const list = indicesOnHost("scatterAdd", indices, size);
  if (list) {
    const made = [device.upload(list), device.upload(orderOf(list, size))] as const;
    numbers.derived ??= new Map();
    numbers.derived.set(key, made); // An embedding's indices are looked up, and added to, in the same step.
    return made;
  }
  const count = countOf(indices);
  const line = scratch.line(indices);
  const places = scratch.keep(
    scratch.run(kernels.places(), [line.numbers], count, [count, size, line.start, line.step]),
  );
  return [places, scratch.keep(argsort(device, "i32", places, { outer: 1, inner: 1 }, count, false))];
}

/** What moves numbers, on a device. */
export const movement = (device: Device): Pick<Methods, "pad" | "concat" | "gather" | "scatterAdd"> => ({
  pad: (x, padding, value) =>
    withScratch(device, (scratch) => {
      const shape = padding.map(([before, after], axis) => before + (x.shape[axis] as number) + after);
      const size = sizeOf(shape);
      const literal = literalOf(value, x.dtype);
      const bits = x.dtype === "float32" ? bitsOf(literal) : literal;
      const params = [size, bits, ...shape, ...x.shape, ...padding.map(([before]) => before)];
      return scratch.run(kernels.pad(shape.length), [x], size, params);
    }),

  concat: (inputs, axis) =>
    withScratch(device, (scratch) => {
      const [first] = inputs;
      if (inputs.length === 1 && first) return copy(device, first);
      // Of each row, how many numbers an input has.
      const widths = inputs.map(({ shape }) => sizeOf(shape.slice(axis)));
      const all = widths.reduce((sum, width) => sum + width, 0);
      const rows = sizeOf(first?.shape.slice(0, axis) ?? []);
      const output = device.make("concat", rows * all);
      let at = 0;
      for (const [i, input] of inputs.entries()) {
        const width = widths[i] as number;
        const count = rows * width;
        if (count > 0) {
          device.launch({
            kernel: kernels.place(),
            inputs: [scratch.inOrder(input)],
            outputs: [output],
            params: [count, width, all, at],
          });
        }
        at += width;
      }
      return output;
    }),

  gather: (x, indices, axis) =>
    withScratch(device, (scratch) => {
      const { outer, inner } = sizesAround(x.shape, axis);
      const [size, picks] = [x.shape[axis] as number, countOf(indices)];
      indicesOnHost("gather", indices, size);
      const { numbers, start, step } = scratch.line(indices);
      const kernel = kernels.gather(x.dtype === "float32");
      const inputs = [scratch.inOrder(x), numbers];
      return runDoubtful(device, kernel, inputs, x, size, outer * picks * inner, [inner, picks, start, step]);
    }),

  scatterAdd: (x, indices, axis, size) =>
    withScratch(device, (scratch) => {
      const { outer, inner } = sizesAround(x.shape, axis, indices.shape.length);
      const inputs = [scratch.inOrder(x), ...sorted(scratch, indices, size)];
      const kernel = kernels.scatterAdd(elementOf(x.dtype));
      return runDoubtful(device, kernel, inputs, x, size, outer * size * inner, [inner, countOf(indices)]);
    }),
});
