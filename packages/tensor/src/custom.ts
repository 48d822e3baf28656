import { ArgumentError, ShapeError, show } from "./errors.ts";
import { tidy } from "./memory.ts";
import { type Operation, told, type WithDerivative } from "./op.ts";
import { unrecorded } from "./recorder.ts";
import { sameShape } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/** An op of the user's own, which its attributes bring along: see `customOp` in `@dlcc/autograd`. */
export const custom: Operation<"custom"> & WithDerivative<"custom"> = {
  name: "custom",
  run(_, attributes, inputs) {
    const output = tidy(() => {
      const result: unknown = unrecorded(() => attributes.forward(...inputs));
      if (!(result instanceof Tensor)) throw new ArgumentError(`${attributes.name}: forward must return one tensor`);
      return result.renewed(); // A value of its own, even where forward returned one of its inputs.
    });
    return told(custom, attributes, inputs, [output]);
  },
  derivative: (g, { inputs, output, attributes: { name, backward } }) => {
    const derivatives = backward(g, inputs, output);
    if (derivatives.length !== inputs.length) {
      throw new ArgumentError(`${name}: backward gave ${derivatives.length} derivatives for ${inputs.length} inputs`);
    }
    return inputs.map(({ shape }, i) => {
      const derivative = derivatives[i];
      if (derivative && !sameShape(derivative.shape, shape)) {
        throw new ShapeError(
          `${name}: backward gave ${show(derivative.shape)} for input ${i}, which is ${show(shape)}`,
        );
      }
      return derivative && (() => derivative);
    });
  },
};
