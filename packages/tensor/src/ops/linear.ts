import { apply } from "../apply.ts";
import { linear as linearKernel } from "../cpu/fused.ts";
import { ShapeError, show } from "../errors.ts";
import { define, type KernelOperation } from "../op.ts";
import { sameShape } from "../shape.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { activationGradient } from "./activations.ts";
import { assertFloat, assertSameDType } from "./checks.ts";

const definition: KernelOperation<"linear"> = {
  name: "linear",
  fused: true,
  results(_, [x, weight, bias]) {
    assertSameDType("linear", x, weight);
    assertFloat("linear", x);
    const [out, inner] = weight.shape;
    if (x.rank !== 2 || weight.rank !== 2 || x.shape[1] !== inner) {
      throw new ShapeError(`linear: x ${show(x.shape)} and weight ${show(weight.shape)} must be [n, in] and [out, in]`);
    }
    if (bias) {
      assertSameDType("linear", x, bias);
      if (!sameShape(bias.shape, [out as number])) {
        throw new ShapeError(
          `linear: bias ${show(bias.shape)} must have the ${out} outputs of weight ${show(weight.shape)}`,
        );
      }
    }
    return [{ dtype: x.dtype, shape: [x.shape[0] as number, out as number] }];
  },
  kernel: linearKernel,
  // y = f(x Wᵀ + b). With δ = f′ · dy: dx = δ W, dW = δᵀ x, db = Σ δ over the examples.
  derivative(g, { inputs: [x, weight], output, attributes: { activation } }) {
    const delta = activation ? activationGradient(activation, g, output) : g;
    return [() => delta.matmul(weight), () => delta.transpose().matmul(x), () => delta.sum(0)];
  },
};

/**
 * A fully connected layer in one pass: `activation(x · weightᵀ + bias)`.
 *
 * @param x `[n, in]`, floats.
 * @param weight `[out, in]`.
 * @param bias `[out]`; may be left out.
 * @param activation `relu`, `sigmoid` or `tanh`; may be left out.
 * @returns `[n, out]`.
 * @throws {ShapeError | DTypeError} if the three don't fit each other.
 * @example
 * ```ts
 * import { linear, tensor } from "@dlcc/tensor";
 * console.log(await linear(tensor([[1, 2]]), tensor([[3, 4]]), tensor([5])).array()); // → [ [ 16 ] ]
 * ```
 * @function
 */
export const linear: ((x: Tensor, weight: Tensor, bias?: Tensor, activation?: FusedActivation) => Tensor) &
  KernelOperation<"linear"> = /* @__PURE__ */ define(
  (x: Tensor, weight: Tensor, bias?: Tensor, activation?: FusedActivation): Tensor =>
    bias ? apply(linear, { activation }, x, weight, bias) : apply(linear, { activation }, x, weight),
  definition,
);
