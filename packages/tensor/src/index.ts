export * as ops from "./all-ops.ts";
export { apply, applyStep } from "./apply.ts";
export type {
  ArithmeticOp,
  Backend,
  BinaryOp,
  ComparisonOp,
  Computed,
  Kernel,
  Operand,
  Padding,
  ReduceOp,
  Storage,
  UnaryOp,
  View,
  Views,
  Window,
} from "./backend.ts";
export { needDType } from "./checks.ts";
export { cpu } from "./cpu/index.ts";
export {
  arange,
  type CreateOptions,
  eye,
  full,
  linspace,
  ones,
  onesLike,
  type TensorData,
  type TensorOptions,
  tensor,
  zeros,
  zerosLike,
} from "./create.ts";
export { type DType, dtypes, isFloat, type TypedArray } from "./dtype.ts";
export { ArgumentError, BackendError, DisposedError, DlccError, DTypeError, ShapeError } from "./errors.ts";
export { type Claim, type Finalizer, finalizer, unscopedTensors } from "./finalizer.ts";
export { composites } from "./fused/composites.ts";
export { kernelsOf, type Methods } from "./kernels-of.ts";
export { Holding, keep, tidy } from "./memory.ts";
export type {
  Composite,
  Derivative,
  FusedOperation,
  Operation,
  Outputs,
  Primitive,
  Result,
  Thunk,
  ViewOperation,
  Walk,
  WithComposite,
  WithDerivative,
} from "./op.ts";
export { logSoftmax, logSumExp, norm, oneHot, softmax, variance } from "./ops/composite.ts";
export {
  abs,
  add,
  cast,
  clip,
  div,
  equal,
  exp,
  greater,
  greaterEqual,
  less,
  lessEqual,
  log,
  logicalNot,
  maximum,
  minimum,
  mul,
  neg,
  notEqual,
  pow,
  relu,
  sigmoid,
  sign,
  sqrt,
  square,
  step,
  sub,
  tanh,
  where,
} from "./ops/elementwise.ts";
export { matmul } from "./ops/matmul.ts";
export {
  broadcastTo,
  concat,
  contiguous,
  flatten,
  fold,
  gather,
  pad,
  permute,
  reshape,
  type SliceRange,
  scatterAdd,
  slice,
  squeeze,
  stack,
  transpose,
  unfold,
  unsqueeze,
  type WindowOptions,
} from "./ops/movement.ts";
export { needTensor } from "./ops/operands.ts";
export { type Axes, argmax, max, mean, min, type ReduceOptions, sum } from "./ops/reduction.ts";
export { loadValues, moveValues, Parameter } from "./parameter.ts";
export { Generator, generatorOf, type Seed } from "./random/generator.ts";
export { normal } from "./random/normal.ts";
export { integer, permutation } from "./random/permutation.ts";
export { type RandomOptions, randn, uniform } from "./random/samplers.ts";
export { type Recorder, type Step, unrecorded, withRecorder } from "./recorder.ts";
export {
  advance,
  broadcastShapes,
  collapse,
  contiguousStrides,
  isContiguous,
  type Shape,
  sameShape,
  sizeOf,
} from "./shape.ts";
export type {
  AdamAttributes,
  Attributes,
  CustomAttributes,
  FusedActivation,
  FusedAttributes,
  FusedOp,
  Inputs,
  None,
  Op,
  PrimitiveOp,
  SgdAttributes,
  StepOp,
  ViewOp,
} from "./signatures.ts";
export { fromStorage, type NestedArray, Tensor, type TensorLike } from "./tensor.ts";
export { windowPositions } from "./window.ts";
