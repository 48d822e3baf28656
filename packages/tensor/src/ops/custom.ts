import { apply } from "../apply.ts";
import { ArgumentError, ShapeError, show } from "../errors.ts";
import { isTensor } from "../is-tensor.ts";
import { tidy } from "../memory.ts";
import { type CustomOperation, define } from "../op.ts";
import { unrecorded } from "../recorder.ts";
import { sameShape } from "../shape.ts";
import type { CustomAttributes } from "../signatures.ts";
import type { Tensor } from "../tensor.ts";

const definition: CustomOperation = {
  name: "custom",
  forward: (attributes, inputs) =>
    tidy(() => {
      const result: unknown = unrecorded(() => attributes.forward(...inputs));
      if (!isTensor(result)) throw new ArgumentError(`${attributes.name}: forward must return one tensor`);
      return result.detach(); // A value of its own, even where forward returned one of its inputs.
    }),
  derivative: (g, { inputs, output, attributes: { name, backward } }) => {
    const derivatives = backward(g, inputs, output);
    if (derivatives.length !== inputs.length) {
      throw new ArgumentError(
        `${name}: backward must return one derivative for each input, got ${derivatives.length} for ${inputs.length}`,
      );
    }
    return inputs.map(({ shape }, i) => {
      const derivative = derivatives[i];
      if (derivative && !sameShape(derivative.shape, shape)) {
        throw new ShapeError(
          `${name}: the derivative of input ${i} must have its shape ${show(shape)}, got ${show(derivative.shape)}`,
        );
      }
      return derivative && (() => derivative);
    });
  },
};

/**
 * Runs an op of the user's own, which `customOp` of `@dlcc/autograd` makes convenient.
 *
 * @param attributes Its name, its value and its derivative.
 * @throws {ArgumentError | ShapeError} if `forward` or `backward` does not return what it must.
 * @example
 * ```ts
 * import { custom, tensor } from "@dlcc/tensor";
 * const twice = { name: "twice", forward: (x: ReturnType<typeof tensor>) => x.add(x), backward: () => [undefined] };
 * console.log(await custom(twice, tensor([3])).array()); // → [ 6 ]
 * ```
 * @function
 */
export const custom: ((attributes: CustomAttributes, ...inputs: readonly Tensor[]) => Tensor) & CustomOperation =
  /* @__PURE__ */ define(
    (attributes: CustomAttributes, ...inputs: readonly Tensor[]): Tensor => apply(custom, attributes, ...inputs),
    definition,
  );
