/**
 * An op as a value: its name, what it refuses and what comes out, and the kernel with which the cpu backend computes it.
 * `apply` takes such values, and recorders see them.
 *
 * They are values, and not names in a table, so that a bundler keeps the ops that a program mentions and drops the
 * others, kernels and all. For the same reason an op that a program may do without brings its derivative along. Those
 * that every program has, as `Tensor` has methods for them, have theirs in a table in `@dlcc/autograd`, as a program may
 * do without that.
 *
 * There are four kinds, told apart by how they run: primitives, which every backend computes; views, which need no
 * backend; fused ops, which a backend may have faster than their composite of primitives; and the user's own.
 */
import type { Backend, Kernel, Storage, Views } from "./backend.ts";
import type { DType } from "./dtype.ts";
import { BackendError } from "./errors.ts";
import { tell } from "./recorder.ts";
import type { Attributes, FusedOp, Inputs, Op, PrimitiveOp, ViewOp } from "./signatures.ts";
import { fromStorage, type Tensor, viewOf } from "./tensor.ts";

/** What an op gives: one tensor, but for the steps of optimizers. */
export type Outputs = readonly [Tensor, ...Tensor[]];

/** What will come out of an op; a tensor says it where the result is like it. */
export interface Result {
  /** The type of the elements. */
  readonly dtype: DType;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
}

/** An op: what `apply` takes. */
export interface Operation<O extends Op = Op> {
  /** As it stands in messages. */
  readonly name: O;
  /** Checks the inputs, computes, and tells the recorders. */
  run(backend: Backend, attributes: Attributes<O>, inputs: Inputs<O>, reuse: readonly boolean[]): Outputs;
  /** Its derivative, where the op brings it along. */
  readonly derivative?: Derivative<O>;
}

/** How to compute ∂C/∂input, if it is asked for. */
export type Thunk = () => Tensor;

/**
 * The derivative of an op. It is told ∂C/∂output (the course's `buffer`) and what the op saw, and says for each input how
 * to get ∂C/∂input: undefined where there is none, as for indices. It gives thunks, of which only those run whose input
 * leads to a parameter. Written in tensor ops, so that derivatives have derivatives.
 */
export type Derivative<O extends Op> = (
  gradient: Tensor,
  step: { readonly inputs: Inputs<O>; readonly output: Tensor; readonly attributes: Attributes<O> },
) => readonly (Thunk | undefined)[];

/** An op that brings its derivative along. */
export interface WithDerivative<O extends Op> {
  /** See {@link Derivative}. */
  readonly derivative: Derivative<O>;
}

/** An op that every backend computes. */
export interface Primitive<O extends PrimitiveOp = PrimitiveOp> extends Operation<O> {
  /** Checks the inputs, and says what will come out. */
  result(attributes: Attributes<O>, inputs: Inputs<O>): Result;
  /** How the cpu backend computes it. */
  kernel(attributes: Attributes<O>, inputs: Views<O>): ReturnType<Kernel<O>>;
}

/** An op that looks at the same storage in another way. */
export interface ViewOperation<O extends ViewOp = ViewOp> extends Operation<O> {
  /** Checks the input, and says how the result walks through its storage. */
  view(attributes: Attributes<O>, x: Tensor): Walk;
}

/** A shape, and a way through a storage. */
export interface Walk {
  /** The lengths of the axes. */
  readonly shape: readonly number[];
  /** Counted in elements. */
  readonly strides: readonly number[];
  /** Where the first element is. Default: where the input's is. */
  readonly offset?: number;
}

/** A fused op as the primitives that it is made of. */
export type Composite<O extends FusedOp> = (attributes: Attributes<O>, inputs: Inputs<O>) => readonly Tensor[];

/** An op that is several primitives in one pass; `composites` says which. */
export interface FusedOperation<O extends FusedOp = FusedOp> extends Operation<O> {
  /** Checks the inputs, and says what will come out. */
  results(attributes: Attributes<O>, inputs: Inputs<O>): readonly Result[];
  /** How the cpu backend computes it. */
  kernel(attributes: Attributes<O>, inputs: Views<O>, reuse: readonly boolean[]): ReturnType<Kernel<O>>;
}

/** A fused op that brings its composite along, as it has no derivative but the composite's. */
export interface WithComposite<O extends FusedOp> {
  /** See {@link Composite}. */
  readonly composite: Composite<O>;
}

/** How primitives run. */
export function runPrimitive<O extends PrimitiveOp>(
  this: Primitive<O>,
  backend: Backend,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
): Outputs {
  const { dtype, shape } = this.result(attributes, inputs);
  const kernel = backend.kernel(this) ?? lacks(this.name, backend);
  const [storage] = kernel(attributes, inputs as unknown as Views<O>, []) as readonly [Storage];
  return told(this, attributes, inputs, [fromStorage(backend, storage, dtype, shape)]);
}

/** Says that a backend can't compute an op, and what it could do. */
function lacks(op: string, backend: Backend, way = ""): never {
  throw new BackendError(`${op}: the backend ${backend.name} has no kernel for it${way}`);
}

/** How views are made. */
export function runView<O extends ViewOp>(
  this: ViewOperation<O>,
  _: Backend,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
): Outputs {
  const [x] = inputs as readonly [Tensor];
  const { shape, strides, offset } = this.view(attributes, x);
  return told(this, attributes, inputs, [viewOf(x, shape, strides, offset)]);
}

/** How fused ops run: as a kernel of the backend's, or as the composite that it names. */
export function runFused<O extends FusedOp>(
  this: FusedOperation<O>,
  backend: Backend,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
  reuse: readonly boolean[],
): Outputs {
  const results = this.results(attributes, inputs);
  const kernel = backend.kernel(this);
  if (!kernel) {
    const composite = backend.composites?.[this.name] as Composite<O> | undefined;
    const way = ": add composites of @dlcc/tensor to it, as in { ...backend, composites }";
    return (composite ?? lacks(this.name, backend, way))(attributes, inputs) as Outputs;
  }
  const outputs = kernel(attributes, inputs as unknown as Views<O>, reuse).map((storage, i) => {
    const reused = (inputs as readonly Tensor[]).find((input, j) => reuse[j] && input.storage === storage);
    const { dtype, shape } = results[i] as Result;
    return reused ? reused.overwritten() : fromStorage(backend, storage, dtype, shape);
  });
  return told(this, attributes, inputs, outputs as unknown as Outputs);
}

/** Tells the recorders what an op gave. */
export function told<O extends Op>(
  op: Operation<O>,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
  outputs: Outputs,
): Outputs {
  tell({ op, attributes, inputs, outputs });
  return outputs;
}
