import { apply } from "../apply.ts";
import { needFloat, needSameDType, needSameShape } from "../checks.ts";
import { activationGradient as kernel } from "../cpu/fused.ts";
import { type FusedOperation, runFused as run, type WithDerivative } from "../op.ts";
import { mul, sub } from "../ops/elementwise.ts";
import type { FusedActivation } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";

/** How the slope changes with the output `y`: of y (1 − y), as the sigmoid has, by 1 − 2y. That of relu never does. */
const curvatures: { readonly [A in FusedActivation]?: (y: Tensor) => Tensor } = {
  sigmoid: (y) => sub(1, mul(y, 2)),
  tanh: (y) => mul(y, -2), // of 1 − y²
};

/** What an activation passes back. */
export const activationGradient: FusedOperation<"activationGradient"> & WithDerivative<"activationGradient"> = {
  name: "activationGradient",
  run,
  results(_, [gradient, output]) {
    needSameDType("activationGradient", gradient, output);
    needSameShape("activationGradient", gradient, output);
    needFloat("activationGradient", output);
    return [output];
  },
  kernel,
  derivative(g, { inputs: [gradient, output], attributes: { activation } }) {
    const curvature = curvatures[activation];
    return [
      () => apply(activationGradient, { activation }, g, output),
      curvature && (() => mul(mul(g, gradient), curvature(output))),
    ];
  },
};
