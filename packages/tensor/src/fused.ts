/**
 * The fused ops: for each, what comes out, what is refused, and its composite of primitives, which is what runs where a
 * backend has no faster version, and what a faster version is tested against.
 */
import { type DType, isFloat } from "./dtype.ts";
import { DTypeError, ShapeError, show } from "./errors.ts";
import { tidy } from "./memory.ts";
import { logSoftmax, oneHot, pickLabelled, softmax } from "./ops/composite.ts";
import { add, div, greater, mul, neg, sqrt, square, sub, where } from "./ops/elementwise.ts";
import { matmul } from "./ops/matmul.ts";
import { transpose, unsqueeze } from "./ops/movement.ts";
import { needSameDType } from "./primitives.ts";
import { sameShape } from "./shape.ts";
import type { Attributes, FusedActivation, FusedOp, Inputs, SgdAttributes } from "./signatures.ts";
import type { Tensor } from "./tensor.ts";

/** Checks the inputs, and says what comes out. */
export type FusedResult<O extends FusedOp> = (
  op: O,
  attributes: Attributes<O>,
  inputs: Inputs<O>,
) => readonly { readonly dtype: DType; readonly shape: readonly number[] }[];

/** The checks of the optimizers' steps: all inputs are alike, and all but the gradient come out anew. */
const step = (op: string, _: unknown, inputs: readonly Tensor[]): readonly Tensor[] => {
  const parameter = inputs[0] as Tensor;
  for (const other of inputs) {
    needSameDType(op, parameter, other);
    if (!sameShape(parameter.shape, other.shape)) {
      throw new ShapeError(
        `${op}: the parameter is ${show(parameter.shape)}, but its gradient or state is ${show(other.shape)}`,
      );
    }
  }
  if (!isFloat(parameter.dtype)) throw new DTypeError(`${op}: trains floats, got ${parameter.dtype}`);
  return inputs.slice(0, -1);
};

function checkLogits(op: string, logits: Tensor, labels: Tensor): void {
  if (!isFloat(logits.dtype)) throw new DTypeError(`${op}: logits are floats, got ${logits.dtype}: cast("float32")`);
  if (labels.dtype !== "int32") {
    throw new DTypeError(`${op}: labels are class indices in int32, got ${labels.dtype}: cast("int32")`);
  }
  if (logits.rank !== 2 || !sameShape(labels.shape, logits.shape.slice(0, 1))) {
    throw new ShapeError(
      `${op}: logits ${show(logits.shape)} and labels ${show(labels.shape)} must be [n, classes] and [n]`,
    );
  }
}

/** A gradient is as the output that it belongs to. */
function checkGradient(op: string, gradient: Tensor, { dtype, shape }: Pick<Tensor, "dtype" | "shape">): void {
  if (gradient.dtype === dtype && sameShape(gradient.shape, shape)) return;
  throw new ShapeError(
    `${op}: the gradient is ${gradient.dtype} ${show(gradient.shape)}, but the output ${dtype} ${show(shape)}`,
  );
}

/** The checks of all fused ops. */
export const fusedResults: { readonly [O in FusedOp]: FusedResult<O> } = {
  linear(op, _, [x, weight, bias]) {
    needSameDType(op, x, weight);
    if (!isFloat(x.dtype))
      throw new DTypeError(`${op}: takes floats, got ${x.dtype} ${show(x.shape)}: cast("float32")`);
    const [out, inner] = weight.shape;
    if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== inner) {
      throw new ShapeError(`${op}: x ${show(x.shape)} and weight ${show(weight.shape)} must be [n, in] and [out, in]`);
    }
    if (bias) {
      needSameDType(op, x, bias);
      if (!sameShape(bias.shape, [out as number])) {
        throw new ShapeError(
          `${op}: bias ${show(bias.shape)} must have the ${out} outputs of weight ${show(weight.shape)}`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: [x.shape[0] as number, out as number] }];
  },
  softmaxCrossEntropy(op, _, [logits, labels]) {
    checkLogits(op, logits, labels);
    return [{ dtype: logits.dtype, shape: labels.shape }];
  },
  activationGradient(op, _, [gradient, output]) {
    checkGradient(op, gradient, output);
    if (!isFloat(output.dtype)) throw new DTypeError(`${op}: takes floats, got ${output.dtype}: cast("float32")`);
    return [output];
  },
  softmaxCrossEntropyGradient(op, _, [logits, labels, gradient]) {
    checkLogits(op, logits, labels);
    checkGradient(op, gradient, { dtype: logits.dtype, shape: labels.shape });
    return [logits];
  },
  sgdStep: step,
  momentumStep: step,
  adamStep: step,
};

const decayed = (gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor =>
  weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));

/** What activations pass back, by their output `y`: with y = σ(x), for one, dC/dx = y (1 − y) dC/dy. */
const activationGradients: { readonly [A in FusedActivation]: (gradient: Tensor, y: Tensor) => Tensor } = {
  relu: (gradient, y) => where(greater(y, 0), gradient, 0),
  sigmoid: (gradient, y) => mul(gradient, mul(y, sub(1, y))),
  tanh: (gradient, y) => mul(gradient, sub(1, mul(y, y))),
};

/** The composites of all fused ops: right on every backend, and at any order of derivative. */
export const composites: {
  readonly [O in FusedOp]: (attributes: Attributes<O>, inputs: Inputs<O>) => readonly Tensor[];
} = {
  linear: ({ activation }, [x, weight, bias]) =>
    tidy(() => {
      const product = matmul(x, transpose(weight));
      const z = bias ? add(product, bias) : product;
      return [activation ? z[activation]() : z];
    }),

  softmaxCrossEntropy: (_, [logits, labels]) =>
    tidy(() => [neg(pickLabelled("softmaxCrossEntropy", logSoftmax(logits), labels))]),

  activationGradient: ({ activation }, [gradient, output]) =>
    tidy(() => [activationGradients[activation](gradient, output)]),

  softmaxCrossEntropyGradient: (_, [logits, labels, gradient]) =>
    tidy(() => {
      const slope = sub(softmax(logits), oneHot(labels, logits.shape[1] ?? 0, logits.dtype));
      return [mul(slope, unsqueeze(gradient, 1))];
    }),

  sgdStep: ({ lr, weightDecay }, [parameter, gradient]) =>
    tidy(() => [sub(parameter, mul(decayed(gradient, parameter, weightDecay), lr))]),

  momentumStep: ({ lr, weightDecay, momentum, nesterov }: SgdAttributes, [parameter, velocity, gradient]) =>
    tidy(() => {
      const slope = decayed(gradient, parameter, weightDecay);
      const next = add(mul(velocity, momentum), slope);
      const direction = nesterov ? add(slope, mul(next, momentum)) : next;
      return [sub(parameter, mul(direction, lr)), next];
    }),

  adamStep: ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step }, [parameter, first, second, gradient]) =>
    tidy(() => {
      const slope = decoupled ? gradient : decayed(gradient, parameter, weightDecay);
      const shrunk = decoupled && weightDecay !== 0 ? mul(parameter, 1 - lr * weightDecay) : parameter;
      const m = add(mul(first, beta1), mul(slope, 1 - beta1));
      const v = add(mul(second, beta2), mul(square(slope), 1 - beta2));
      // Both moments start at 0: dividing by 1 − βᵗ takes that bias away.
      const deviation = add(div(sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
      return [sub(shrunk, mul(div(m, deviation), lr / (1 - beta1 ** step))), m, v];
    }),
};
