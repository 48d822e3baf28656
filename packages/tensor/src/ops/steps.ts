/** The steps of the optimizers: from old values and a gradient to new values. */
import { applyStep } from "../apply.ts";
import {
  adamStep as adamStepKernel,
  momentumStep as momentumStepKernel,
  sgdStep as sgdStepKernel,
} from "../cpu/fused.ts";
import { ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { define, type KernelOperation } from "../op.ts";
import type { Parameter } from "../parameter.ts";
import { sameShape } from "../shape.ts";
import type { AdamAttributes, SgdAttributes } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";
import { add, div, mul, square, sub } from "./arithmetic.ts";
import { assertFloat, assertSameDType } from "./checks.ts";
import { sqrt } from "./elementwise.ts";

/** All inputs are alike, and all but the gradient come out anew. */
function resultsOf(op: string, inputs: readonly Tensor[]): readonly Tensor[] {
  const parameter = inputs[0] as Tensor;
  for (const other of inputs) {
    assertSameDType(op, parameter, other);
    if (!sameShape(parameter.shape, other.shape)) {
      throw new ShapeError(
        `${op}: the gradient and the state must have the parameter's shape ${show(parameter.shape)}, got ${show(other.shape)}`,
      );
    }
  }
  assertFloat(op, parameter);
  return inputs.slice(0, -1);
}

function decayed(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
}

const sgdStepDefinition: KernelOperation<"sgdStep"> = {
  name: "sgdStep",
  fused: true,
  results: (_, inputs) => resultsOf("sgdStep", inputs),
  composite: ({ lr, weightDecay }, [parameter, gradient]) =>
    tidy(() => [sub(parameter, mul(decayed(gradient, parameter, weightDecay), lr))]),
  kernel: sgdStepKernel,
};

/**
 * One step of plain SGD: `θ ← θ − η (g + λ θ)`.
 *
 * @param cells `[parameter]`.
 * @param gradient ∂C/∂parameter, of its shape.
 * @throws {ShapeError | DTypeError} if a cell or the gradient is not like the parameter.
 * @example
 * ```ts
 * import { Parameter, sgdStep, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1, 2]));
 * sgdStep({ lr: 0.5, weightDecay: 0, momentum: 0, nesterov: false }, [w], tensor([2, 2]));
 * console.log(await w.value.array()); // → [ 0, 1 ]
 * ```
 * @function
 */
export const sgdStep: ((attributes: SgdAttributes, cells: readonly Parameter[], gradient: Tensor) => void) &
  KernelOperation<"sgdStep"> = /* @__PURE__ */ define(
  (attributes: SgdAttributes, cells: readonly Parameter[], gradient: Tensor): void =>
    applyStep(sgdStep, attributes, cells, gradient),
  sgdStepDefinition,
);

const momentumStepDefinition: KernelOperation<"momentumStep"> = {
  name: "momentumStep",
  fused: true,
  results: (_, inputs) => resultsOf("momentumStep", inputs),
  composite: ({ lr, weightDecay, momentum, nesterov }, [parameter, velocity, gradient]) =>
    tidy(() => {
      const slope = decayed(gradient, parameter, weightDecay);
      const next = add(mul(velocity, momentum), slope);
      const direction = nesterov ? add(slope, mul(next, momentum)) : next;
      return [sub(parameter, mul(direction, lr)), next];
    }),
  kernel: momentumStepKernel,
};

/**
 * One step of SGD with momentum: `v ← μ v + g + λ θ`, `θ ← θ − η v`; with Nesterov, it looks ahead along `v`.
 *
 * @param cells `[parameter, velocity]`.
 * @param gradient ∂C/∂parameter, of its shape.
 * @throws {ShapeError | DTypeError} if a cell or the gradient is not like the parameter.
 * @example
 * ```ts
 * import { Parameter, momentumStep, tensor } from "@dlcc/tensor";
 *
 * const w = new Parameter("w", tensor([1]));
 * const velocity = new Parameter("velocity", tensor([2]));
 * momentumStep({ lr: 0.5, weightDecay: 0, momentum: 0.5, nesterov: false }, [w, velocity], tensor([1]));
 * console.log(await velocity.value.array(), await w.value.array()); // → [ 2 ] [ 0 ]
 * ```
 * @function
 */
export const momentumStep: ((attributes: SgdAttributes, cells: readonly Parameter[], gradient: Tensor) => void) &
  KernelOperation<"momentumStep"> = /* @__PURE__ */ define(
  (attributes: SgdAttributes, cells: readonly Parameter[], gradient: Tensor): void =>
    applyStep(momentumStep, attributes, cells, gradient),
  momentumStepDefinition,
);

const adamStepDefinition: KernelOperation<"adamStep"> = {
  name: "adamStep",
  fused: true,
  results: (_, inputs) => resultsOf("adamStep", inputs),
  composite: ({ lr, beta1, beta2, epsilon, weightDecay, decoupled, step }, [parameter, first, second, gradient]) =>
    tidy(() => {
      const slope = decoupled ? gradient : decayed(gradient, parameter, weightDecay);
      const shrunk = decoupled && weightDecay !== 0 ? mul(parameter, 1 - lr * weightDecay) : parameter;
      const m = add(mul(first, beta1), mul(slope, 1 - beta1));
      const v = add(mul(second, beta2), mul(square(slope), 1 - beta2));
      // Both moments start at 0: dividing by 1 − βᵗ takes that bias away.
      const deviation = add(div(sqrt(v), Math.sqrt(1 - beta2 ** step)), epsilon);
      return [sub(shrunk, mul(div(m, deviation), lr / (1 - beta1 ** step))), m, v];
    }),
  kernel: adamStepKernel,
};

/**
 * One step of Adam, or of AdamW where the decay is `decoupled`. Source: Kingma & Ba 2015; Loshchilov & Hutter 2019.
 *
 * @param cells `[parameter, first moment, second moment]`.
 * @param gradient ∂C/∂parameter, of its shape.
 * @throws {ShapeError | DTypeError} if a cell or the gradient is not like the parameter.
 * @example
 * ```ts
 * import { Parameter, adamStep, tensor } from "@dlcc/tensor";
 *
 * const [w, m, v] = ["w", "m", "v"].map((name) => new Parameter(name, tensor([0])));
 * const options = { lr: 0.5, beta1: 0.5, beta2: 0.5, epsilon: 0, weightDecay: 0, decoupled: false, step: 1 };
 * if (w && m && v) adamStep(options, [w, m, v], tensor([4]));
 * console.log(await w?.value.array()); // → [ -0.5 ]
 * ```
 * @function
 */
export const adamStep: ((attributes: AdamAttributes, cells: readonly Parameter[], gradient: Tensor) => void) &
  KernelOperation<"adamStep"> = /* @__PURE__ */ define(
  (attributes: AdamAttributes, cells: readonly Parameter[], gradient: Tensor): void =>
    applyStep(adamStep, attributes, cells, gradient),
  adamStepDefinition,
);
