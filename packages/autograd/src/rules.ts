/**
 * The derivative of every primitive: one line of calculus each, written in tensor ops, so that derivatives have
 * derivatives. The table is total: an op without a rule does not compile.
 *
 * A rule is told ∂C/∂output (the course's `buffer`) and what the op saw, and says for each input how to get ∂C/∂input.
 * It gives thunks, of which only those run whose input leads to a parameter. At kinks and ties the derivatives are
 * PyTorch's.
 */
import {
  ArgumentError,
  type Attributes,
  add,
  apply,
  type BackwardOp,
  div,
  equal,
  type FusedActivation,
  type FusedOp,
  greater,
  greaterEqual,
  type Inputs,
  isFloat,
  log,
  matmul,
  minimum,
  mul,
  neg,
  type Op,
  type Operation,
  ops,
  type Padding,
  permute,
  pow,
  reshape,
  ShapeError,
  scatterAdd,
  sign,
  sub,
  sum,
  type Tensor,
  tensor,
  transpose,
  where,
} from "@dlcc/tensor";

/** How to compute ∂C/∂input, if it is asked for. */
export type Thunk = () => Tensor;

/** For each input, how to get its derivative; undefined where there is none, as for indices. */
export type Rule<O extends Op> = (
  gradient: Tensor,
  step: {
    readonly op: Operation<O>;
    readonly inputs: Inputs<O>;
    readonly output: Tensor;
    readonly attributes: Attributes<O>;
  },
) => readonly (Thunk | undefined)[];

/** The derivative of an activation, which is known from its output. */
const activation =
  (activation: FusedActivation): Rule<FusedActivation> =>
  (g, { output }) => [() => apply(ops.activationGradient, { activation }, g, output)];

/** Functions that are flat wherever they have a derivative. */
const flat = (): readonly undefined[] => [];

/** Each gets its share where it is the larger (or smaller) one; at a tie, half. */
const extremum =
  (wins: (a: Tensor, b: Tensor) => Tensor): Rule<"maximum" | "minimum"> =>
  (g, { inputs: [a, b] }) => {
    const share = (x: Tensor, y: Tensor): Tensor => where(equal(x, y), mul(g, 0.5), where(wins(x, y), g, 0));
    return [() => share(a, b), () => share(b, a)];
  };

/** The elements that are the largest (or smallest) share the gradient. */
const extremumOver: Rule<"max" | "min"> = (g, { inputs: [x], output, attributes: { axes } }) => [
  () => {
    const wins = equal(x, output);
    return where(wins, div(g, sum(wins.cast(x.dtype), axes, { keepDims: true })), 0);
  },
];

