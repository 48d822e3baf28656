/**
 * The families of elementwise ops. Each makes an op of a row: its name, what it takes, its loop on the cpu backend and its
 * derivative.
 */
import { apply } from "../apply.ts";
import type { ArithmeticOp, ComparisonOp, UnaryOp, View } from "../backend.ts";
import { binary as binaryKernel, unary as unaryKernel } from "../cpu/elementwise.ts";
import type { BinaryLoop, UnaryLoop } from "../cpu/loops.ts";
import { isTensor } from "../is-tensor.ts";
import { type Derivative, define, type KernelOperation } from "../op.ts";
import type { Tensor, TensorLike } from "../tensor.ts";
import { assertFloat, assertNumber, assertSameDType, assertSameShape } from "./checks.ts";
import { applyBinary } from "./operands.ts";

/** What an op takes: floats, numbers (floats and `int32`), or every dtype. */
type Taken = "floats" | "numbers" | "all";

function assertTaken(op: string, x: Tensor, taken: Taken, wayOut?: string): void {
  if (taken === "floats") assertFloat(op, x, wayOut);
  else if (taken === "numbers") assertNumber(op, x);
}

/** The derivative of a function that is flat wherever it is smooth. */
export const flat = (): readonly undefined[] => [];

/** An elementwise op of one input. */
export type UnaryFunction = ((x: Tensor) => Tensor) & KernelOperation<UnaryOp>;

/** Makes an elementwise op of one input. */
export function unary(row: {
  readonly name: UnaryOp;
  readonly takes: Taken;
  readonly loop: UnaryLoop;
  readonly derivative: Derivative<UnaryOp>;
}): UnaryFunction {
  const { name, takes, loop, derivative } = row;
  const definition: KernelOperation<UnaryOp> = {
    name,
    results(_, [x]) {
      assertTaken(name, x, takes);
      return [x];
    },
    kernel: (_, [x]) => unaryKernel(loop, x),
    derivative,
  };
  const op: UnaryFunction = define((x: Tensor): Tensor => apply(op, {}, x), definition);
  return op;
}

/** An elementwise op of two inputs, which are broadcast to one shape. */
export type ArithmeticFunction = ((a: TensorLike, b: TensorLike) => Tensor) & KernelOperation<ArithmeticOp>;

/** An elementwise comparison of two inputs, which are broadcast to one shape. */
export type ComparisonFunction = ((a: TensorLike, b: TensorLike) => Tensor) & KernelOperation<ComparisonOp>;

/** Checks two operands. Returns the one that has the dtype of the result. */
function checkPair(op: string, a: TensorLike, b: TensorLike): Tensor {
  if (isTensor(a) && isTensor(b)) {
    assertSameDType(op, a, b);
    assertSameShape(op, a, b);
  }
  return isTensor(a) ? a : (b as Tensor);
}

/** Makes an elementwise op of two inputs of one dtype, which the result has, too. */
export function arithmetic(row: {
  readonly name: ArithmeticOp;
  readonly takes: Taken;
  /** What an error about the dtype names besides `cast`. */
  readonly wayOut?: string;
  readonly loop: BinaryLoop;
  /** For `int32`, where it is another one. */
  readonly integerLoop?: BinaryLoop;
  readonly derivative: Derivative<ArithmeticOp>;
}): ArithmeticFunction {
  const { name, takes, wayOut, loop, integerLoop = loop, derivative } = row;
  const definition: KernelOperation<ArithmeticOp> = {
    name,
    takesNumbers: true,
    results(_, [a, b]) {
      const result = checkPair(name, a, b);
      assertTaken(name, result, takes, wayOut);
      return [result];
    },
    kernel(_, [a, b]) {
      const { dtype } = typeof a === "number" ? (b as View) : a;
      return binaryKernel(dtype === "int32" ? integerLoop : loop, [a, b]);
    },
    derivative,
  };
  const op: ArithmeticFunction = define((a: TensorLike, b: TensorLike): Tensor => applyBinary(op, a, b), definition);
  return op;
}

/** Makes an elementwise comparison. */
export function comparison(name: ComparisonOp, loop: BinaryLoop): ComparisonFunction {
  const definition: KernelOperation<ComparisonOp> = {
    name,
    takesNumbers: true,
    results: (_, [a, b]) => [{ dtype: "bool", shape: checkPair(name, a, b).shape }],
    kernel: (_, inputs) => binaryKernel(loop, inputs, "bool"),
    derivative: flat,
  };
  const op: ComparisonFunction = define((a: TensorLike, b: TensorLike): Tensor => applyBinary(op, a, b), definition);
  return op;
}
