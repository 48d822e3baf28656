import { apply } from "../apply.ts";
import { needFloat, needSameDType, needSameShape } from "../checks.ts";
import { activationGradient as kernel } from "../cpu/fused.ts";
import { zerosLike } from "../create.ts";
import { tidy } from "../memory.ts";
import { type FusedOperation, runFused as run } from "../op.ts";
import { greater, mul, sub } from "../ops/elementwise.ts";
import { where } from "../primitives/elementwise.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";

/** By the output `y`: with y = σ(x), for one, dC/dx = y (1 − y) dC/dy. */
const slopes: { readonly [A in FusedActivation]: (gradient: Tensor, y: Tensor) => Tensor } = {
  relu: (gradient, y) => apply(where, {}, greater(y, 0), gradient, zerosLike(y)),
  sigmoid: (gradient, y) => mul(gradient, mul(y, sub(1, y))),
  tanh: (gradient, y) => mul(gradient, sub(1, mul(y, y))),
};

/** What an activation passes back. */
export const activationGradient: FusedOperation<"activationGradient"> = {
  name: "activationGradient",
  run,
  results(_, [gradient, output]) {
    needSameDType("activationGradient", gradient, output);
    needSameShape("activationGradient", gradient, output);
    needFloat("activationGradient", output);
    return [output];
  },
  composite: ({ activation }, [gradient, output]) => tidy(() => [slopes[activation](gradient, output)]),
  kernel,
};
