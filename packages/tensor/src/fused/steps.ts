/** The steps of the optimizers: from old values and a gradient to new values. */
import { needFloat, needSameDType } from "../checks.ts";
import * as kernels from "../cpu/fused.ts";
import { ShapeError, show } from "../errors.ts";
import { tidy } from "../memory.ts";
import { type FusedOperation, runFused as run, type WithComposite } from "../op.ts";
import { add, div, mul, sqrt, square, sub } from "../ops/elementwise.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** All inputs are alike, and all but the gradient come out anew. */
function results(this: { readonly name: string }, _: unknown, inputs: readonly Tensor[]): readonly Tensor[] {
  const parameter = inputs[0] as Tensor;
  for (const other of inputs) {
    needSameDType(this.name, parameter, other);
    if (!sameShape(parameter.shape, other.shape)) {
      throw new ShapeError(
        `${this.name}: the parameter is ${show(parameter.shape)}, but its gradient or state is ${show(other.shape)}`,
      );
    }
  }
  needFloat(this.name, parameter);
  return inputs.slice(0, -1);
}

function decayed(gradient: Tensor, parameter: Tensor, weightDecay: number): Tensor {
  return weightDecay === 0 ? gradient : add(gradient, mul(parameter, weightDecay));
}

/** Plain SGD. */
export const sgdStep: FusedOperation<"sgdStep"> & WithComposite<"sgdStep"> = {
  name: "sgdStep",
  run,
  results,
  composite: ({ lr, weightDecay }, [parameter, gradient]) =>
    tidy(() => [sub(parameter, mul(decayed(gradient, parameter, weightDecay), lr))]),
  kernel: kernels.sgdStep,
};

/** SGD with momentum, Nesterov's too. */
export const momentumStep: FusedOperation<"momentumStep"> & WithComposite<"momentumStep"> = {
  name: "momentumStep",
  run,
  results,
  composite: ({ lr, weightDecay, momentum, nesterov }, [parameter, velocity, gradient]) =>
    tidy(() => {
      const slope = decayed(gradient, parameter, weightDecay);
      const next = add(mul(velocity, momentum), slope);
      const direction = nesterov ? add(slope, mul(next, momentum)) : next;
      return [sub(parameter, mul(direction, lr)), next];
    }),
  kernel: kernels.momentumStep,
};

/** Adam and AdamW. */
export const adamStep: FusedOperation<"adamStep"> & WithComposite<"adamStep"> = {
  name: "adamStep",
  run,
  results,
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
  kernel: kernels.adamStep,
};
