import {
  BackendError,
  type BinaryOp,
  collapse,
  comparisonOps,
  type DType,
  type Methods,
  type Operand,
  sizeOf,
  type View,
} from "@dlcc/tensor";
import type { UntypedView } from "@dlcc/tensor/device";
import type { Device } from "../device.ts";
import type { Numbers } from "../numbers.ts";
import { numbersOf } from "../scratch.ts";
import {
  type Access,
  binary,
  casts,
  type Element,
  elementwise,
  type Formula,
  ranks,
  unary,
  wholeBinary,
  wholeUnary,
} from "../wgsl/index.ts";

/** What the device takes the elements of a dtype for. */
export const elementOf = (dtype: DType): Element => (dtype === "float32" ? "f32" : dtype === "int32" ? "i32" : "u32");

/** Runs a function over all elements of a shape. An operand is a view of that shape, or a number for every element. */
export function map(
  device: Device,
  f: Formula,
  operands: readonly (UntypedView | number)[],
  shape: readonly number[],
): Numbers {
  const size = sizeOf(shape);
  const output = device.make(f.name, size);
  if (size === 0) return output;
  const views = operands.filter((operand) => typeof operand !== "number");
  const { lengths, strides } = collapse(shape, views);
  if (lengths.length === 0) {
    lengths.push(1);
    for (const list of strides) list.push(0);
  }
  const fours = views.every((view, i) => readsFours(view, strides[i] as number[], lengths));
  const inner = lengths[lengths.length - 1] as number;
  if (fours) lengths[lengths.length - 1] = Math.ceil(inner / 4);
  // What lies in disorder takes kernels of few ranks, what lies well those of its own.
  const rank = ranks.find((rank) => rank >= Math.max(lengths.length, fours ? 1 : 4));
  if (rank === undefined) {
    throw new BackendError(
      `${f.name}: ${device.name} walks along 8 axes at most that are not in order, got ${lengths.length}: make a copy first`,
    );
  }
  const more = Array.from({ length: rank - lengths.length }, () => 0);
  const count = sizeOf(lengths);
  let next = 0;
  const access: Access[] = [];
  const walks = operands.flatMap((operand) => {
    if (typeof operand === "number") {
      access.push("literal");
      return [operand];
    }
    const steps = strides[next++] as number[];
    access.push(!fours ? "one" : steps[steps.length - 1] === 0 ? "same" : "four");
    return [operand.offset, ...more, ...steps];
  });
  device.launch({
    kernel: elementwise(f, access, rank),
    inputs: views.map(numbersOf),
    outputs: [output],
    params: [count, ...[...more.map(() => 1), ...lengths].slice(1), ...walks],
  });
  return output;
}

/** Whether four neighbours along the last axis can be read as one vector, or are one element. */
function readsFours({ offset }: UntypedView, strides: readonly number[], lengths: readonly number[]): boolean {
  const last = lengths.length - 1;
  // A single axis may end within a vector: what is behind its end is never looked at.
  if (last > 0 && (lengths[last] as number) % 4 !== 0) return false;
  if (strides[last] === 0) return true;
  return strides[last] === 1 && offset % 4 === 0 && strides.slice(0, last).every((stride) => stride % 4 === 0);
}

const identity: Formula = { name: "copy", variant: "", takes: ["u32"], gives: "u32", text: "return a;" };

/** The view's elements in order, in a storage of their own. */
export const copy = (device: Device, view: UntypedView): Numbers => map(device, identity, [view], view.shape);

/** A number literal as a dtype has it. */
export function literalOf(value: number, dtype: DType): number {
  if (dtype === "bool") return Number(value !== 0);
  return dtype === "int32" ? Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(value))) : value;
}

/** Operands, of which one at least is a view, with the literals as the device has that one's dtype; and its elements. */
function typed(operands: readonly Operand[]): { readonly element: Element; readonly values: readonly Operand[] } {
  const { dtype } = operands.find((operand) => typeof operand !== "number") as View;
  return {
    element: elementOf(dtype),
    values: operands.map((operand) => (typeof operand === "number" ? literalOf(operand, dtype) : operand)),
  };
}

const comparisons: readonly BinaryOp[] = comparisonOps;

/** The elementwise ops on a device. */
export const elementwiseOps = (device: Device): Pick<Methods, "unary" | "binary" | "where" | "cast" | "copy"> => ({
  unary(op, x) {
    const element = elementOf(x.dtype);
    const text = `return ${(element === "f32" ? undefined : wholeUnary[op]) ?? unary[op]};`;
    return map(device, { name: op, variant: element, takes: [element], gives: element, text }, [x], x.shape);
  },

  binary(op, a, b) {
    const { element, values } = typed([a, b]);
    const text = (element === "f32" ? undefined : wholeBinary[op]) ?? binary[op];
    const gives = comparisons.includes(op) ? "u32" : element;
    const { shape } = (typeof a === "number" ? b : a) as View;
    return map(device, { name: op, variant: element, takes: [element, element], gives, text }, values, shape);
  },

  where(condition, a, b) {
    const { element, values } = typed([a, b]);
    const takes: Formula["takes"] = ["u32", element, element];
    const text = "return select(c, b, a != 0u);";
    const choice: Formula = { name: "where", variant: element, takes, gives: element, text };
    return map(device, choice, [condition, ...values], condition.shape);
  },

  cast(x, dtype) {
    const [from, to] = [elementOf(x.dtype), elementOf(dtype)];
    const variant = `${from} ${to}`;
    if (from === to) return copy(device, x);
    const text = casts[variant] ?? `return ${to}(a);`;
    return map(device, { name: "cast", variant, takes: [from], gives: to, text }, [x], x.shape);
  },

  copy: (x) => copy(device, x),
});