/** The derivatives of all primitives. */
export const rules: { readonly [O in Exclude<Op, FusedOp>]: Rule<O> } = {
  // d(−x) = −dx
  neg: (g) => [() => neg(g)],
  // d eˣ = eˣ dx
  exp: (g, { output }) => [() => mul(g, output)],
  // d log x = dx / x
  log: (g, { inputs: [x] }) => [() => div(g, x)],
  // d √x = dx / (2 √x)
  sqrt: (g, { output }) => [() => div(g, mul(output, 2))],
  // d |x| = sign x dx
  abs: (g, { inputs: [x] }) => [() => mul(g, sign(x))],
  sign: flat,
  relu: activation("relu"),
  sigmoid: activation("sigmoid"),
  tanh: activation("tanh"),

  add: (g) => [() => g, () => g],
  sub: (g) => [() => g, () => neg(g)],
  mul: (g, { inputs: [a, b] }) => [() => mul(g, b), () => mul(g, a)],
  // d(a/b) = da / b − (a/b) db / b
  div: (g, { inputs: [, b], output }) => [() => div(g, b), () => neg(div(mul(g, output), b))],
  // d aᵇ = b aᵇ⁻¹ da + aᵇ log a db; x⁰ is flat in x, and 0ᵇ in b
  pow: (g, { inputs: [a, b], output }) => [
    () => where(equal(b, 0), 0, mul(g, mul(b, pow(a, sub(b, 1))))),
    () => where(minimum(equal(a, 0), greaterEqual(b, 0)), 0, mul(g, mul(output, log(a)))),
  ],
  maximum: extremum(greater),
  minimum: extremum((a, b) => greater(b, a)),
  equal: flat,
  less: flat,
  greater: flat,

  where: (g, { inputs: [condition] }) => [undefined, () => where(condition, g, 0), () => where(condition, 0, g)],
  cast: (g, { inputs: [x], output }) => [isFloat(x.dtype) && isFloat(output.dtype) ? () => g.cast(x.dtype) : undefined],

  // Each element had one share in the sum.
  sum: (g, { inputs: [x] }) => [() => g.broadcastTo(x.shape)],
  max: extremumOver,
  min: extremumOver,
  argmax: flat,

  // C = A B: dA = dC Bᵀ, dB = Aᵀ dC
  matmul: (g, { inputs: [a, b] }) => [() => matmul(g, transpose(b)), () => matmul(transpose(a), g)],

  // Movement: the gradient moves back the way that the values came.
  copy: (g) => [() => g],
  pad: (g, { inputs: [x], attributes: { padding } }) => [
    () => g.slice(...x.shape.map((length, axis) => [before(padding, axis), before(padding, axis) + length] as const)),
  ],
  concat: (g, { inputs, attributes: { axis } }) => {
    let end = 0;
    return inputs.map((x) => {
      const start = end;
      end += x.shape[axis] ?? 0;
      const range = [start, end] as const;
      return () => g.slice(...g.shape.map((_, i) => (i === axis ? range : ([] as const))));
    });
  },
  gather: (g, { op, inputs: [x, indices], attributes: { axis } }) => [
    () => apply(adjoint(op), { axis, size: x.shape[axis] ?? 0 }, g, indices),
    undefined,
  ],
  scatterAdd: (g, { op, inputs: [, indices], attributes: { axis } }) => [
    () => apply(adjoint(op), { axis }, g, indices),
    undefined,
  ],
  unfold: (g, { op, inputs: [x], attributes: { window } }) => [
    () => apply(adjoint(op), { window, size: x.shape.slice(2) as [number, number] }, g),
  ],
  fold: (g, { op, attributes: { window } }) => [() => apply(adjoint(op), { window }, g)],
  reshape: (g, { inputs: [x] }) => [() => reshape(g, x.shape)],
  permute: (g, { attributes: { axes } }) => [
    () =>
      permute(
        g,
        axes.map((_, axis) => axes.indexOf(axis)),
      ),
  ],
  // What was repeated adds up.
  broadcastTo: (g, { inputs: [x] }) => [() => unbroadcast(g, x.shape)],
  slice: (g, { inputs: [x], attributes: { starts, steps } }) => [() => unslice(g, x.shape, starts, steps)],

  custom: (g, { inputs, output, attributes: { name, backward } }) => {
    const derivatives = backward(g, inputs, output);
    if (derivatives.length !== inputs.length) {
      throw new ArgumentError(`${name}: backward gave ${derivatives.length} derivatives for ${inputs.length} inputs`);
    }
    return inputs.map(({ shape }, i) => {
      const derivative = derivatives[i];
      if (derivative && derivative.shape.join() !== shape.join()) {
        throw new ShapeError(
          `${name}: backward gave [${derivative.shape.join(",")}] for input ${i}, which is [${shape.join(",")}]`,
        );
      }
      return derivative && (() => derivative);
    });
  },
};

/** The op that carries a derivative back, which comes with the op itself: so it is in no program that has no need of it. */
export function adjoint<O extends Op>({ name, backward }: Operation<O>): Operation<BackwardOp<O>> {
  if (backward) return backward();
  throw new ArgumentError(`${name}: the op names no op to go back with`);
}

const before = (padding: readonly Padding[], axis: number): number => padding[axis]?.[0] ?? 0;

function unbroadcast(g: Tensor, shape: readonly number[]): Tensor {
  const lead = g.rank - shape.length;
  const repeated = g.shape.flatMap((length, axis) => (axis < lead || shape[axis - lead] !== length ? [axis] : []));
  return reshape(sum(g, repeated, { keepDims: true }), shape);
}

/** Zeros of the whole shape, with `g` where the slice was taken from. */
function unslice(g: Tensor, shape: readonly number[], starts: readonly number[], steps: readonly number[]): Tensor {
  let whole = g;
  const padding = shape.map((length, axis): Padding => {
    const [start, step, taken] = [starts[axis] ?? 0, steps[axis] ?? 1, g.shape[axis] ?? 0];
    if (step === 1) return [start, length - start - taken];
    const indices = Int32Array.from({ length: taken }, (_, i) => start + i * step);
    whole = scatterAdd(whole, tensor(indices, { backend: g.backend }), axis, length);
    return [0, 0];
  });
  return padding.some(([from, to]) => from + to > 0) ? apply(ops.pad, { padding, value: 0 }, whole) : whole;
}

/** The sum of two contributions to one gradient. */
export const accumulate = (a: Tensor | undefined, b: Tensor): Tensor => (a ? add(a, b) : b);
