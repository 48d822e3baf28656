/** Clipping cuts exploding gradients before the step. Both functions take ownership of the gradients. */
import {
  add,
  clip,
  div,
  minimum,
  mul,
  named,
  type Parameter,
  sqrt,
  square,
  sum,
  type Tensor,
  tensor,
} from "@dlcc/tensor";
import { assertRange, type Gradients } from "./optimizer.ts";

function mapGradients(gradients: Gradients, f: (gradient: Tensor) => Tensor): Map<Parameter, Tensor> {
  return new Map([...gradients].map(([parameter, gradient]) => [parameter, f(gradient)]));
}

function release(gradients: Gradients): void {
  for (const gradient of gradients.values()) gradient.dispose();
}

/**
 * Clips each element of each gradient to `±limit`. As PyTorch's `clip_grad_value_`.
 *
 * @throws {ArgumentError} if the limit is below 0.
 * @example
 * ```ts
 * import { clipByValue } from "@dlcc/optim";
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([0, 0]));
 * const clipped = clipByValue(new Map([[w, tensor([-5, 0.5])]]), 1);
 * console.log(await clipped.get(w)?.array()); // → [ -1, 0.5 ]
 * ```
 */
export function clipByValue(gradients: Gradients, limit: number): Map<Parameter, Tensor> {
  assertRange("clipByValue", "limit", limit, 0);
  const clipped = named("clipByValue", () => mapGradients(gradients, (gradient) => clip(gradient, -limit, limit)));
  release(gradients);
  return clipped;
}

/** Added to the norm, so that nothing is divided by 0. PyTorch's value. */
const smallest = 1e-6;

/**
 * Scales all gradients by one factor, so that their common norm is at most `limit`: `g · min(1, limit / ‖g‖)`. As PyTorch's
 * `clip_grad_norm_`. Source: Pascanu, Mikolov & Bengio 2013.
 *
 * @returns The gradients, and the norm that they had: read it to see whether training explodes.
 * @throws {ArgumentError} if the limit is below 0.
 * @example
 * ```ts
 * import { clipByGlobalNorm } from "@dlcc/optim";
 * import { Parameter, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([0, 0]));
 * const { gradients, norm } = clipByGlobalNorm(new Map([[w, tensor([30, 40])]]), 5);
 * console.log(await norm.item(), (await gradients.get(w)?.data())?.map(Math.round)); // → 50 Float32Array(2) [ 3, 4 ]
 * ```
 */
export function clipByGlobalNorm(
  gradients: Gradients,
  limit: number,
): {
  /** The scaled gradients. */
  readonly gradients: Map<Parameter, Tensor>;
  /** The norm that they had before: a scalar. */
  readonly norm: Tensor;
} {
  assertRange("clipByGlobalNorm", "limit", limit, 0);
  const result = named("clipByGlobalNorm", () => {
    const squares = [...gradients.values()].map((gradient) => sum(square(gradient)));
    const norm = squares.length === 0 ? tensor(0) : sqrt(squares.reduce(add));
    const factor = minimum(div(limit, add(norm, smallest)), 1);
    return { gradients: mapGradients(gradients, (gradient) => mul(gradient, factor)), norm };
  });
  release(gradients);
  return result;
}
