/**
 * @packageDocumentation
 * @mergeModuleWith <project>
 */
export { apply, applyStep } from "./apply.ts";
export {
  type ArithmeticOp,
  arithmeticOps,
  type Backend,
  type BinaryOp,
  type ComparisonOp,
  type Computed,
  comparisonOps,
  type Kernel,
  type Operand,
  type Padding,
  type ReduceOp,
  reduceOps,
  type Storage,
  type UnaryOp,
  unaryOps,
  type View,
  type Views,
  type Window,
} from "./backend.ts";
export { claim, withBudget } from "./budget.ts";
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
export { debug, type LiveTensors, liveTensors } from "./debug.ts";
export { type DType, dtypes, isFloat, type TypedArray } from "./dtype.ts";
export { ArgumentError, BackendError, DisposedError, DlccError, DTypeError, ShapeError } from "./errors.ts";
export { type Finalizer, finalizer, type Releasable, unscopedTensors } from "./finalizer.ts";
export { kernelsOf, type Methods } from "./kernels-of.ts";
export { alias, keep, retain, tidy } from "./memory.ts";
export { named } from "./named.ts";
export { largestHolders, originOf, span } from "./observer.ts";
export type {
  Composite,
  CustomOperation,
  Derivations,
  Derivative,
  DerivedBy,
  Differentiable,
  KernelOperation,
  Operation,
  Outputs,
  Result,
  Thunk,
  ViewGeometry,
  ViewOperation,
} from "./op.ts";
export { assertDType, assertLabels, assertTensor } from "./ops/checks.ts";
export { composites } from "./ops/composites.ts";
export type { ArithmeticFunction, ComparisonFunction, UnaryFunction } from "./ops/families.ts";
export * from "./ops/index.ts";
export * as ops from "./ops/index.ts";
export { loadValues, moveValues, Parameter } from "./parameter.ts";
export { printable, quoted } from "./printable.ts";
export {
  type ChromeTrace,
  type OpProfile,
  type Profile,
  profile,
  type SpanProfile,
  type TraceEvent,
} from "./profile.ts";
export { Generator, type GeneratorState, generatorOf, type Seed } from "./random/generator.ts";
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
export {
  type AdamAttributes,
  type Attributes,
  type ConvolutionAttributes,
  type CustomAttributes,
  type FusedActivation,
  type FusedAttributes,
  type FusedOp,
  fusedActivations,
  type Inputs,
  type None,
  type Op,
  type PrimitiveOp,
  type SgdAttributes,
  type StepOp,
  stepOps,
  type ViewOp,
} from "./signatures.ts";
export { fromStorage, type NestedArray, Tensor, type TensorLike, viewOf } from "./tensor.ts";
export { windowPositions } from "./window.ts";
