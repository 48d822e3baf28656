/**
 * The derivatives of the ops that every program has, as `Tensor` has methods for them: one line of calculus each, written
 * in tensor ops, so that derivatives have derivatives. The others bring theirs along (see `derivative` in
 * packages/tensor/src/op.ts), so that a program has those that it uses. Between the two none is missing: an op without a
 * derivative does not compile.
 *
 * A rule is told ∂C/∂output (the course's `buffer`) and what the op saw, and says for each input how to get ∂C/∂input.
 * It gives thunks, of which only those run whose input leads to a parameter. At kinks and ties the derivatives are
 * PyTorch's.
 */
import {
  add,
  apply,
  type Derivative,
  div,
  type FusedActivation,
  isFloat,
  matmul,
  mul,
  neg,
  type Op,
  ops,
  reshape,
  sum,
  type Tensor,
  transpose,
} from "@dlcc/tensor";

/** The ops that bring a function of that name along. */
type Bringing<Name extends "derivative" | "composite"> = {
  [O in Op]: (typeof ops)[O] extends { readonly [N in Name]: (...args: never) => unknown } ? O : never;
}[Op];

/** The ops that bring their derivative along. */
type SelfDerived = Bringing<"derivative">;

/** The fused ops whose derivative is that of the composite that they bring along. */
export type Composed = Bringing<"composite">;

/** The derivative of an activation, which is known from its output. */
const activation =
  (activation: FusedActivation): Derivative<FusedActivation> =>
  (g, { output }) => [() => apply(ops.activationGradient, { activation }, g, output)];

/** Functions that are flat wherever they have a derivative. */
const flat = (): readonly undefined[] => [];

/** The ops of this table. One that brings its composite needs no derivative: that is replayed and walked back. */
export type Ruled = Exclude<Op, SelfDerived | Composed>;

/** Their derivatives. */
export const rules: { readonly [O in Ruled]: Derivative<O> } = {
  // d(−x) = −dx
  neg: (g) => [() => neg(g)],
  // d eˣ = eˣ dx
  exp: (g, { output }) => [() => mul(g, output)],
  // d log x = dx / x
  log: (g, { inputs: [x] }) => [() => div(g, x)],
  relu: activation("relu"),
  sigmoid: activation("sigmoid"),
  tanh: activation("tanh"),

  add: (g) => [() => g, () => g],
  sub: (g) => [() => g, () => neg(g)],
  mul: (g, { inputs: [a, b] }) => [() => mul(g, b), () => mul(g, a)],
  // d(a/b) = da / b − (a/b) db / b
  div: (g, { inputs: [, b], output }) => [() => div(g, b), () => neg(div(mul(g, output), b))],
  equal: flat,
  less: flat,
  greater: flat,

  cast: (g, { inputs: [x], output }) => [isFloat(x.dtype) && isFloat(output.dtype) ? () => g.cast(x.dtype) : undefined],

  // Each element had one share in the sum.
  sum: (g, { inputs: [x] }) => [() => g.broadcastTo(x.shape)],

  // C = A B: dA = dC Bᵀ, dB = Aᵀ dC
  matmul: (g, { inputs: [a, b] }) => [() => matmul(g, transpose(b)), () => matmul(transpose(a), g)],

  // Movement: the gradient moves back the way that the values came.
  copy: (g) => [() => g],
  reshape: (g, { inputs: [x] }) => [() => reshape(g, x.shape)],
  permute: (g, { attributes: { axes } }) => [
    () => apply(ops.permute, { axes: axes.map((_, axis) => axes.indexOf(axis)) }, g),
  ],
  // What was repeated adds up.
  broadcastTo: (g, { inputs: [x] }) => [() => unbroadcast(g, x.shape)],
};

function unbroadcast(g: Tensor, shape: readonly number[]): Tensor {
  const lead = g.rank - shape.length;
  const repeated = g.shape.flatMap((length, axis) => (axis < lead || shape[axis - lead] !== length ? [axis] : []));
  return reshape(sum(g, repeated, { keepDims: true }), shape);
}

/** The sum of two contributions to one gradient. */
export const accumulate = (a: Tensor | undefined, b: Tensor): Tensor => (a ? add(a, b) : b);
