/**
 * What an op is: its function, with all that is known about it. `exp` is called as `exp(x)`; it also has its name, its
 * check, the kernel with which the cpu backend computes it, and its derivative. `apply` runs it, and recorders see it.
 *
 * An op stands in one place, so that it is read in one place, and so that a bundler keeps the ops that a program mentions
 * and drops the others, kernels, derivatives and all.
 *
 * There are three kinds, which differ in how they run: those that a backend computes (primitives, which every backend has,
 * and fused ops, which a backend may leave to their composites); views, which need no backend; and the user's own.
 */
import type { Kernel, Views } from "./backend.ts";
import type { DType } from "./dtype.ts";
import type { Attributes, FusedOp, Inputs, Op, PrimitiveOp, ViewOp } from "./signatures.ts";
import type { Tensor } from "./tensor.ts";

/** The result of an op: one tensor, except for the steps of optimizers. */
export type Outputs = readonly [Tensor, ...Tensor[]];

/** What will come out of an op; a tensor says it where the result is like it. */
export interface Result {
  /** The type of the elements. */
  readonly dtype: DType;
  /** The lengths of the axes. */
  readonly shape: readonly number[];
}

/** How to compute ∂C/∂input, if it is asked for. */
export type Thunk = () => Tensor;

/**
 * The derivative of an op. It takes ∂C/∂output (the course's `buffer`) and the op's inputs, output and attributes, and
 * returns for each input a function that computes ∂C/∂input: undefined where there is none, as for indices. A tape calls
 * those whose input leads to a parameter. Written in tensor ops, so that derivatives have derivatives. At kinks and ties it is PyTorch's.
 */
export type Derivative<O extends Op> = (
  gradient: Tensor,
  step: { readonly inputs: Inputs<O>; readonly output: Tensor; readonly attributes: Attributes<O> },
) => readonly (Thunk | undefined)[];

/** An op as the ops that it is made of. */
export type Composite<O extends Op> = (attributes: Attributes<O>, inputs: Inputs<O>) => readonly Tensor[];

/** Every op brings its derivative, or a composite that is replayed to find it. */
export type Differentiable<O extends Op> = DerivedBy<O, "derivative"> | DerivedBy<O, "composite">;

/** The two ways to a derivative. */
export interface Derivations<O extends Op> {
  /** How ∂C/∂input follows from ∂C/∂output. */
  readonly derivative: Derivative<O>;
  /** What a tape replays to find the derivative, of an op that has no other. */
  readonly composite: Composite<O>;
}

/** One of the ways, without the others. */
export type DerivedBy<O extends Op, Way extends keyof Derivations<O>> = Pick<Derivations<O>, Way> & {
  readonly [Other in Exclude<keyof Derivations<O>, Way>]?: undefined;
};

/** An op: what `apply` takes and recorders see. */
export type Operation<O extends Op = Op> = {
  /** The name in messages. */
  readonly name: O;
} & Differentiable<O>;

/** An op that a backend computes. */
export type KernelOperation<O extends PrimitiveOp | FusedOp> = Operation<O> & {
  /** Whether it is several primitives in one pass, which `composites` has. */
  readonly fused?: boolean;
  /** Whether a number may stand in the place of a tensor, for all of its elements. */
  readonly takesNumbers?: boolean;
  /** Checks the inputs, and says what will come out: one result, but for the steps of optimizers. */
  results(attributes: Attributes<O>, inputs: Inputs<O>): readonly Result[];
  /** How the cpu backend computes it. */
  kernel(attributes: Attributes<O>, inputs: Views<O>, reuse: readonly boolean[]): ReturnType<Kernel<O>>;
};

/** An op that looks at the same storage in another way. */
export type ViewOperation<O extends ViewOp> = Operation<O> & {
  /** Checks the input, and says where its elements are. */
  view(attributes: Attributes<O>, x: Tensor): ViewGeometry;
};

/** A shape, and the way through a storage. */
export interface ViewGeometry {
  /** The lengths of the axes. */
  readonly shape: readonly number[];
  /** Counted in elements. */
  readonly strides: readonly number[];
  /** Where the first element is. Default: where the input's is. */
  readonly offset?: number;
}

/** The op behind every custom op. */
export type CustomOperation = Operation<"custom"> & {
  /** Computes the value from tensors; whatever happens inside is not recorded. */
  forward(attributes: Attributes<"custom">, inputs: Inputs<"custom">): Tensor;
};

/** Makes an op of its function and its definition. */
export function define<F extends (...args: never) => unknown, D extends { readonly name: string }>(
  call: F,
  definition: D,
): F & D {
  for (const [key, value] of Object.entries(definition)) Object.defineProperty(call, key, { value });
  return call as F & D;
}
