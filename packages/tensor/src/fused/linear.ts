import { apply } from "../apply.ts";
import { needFloat, needSameDType } from "../checks.ts";
import { linear as kernel } from "../cpu/fused.ts";
import { ShapeError, show } from "../errors.ts";
import { type FusedOperation, runFused as run, type WithDerivative } from "../op.ts";
import { matmul } from "../ops/matmul.ts";
import { transpose } from "../ops/movement.ts";
import { sum } from "../ops/reduction.ts";
import { sameShape } from "../shape.ts";
import { activationGradient } from "./activation-gradient.ts";

/** A layer in one pass: `activation(x · weightᵀ + bias)`. */
export const linear: FusedOperation<"linear"> & WithDerivative<"linear"> = {
  name: "linear",
  run,
  results(_, [x, weight, bias]) {
    needSameDType("linear", x, weight);
    needFloat("linear", x);
    const [out, inner] = weight.shape;
    if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== inner) {
      throw new ShapeError(`linear: x ${show(x.shape)} and weight ${show(weight.shape)} must be [n, in] and [out, in]`);
    }
    if (bias) {
      needSameDType("linear", x, bias);
      if (!sameShape(bias.shape, [out as number])) {
        throw new ShapeError(
          `linear: bias ${show(bias.shape)} must have the ${out} outputs of weight ${show(weight.shape)}`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: [x.shape[0] as number, out as number] }];
  },
  kernel,
  // y = f(x Wᵀ + b). With δ = f′ · dy: dx = δ W, dW = δᵀ x, db = Σ δ over the examples.
  derivative(g, { inputs: [x, weight], output, attributes: { activation } }) {
    const delta = activation ? apply(activationGradient, { activation }, g, output) : g;
    return [() => matmul(delta, weight), () => matmul(transpose(delta), x), () => sum(delta, 0)];
  },
};
